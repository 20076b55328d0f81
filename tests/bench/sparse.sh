#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# What tests/bench/run runs in the VM for the part sparse: a call of 50 packets a second over links
# that lose and delay packets, with and without copies by a second link. Prints lines of
# tests/bench/delay.cc, and how many copies there were:
#
#   sparse.ROW.link NUMBER...                 over the first link by itself
#   sparse.ROW.off, sparse.ROW.sparse         over all links by mplink, with that duplicate
#   copies.ROW.off, copies.ROW.sparse COPIES
#
# usage: tests/bench/sparse.sh ROW:LINK,...      LINK is a WIRE of wires.sh
set -Eeuo pipefail
# shellcheck source=tests/bench/lib.sh
source "$(dirname "$0")/lib.sh"
# shellcheck source=tests/bench/wires.sh
source "$(dirname "$0")/wires.sh"
# shellcheck source=tests/bench/mechanisms.sh
source "$(dirname "$0")/mechanisms.sh"

delay=$PWD/build/bench/delay
# For so long before it counts, and then.
call=(5 100 50 100) # seconds, seconds, packets a second, bytes

# over KEY NETWORK
over() {
	"$delay" "$1" "${call[@]}" 1 - - "$2.1" B "$2.2"
}

# with_copies ROW MODE LINK...
with_copies() {
	local row=$1 mode=$2 weights=() i before
	lay_wires "${@:3}"
	for ((i = 0; i < wires; i++)); do
		weights+=(-)
	done
	add_mplink gre-udp adaptive "${weights[@]}"
	"$mplink" set dev mpl0 duplicate "$mode"
	before=$(counter 1 tx_copies)
	over "sparse.$row.$mode" 10.99.0
	echo "copies.$row.$mode" $(($(counter 1 tx_copies) - before))
	remove_mplink
	remove_wires
}

two_hosts
modprobe -a sch_netem sch_ingress cls_matchall act_mirred
for part in "$@"; do
	IFS=, read -ra links <<<"${part#*:}"
	row=${part%%:*}
	lay_wires "${links[0]}"
	connect_nics 1 | in_host 1
	connect_nics 2 | in_host 2
	over "sparse.$row.link" 10.0.1
	remove_wires
	with_copies "$row" off "${links[@]}"
	with_copies "$row" sparse "${links[@]}"
done
echo end
