#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# What tests/bench/run runs in the VM for the part goodput: TCP over three shaped links,
# with mplink and with its peers. Prints one line a measurement, "KEY NUMBER..." (see
# tests/bench/goodput.cc, delay.cc):
#
#   goodput.link.DELAY/RATE       Mbit/s of one flow over one link, in ms and Mbit/s
#   goodput.SHAPE.MECHANISM       of one flow over three links
#   goodput8.SHAPE.MECHANISM      of each of eight
#   start.KEY              of those above, of loss.tcp too: until it was measured, from connect
#   held.SHAPE             the most packets that mplink has held back in a flow bucket
#   loss.{tcp,udp}.{without,with}      a flow for each link, 1 % loss on the first link
#   tunnel.delay.WAY       of packets in order, over a fast link: plain, or one-link by
#                          mplink; or by mplink over three-links
#   tunnel.waited.WAY      packets that mplink has held back until then
#
# usage: tests/bench/goodput.sh PART...
#        PART: links SHAPE.MECHANISM loss delay
#        SHAPE: see shapes; MECHANISM: bonding.balance-rr mptcp mplink.none mplink.gre-udp,
#        mplink.adaptive: policy adaptive and no weights; and mplink.ENCAP.SENDER, see sender
#
# Both ends use the mechanism. Each measurement lays its own wires and removes all that
# it has made.
set -Eeuo pipefail
# shellcheck source=tests/bench/lib.sh
source "$(dirname "$0")/lib.sh"
# shellcheck source=tests/bench/wires.sh
source "$(dirname "$0")/wires.sh"
# shellcheck source=tests/bench/mechanisms.sh
source "$(dirname "$0")/mechanisms.sh"

goodput=$PWD/build/bench/goodput
delay=$PWD/build/bench/delay
seconds=8
# Until a flow has found its rate. Over links of 5, 20 and 50 ms its window was seen to
# give up doubling early, without a loss, and to take six seconds from there.
start=10
start8=4 # of eight
# DELAY/RATE of each link.
declare -A shapes=(
	[equal]="5/20 5/20 5/20"
	[delay]="5/20 20/20 50/20"
	[unequal]="5/20 20/10 50/5"
)
# Of the shape's links, for mplink.
declare -A weights=([equal]="1 1 1" [delay]="1 1 1" [unequal]="4 2 1")

add_bond() {
	local host i
	for host in 1 2; do
		{
			echo "link add bond0 address $(mac $host 1) type bond mode $1 miimon 100"
			for i in 1 2 3; do
				echo "link set eth$i master bond0"
			done
			connect $host bond0 10.2.0 1
		} | in_host $host
	done
	sleep 1 # until the monitors have seen the slaves
}

remove_bond() {
	ip link del bond0
	ip -n B link del bond0
}

# flows KEY PROTOCOL NETWORK: one, and eight.
flows() {
	"$goodput" "goodput.$1" "$2" "$start" "$seconds" 1 - - "$3.1" B "$3.2"
	"$goodput" "goodput8.$1" "$2" "$start8" $((seconds / 2)) 8 - - "$3.1" B "$3.2"
}

# Each kind of link that there is in a shape, by itself.
links() {
	local kind
	for kind in 5/20 20/20 50/20 20/10 50/5; do
		lay_wires "$kind" "$kind" "$kind"
		connect_nics 1 | in_host 1
		connect_nics 2 | in_host 2
		"$goodput" "goodput.link.$kind" tcp "$start8" "$seconds" 1 - - 10.0.1.1 B 10.0.1.2
		remove_wires
	done
}

# measure SHAPE MECHANISM
measure() {
	local links weight held encap policy how
	read -ra links <<<"${shapes[$1]}"
	read -ra weight <<<"${weights[$1]}"
	lay_wires "${links[@]}"
	case $2 in
	bonding.*)
		add_bond "${2#*.}"
		flows "$1.$2" tcp 10.2.0
		remove_bond ;;
	mptcp)
		add_mptcp
		flows "$1.$2" mptcp2 10.0.1
		remove_mptcp ;;
	mplink.*)
		IFS=. read -r _ encap how <<<"$2"
		policy=balance-rr
		if [[ $encap == adaptive ]]; then
			encap=gre-udp policy=adaptive weight=(1 1 1)
		fi
		add_mplink "$encap" "$policy" "${weight[@]}"
		sender "$how"
		flows "$1.$2" tcp 10.99.0
		sender ""
		if [[ $2 == mplink.gre-udp ]]; then
			held=$(counter 2 reseq_held_max)
			echo "held.$1 $held"
		fi
		remove_mplink ;;
	esac
	remove_wires
}

# A flow for each link, which with this policy it stays on: as fast as it can, and then
# at a pace that leaves the link idle, so that a delay is none of its own queue's.
pinned_flows() {
	"$goodput" "loss.tcp.$1" tcp "$start8" "$seconds" 1 eth1,eth2,eth3 - 10.99.0.1 B 10.99.0.2
	sleep 2 # until what TCP has left in the links' queues is gone
	"$delay" "loss.udp.$1" 0 "$seconds" 500 1000 1 eth1,eth2,eth3 - 10.99.0.1 B 10.99.0.2
}

loss() {
	lay_wires 5/20 5/20 5/20
	add_mplink gre-udp balance-xor 1 1 1
	pinned_flows without
	reshape 1 5%1/20
	pinned_flows with
	remove_mplink
	remove_wires
}

# delays WAY NETWORK: a packet a millisecond, and nothing else.
delays() {
	local waited
	"$delay" "tunnel.delay.$1" 0 "$seconds" 1000 1000 1 - - "$2.1" B "$2.2"
	waited=$(counter 2 reseq_reordered)
	echo "tunnel.waited.$1 $waited"
}

delay_parts() {
	lay_wires 5 5 5
	add_mplink gre-udp balance-rr 1
	delays plain 10.0.1
	delays one-link 10.99.0
	remove_mplink
	remove_wires
	lay_wires 5 5 5
	add_mplink gre-udp balance-rr 1 1 1
	delays three-links 10.99.0
	remove_mplink
	remove_wires
}

two_hosts
modprobe -a bonding tcp_bbr sch_netem sch_ingress cls_matchall act_mirred
for part in "$@"; do
	case $part in
	links | loss) "$part" ;;
	delay) delay_parts ;;
	*.*) measure "${part%%.*}" "${part#*.}" ;;
	*) echo "goodput.sh: no part $part" >&2; exit 2 ;;
	esac
done
echo end
