#!/bin/bash
# Guards: unloading under full TCP and UDP traffic, of every policy, again and again,
# returns within 2 s (stock kernels) and leaves nothing; after a load it all goes on.
# by default: 6.12 debug
# timeout: 300
# shellcheck source=tests/vm/lib.sh
source "$(dirname "$0")/../lib.sh"
# shellcheck source=tests/vm/lib-traffic.sh
source "$(dirname "$0")/../lib-traffic.sh"

three_links
steady 10.99.0.2 600
rounds=$([[ $MPLINK_KERNEL == debug ]] && echo 5 || echo 20)
for round in $(seq "$rounds"); do
	promptly 2 "unload $round" mplink_unload
	[[ ! -e /sys/class/net/mpl0 ]] || fail "mpl0 is still there"
	policies=(balance-rr balance-xor active-backup broadcast)
	mplink_load nics=$NICS peer=10.99.0.2 remotes=$REMOTES4 policy="${policies[round % 4]}"
	mplink_up
	wait_until 10 flowing 0
done
check "pings in the end" ping -qc6 -i0.2 -W2 10.99.0.2
mplink_unload
steady_stop
