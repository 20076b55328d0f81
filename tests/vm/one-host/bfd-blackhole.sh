#!/bin/bash
# Guards: a path that dies silently, its carriers up, in both directions or in one, is
# detected at both ends; no packet is lost once it is declared down; and it comes back
# once, after the wait to restore.
# by default: 6.12
# timeout: 400
# shellcheck source=tests/vm/lib.sh
source "$(dirname "$0")/../lib.sh"
# shellcheck source=tests/vm/lib-traffic.sh
source "$(dirname "$0")/../lib-traffic.sh"
# shellcheck source=tests/vm/lib-liveness.sh
source "$(dirname "$0")/../lib-liveness.sh"

both_ends 3 liveness bfd bfd-interval-us 50000 wtr-ms 500
for direction in both in out; do
	log_mark
	transitions_start
	blackhole eth2 "$direction"
	wait_until 10 near_is eth2 liveness
	wait_until 10 far_is eth2 liveness
	equal "eth2, whose carrier is up" "$(attr nics/eth2/valid)" 1
	expect_log 'mplink: mpl0: eth2 to 10.99.0.2: BFD: valid 1 -> 0 \(liveness\)'
	expect_log 'mplink: mpl0: eth2 to 10.99.0.1: BFD: valid 1 -> 0 \(liveness\)'

	# Declared down, it carries nothing, and nothing is lost.
	carried=$(link_count eth2 tx_packets)
	udp_start
	nap 2
	udp_stop
	equal "lost after it was declared down ($direction)" "$UDP_LOST" 0
	equal "carried by a dead link ($direction)" "$(link_count eth2 tx_packets)" "$carried"

	blackhole_end
	wait_until 20 near_is eth2 none
	wait_until 20 far_is eth2 none
	expect_log 'mplink: mpl0: eth2 to 10.99.0.2: wait to restore: valid 0 -> 1'
	equal "eth2's transitions ($direction)" "$(transitions eth2)" "1 1"
	equal "eth1's transitions ($direction)" "$(transitions eth1)" "0 0"
done
