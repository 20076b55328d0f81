#!/bin/bash
# Guards: unloading and loading while NICs close, open, come and go: no event is
# handled by code that is gone, no device is held by it.
# by default: 6.12
# timeout: 300
# shellcheck source=tests/vm/lib.sh
source "$(dirname "$0")/../lib.sh"
# shellcheck source=tests/vm/lib-traffic.sh
source "$(dirname "$0")/../lib-traffic.sh"

events() {
	while :; do
		ip link set eth1 down
		ip link set eth1 up
		ip addr replace 10.0.1.1/24 dev eth1
		ip -n B link set eth2 down
		ip -n B link set eth2 up
		ip link del eth3
		cable 3
		ip addr del 10.0.2.1/24 dev eth2
		ip addr add 10.0.2.1/24 dev eth2
		ip -6 addr replace fd00:0:0:2::7/64 dev eth2 nodad
		ip -6 addr del fd00:0:0:2::7/64 dev eth2
	done >/dev/null 2>&1
}

three_links
steady 10.99.0.2 600
set +e
events &
churn=$!
set -e
rounds=$([[ $MPLINK_KERNEL == debug ]] && echo 5 || echo 10)
for ((round = 0; round < rounds; round++)); do
	mplink_unload
	mplink_load nics=$NICS peer=10.99.0.2 remotes=$REMOTES4
	mplink_up
	nap 0.2
done
kill $churn
wait $churn 2>/dev/null || true
steady_stop

# It may have stopped anywhere: put right what it has left.
ip link show eth3 >/dev/null 2>&1 || cable 3
for i in 1 2 3; do
	ip link set eth$i up
	ip -n B link set eth$i up
	ip addr replace 10.0.$i.1/24 dev eth$i
	ip -n B addr replace 10.0.$i.2/24 dev eth$i
done
wait_until 10 links_valid 3
check "a last unload" rmmod mplink
