#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Three links between the hosts A and B (see lib.sh) whose rate, delay and loss can be
# chosen, as what lies behind a NIC has them: both ends have a fast NIC eth1 to eth3,
# between them is a namespace W, where a packet waits for its turn and then travels.
# The hosts hand over packets of the MTU's size, as to a NIC that cuts none itself.
#
#   lay_wires DELAY/RATE...   three; in ms and Mbit/s; without "/RATE": as fast as it can
#   lose WIRE DELAY PERCENT   of the packets on that wire, both ways, from now on
#   remove_wires

queue_ms=100 # a packet waits at most for so long, else it is lost

# What leaves W by a DEV: waits for its turn, then travels. A queue of packets, most of
# them as long as can be.
shape() {
	local delay=${2%/*} rate=${2#*/}
	if [[ $rate == "$2" ]]; then
		echo "qdisc add dev $1 root handle 1: netem limit 100000"
	else
		echo "qdisc add dev $1 root handle 1: netem rate ${rate}mbit" \
			"limit $((rate * queue_ms * 1000 / (8 * 1514)))"
	fi
	echo "qdisc add dev $1 parent 1:1 handle 2: netem delay ${delay}ms limit 100000"
}

# What comes to W by a DEV leaves by the other one.
pass_on() {
	echo "qdisc add dev $1 clsact"
	echo "filter add dev $1 ingress matchall action mirred egress redirect dev $2"
}

lay_wires() {
	local i
	ip netns add W
	ip netns exec W sysctl -qw \
		net.ipv6.conf.all.disable_ipv6=1 net.ipv6.conf.default.disable_ipv6=1
	for i in 1 2 3; do
		echo "link add eth$i address $(mac 1 $i) type veth peer name a$i netns W"
	done | in_host 1
	for i in 1 2 3; do
		echo "link add eth$i address $(mac 2 $i) type veth peer name b$i netns W"
	done | in_host 2
	for i in 1 2 3; do
		ethtool -K "eth$i" tso off
		in_b ethtool -K "eth$i" tso off
		printf '%s\n' "link set a$i up" "link set b$i up"
	done | ip -n W -batch -
	for i in 1 2 3; do
		shape "a$i" "${!i}"
		shape "b$i" "${!i}"
		pass_on "a$i" "b$i"
		pass_on "b$i" "a$i"
	done | tc -n W -batch -
}

lose() {
	local dev
	# What is not said again would be lost with it.
	for dev in "a$1" "b$1"; do
		echo "qdisc change dev $dev parent 1:1 handle 2:" \
			"netem delay $2ms limit 100000 loss $3%"
	done | tc -n W -batch -
}

remove_wires() {
	local i
	for i in 1 2 3; do
		ip link del "eth$i"
		ip -n B link del "eth$i"
	done
	ip netns del W
}
