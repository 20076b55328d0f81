#!/bin/bash
# by default: uml
# timeout: 300
# Answers: deleting a NIC under traffic hung on "waiting for eth2 to become free".
# It must return as promptly as for a device that nobody knows, each time, with
# IPv4 and IPv6 routes and neighbours of the NIC in use.
# shellcheck source=tests/vm/lib.sh
source "$(dirname "$0")/../lib.sh"
# shellcheck source=tests/vm/lib-traffic.sh
source "$(dirname "$0")/../lib-traffic.sh"

topology 3
mplink_to_b eth1 eth2 eth3
TCP_RATE=30M tcp_start
udp_start
for _ in 1 2; do
	for i in 2 3; do
		promptly 2 "deleting eth$i" ip link del "eth$i"
		equal "eth$i reason" "$(attr "nics/eth$i/reason")" unregistered
	done
	tcp_moves
	for i in 2 3; do
		cable "$i"
		link_carries "eth$i"
	done
done
tcp_moves
tcp_stop
udp_stop
counted_alike
# The kernel repeats them while somebody keeps a reference.
equal "UNREGISTER of eth2" "$(events eth2 | grep -c UNREGISTER)" 2
