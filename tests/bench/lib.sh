#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# The two hosts of what tests/bench runs in a VM: A is the initial namespace, B another
# one. IPv6 is off, so that nothing but the measured packets passes.
#
#   two_hosts        makes B, and no cable yet
#   in_b CMD...      runs CMD in B
#   in_host HOST     runs lines for `ip -batch`: to start a program takes longer than
#                    what it does
#   mac HOST I       of its NIC number I
#   connect HOST DEV NETWORK I       lines: NETWORK.HOST/24 on DEV, whose far end's MAC is
#                    number I, and up
#   connect_nics HOST                lines: 10.0.I.HOST/24 on eth1 and so on, $wires of them
#   configuration HOST NETWORK POLICY ENCAP WEIGHT...      for `mplink load`: HOST's end of
#                    as many links, over eth1 and so on; "-": no weight
#   kernel_memory    what the kernel has taken for itself, in KiB
#
# HOST is a number: A is 1, B is 2.

set -Eeuo pipefail
[[ -n ${MPLINK_KERNEL:-} ]] || { echo "${0##*/}: use tests/bench/run" >&2; exit 2; }
trap 'echo "${BASH_SOURCE[0]##*/}:$LINENO: status $? from: $BASH_COMMAND" >&2' ERR

# shellcheck disable=SC2034 # for those that source this
module=$PWD/build/$MPLINK_KERNEL/mplink.ko
wires=3 # between the hosts

in_b() {
	ip netns exec B "$@"
}

in_host() {
	case $1 in
	1) ip -batch - ;;
	2) ip -n B -batch - ;;
	esac
}

two_hosts() {
	ip netns add B
	ip -n B link set lo up
	sysctl -qw net.ipv6.conf.all.disable_ipv6=1 net.ipv6.conf.default.disable_ipv6=1
	in_b sysctl -qw net.ipv6.conf.all.disable_ipv6=1 net.ipv6.conf.default.disable_ipv6=1 \
		net.ipv4.conf.all.rp_filter=0 net.ipv4.conf.default.rp_filter=0
}

mac() {
	echo "02:00:00:00:0$1:0$2"
}

connect() {
	local there=$((3 - $1))
	echo "addr add $3.$1/24 dev $2"
	echo "link set $2 up"
	echo "neigh replace $3.$there lladdr $(mac $there "$4") nud permanent dev $2"
}

connect_nics() {
	local i
	for ((i = 1; i <= wires; i++)); do
		connect "$1" "eth$i" "10.0.$i" $i
	done
}

configuration() {
	local i=0 weight members='' links='' there=$((3 - $1))
	for weight in "${@:5}"; do
		i=$((i + 1))
		members+="${members:+, }\"eth$i\""
		links+="${links:+, }{\"nic\": \"eth$i\", \"remote\": \"10.0.$i.$there\""
		[[ $weight == - ]] || links+=", \"weight\": $weight"
		links+="}"
	done
	echo "{\"devices\": [{\"name\": \"mpl0\", \"policy\": \"$3\", \"encap\": \"$4\",
		\"nics\": [$members],
		\"peers\": [{\"address\": \"$2.$there\", \"links\": [$links]}]}]}"
}

kernel_memory() {
	awk '/^(Slab|Percpu|VmallocUsed):/ { sum += $2 } END { print sum }' /proc/meminfo
}
