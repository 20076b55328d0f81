#!/bin/bash
# by default: 6.1
# timeout: 300
# Answers: taking a NIC down under traffic panicked the client: packets in flight
# still used what the notifier had cleared. Repeated, with TCP and UDP running.
# shellcheck source=tests/vm/lib.sh
source "$(dirname "$0")/../lib.sh"
# shellcheck source=tests/vm/lib-traffic.sh
source "$(dirname "$0")/../lib-traffic.sh"

topology 3
mplink_to_b eth1 eth2 eth3
TCP_RATE=30M tcp_start
udp_start
for nic in eth2 eth3; do
	ip link set "$nic" down
	equal "$nic reason" "$(attr "nics/$nic/reason")" admin-down
	link_silent "$nic"
	tcp_moves
	ip link set "$nic" up
	link_carries "$nic"
done
for _ in 1 2 3; do
	ip link set eth2 down
	ip link set eth3 down
	ip link set eth2 up
	ip link set eth3 up
done
link_carries eth2
link_carries eth3
tcp_moves
tcp_stop
udp_stop
counted_alike
