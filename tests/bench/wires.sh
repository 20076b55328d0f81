#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Links between the hosts A and B (see lib.sh) whose rate, delay and loss can be chosen, as
# what lies behind a NIC has them: both ends have a fast NIC eth1 and so on, between them is
# a namespace W, where a packet waits for its turn and then travels.
# The hosts hand over packets of the MTU's size, as to a NIC that cuts none itself.
#
#   lay_wires WIRE...      so many; sets $wires
#   reshape I WIRE         wire number I is like this from now on
#   reshape_as I WIRE      the lines for `tc -n W -batch -` that do so
#   remove_wires
#
# WIRE is DELAY[~JITTER|~~JITTER][^BURST][%LOSS][/RATE[+QUEUE]]:
#   DELAY, RATE   in ms and Mbit/s; without "/RATE": as fast as it can
#   JITTER        the standard deviation of the delay, in ms; only with ~~ packets overtake
#                 each other
#   BURST         packets arrive in bursts that are up to so many ms apart
#   LOSS          so many percent of the packets are lost, each way
#   QUEUE         a packet waits at most for so many ms, else it is lost; without: 100

# How a packet travels. The rate, which is too high to matter, keeps netem from reordering.
travel() {
	[[ $1 =~ ^([0-9.]+)((~~?)([0-9]+))?(\^([0-9]+))?(%([0-9.]+))?$ ]]
	local jitter=${BASH_REMATCH[4]} burst=${BASH_REMATCH[6]} loss=${BASH_REMATCH[8]} order=''
	[[ ${BASH_REMATCH[3]} != "~" ]] || order="rate 1gbit"
	echo "netem limit 100000 delay ${BASH_REMATCH[1]}ms" \
		"${jitter:+${jitter}ms distribution normal $order}" \
		"${burst:+slot 1us ${burst}ms} loss ${loss:-0}%"
}

# shape add|change DEV WIRE: what leaves W by a DEV waits for its turn, then travels. A queue
# of packets, most of them as long as can be.
shape() {
	local rate=${3#*/} queue=100 way
	[[ $rate != *+* ]] || queue=${rate#*+} rate=${rate%+*}
	if [[ $3 != */* ]]; then
		echo "qdisc $1 dev $2 root handle 1: netem limit 100000"
	else
		echo "qdisc $1 dev $2 root handle 1: netem rate ${rate}mbit" \
			"limit $((rate * queue * 1000 / (8 * 1514)))"
	fi
	way=$(travel "${3%/*}")
	echo "qdisc $1 dev $2 parent 1:1 handle 2: $way"
}

# What comes to W by a DEV leaves by the other one.
pass_on() {
	echo "qdisc add dev $1 clsact"
	echo "filter add dev $1 ingress matchall action mirred egress redirect dev $2"
}

lay_wires() {
	local i
	wires=$#
	ip netns add W
	ip netns exec W sysctl -qw \
		net.ipv6.conf.all.disable_ipv6=1 net.ipv6.conf.default.disable_ipv6=1
	for ((i = 1; i <= wires; i++)); do
		echo "link add eth$i address $(mac 1 $i) type veth peer name a$i netns W"
	done | in_host 1
	for ((i = 1; i <= wires; i++)); do
		echo "link add eth$i address $(mac 2 $i) type veth peer name b$i netns W"
	done | in_host 2
	for ((i = 1; i <= wires; i++)); do
		ethtool -K "eth$i" tso off
		in_b ethtool -K "eth$i" tso off
		printf '%s\n' "link set a$i up" "link set b$i up"
	done | ip -n W -batch -
	for ((i = 1; i <= wires; i++)); do
		shape add "a$i" "${!i}"
		shape add "b$i" "${!i}"
		pass_on "a$i" "b$i"
		pass_on "b$i" "a$i"
	done | tc -n W -batch -
}

reshape_as() {
	shape change "a$1" "$2"
	shape change "b$1" "$2"
}

reshape() {
	reshape_as "$@" | tc -n W -batch -
}

remove_wires() {
	local i
	for ((i = 1; i <= wires; i++)); do
		ip link del "eth$i"
		ip -n B link del "eth$i"
	done
	ip netns del W
}
