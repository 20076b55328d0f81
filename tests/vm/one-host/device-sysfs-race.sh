#!/bin/bash
# Guards: every file read in a loop while NICs come and go and the module is loaded
# and unloaded: no deadlock, no torn value, no file that outlives its device.
# by default: 6.12
# timeout: 300
# shellcheck source=tests/vm/lib.sh
source "$(dirname "$0")/../lib.sh"
# shellcheck source=tests/vm/lib-traffic.sh
source "$(dirname "$0")/../lib-traffic.sh"

reader() {
	while :; do
		cat /sys/class/net/mpl0/mplink/*/*/* /sys/class/net/mpl0/mplink/*/*/*/*/* \
			/sys/class/net/mpl0/mplink/* >/dev/null 2>&1 || true
	done
}
writer() {
	local name
	while :; do
		for name in balance-xor broadcast active-backup balance-rr; do
			{ echo $name >/sys/class/net/mpl0/mplink/policy; } 2>/dev/null || true
		done
	done
}

three_links
pids=()
for loop in reader reader writer; do
	$loop &
	pids+=($!)
done
rounds=$([[ $MPLINK_KERNEL == debug ]] && echo 3 || echo 4)
for ((round = 0; round < rounds; round++)); do
	for i in 1 2 3; do
		ip link del eth$i
		cable $i
	done
	ip link set eth1 down
	promptly 4 "round $round: unloading" mplink_unload
	ip link set eth1 up
	ip addr replace 10.0.1.1/24 dev eth1
	mplink_load nics=$NICS peer=10.99.0.2 remotes=$REMOTES4
	mplink_up
	links_valid 3 || wait_until 10 links_valid 3
done
kill "${pids[@]}"
wait "${pids[@]}" || true
routes_back 3
check "pings" ping -qc6 -i0.2 -W2 10.99.0.2
