#!/bin/bash
# by default: uml
# timeout: 300
# Answers: a NIC that was moved to another namespace was used from there on, or
# never again. It leaves like a deleted one, and comes back like a new one.
# shellcheck source=tests/vm/lib.sh
source "$(dirname "$0")/../lib.sh"
# shellcheck source=tests/vm/lib-traffic.sh
source "$(dirname "$0")/../lib-traffic.sh"

topology 3
ip netns add C
mplink_to_b eth1 eth2 eth3
TCP_RATE=5M tcp_start
udp_start
for _ in 1 2; do
	log_mark
	ip link set eth2 netns C
	equal "eth2 reason" "$(attr nics/eth2/reason)" unregistered
	expect_log 'eth2: NETDEV_UNREGISTER \(6\): valid 0 \(unregistered\)$'
	link_silent eth2
	log_mark
	# What happens to it there does not concern our namespace.
	ip -n C link set eth2 up
	ip -n C addr add 10.0.2.1/24 dev eth2
	ip -n C link set eth2 down
	equal "events of a NIC that is elsewhere" "$(events eth2)" ''
	ip -n C link set eth2 netns 1
	expect_log 'eth2: NETDEV_REGISTER \(5\): valid 0 \(admin-down\)$'
	ip addr add 10.0.2.1/24 dev eth2
	ip link set eth2 up
	expect_log 'eth2: NETDEV_.*: valid 0 -> 1$' 10
	link_carries eth2
	tcp_moves
done
tcp_stop
udp_stop
counted_alike
