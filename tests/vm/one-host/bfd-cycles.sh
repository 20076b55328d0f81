#!/bin/bash
# Answers: after NIC ON, liveness went 0 -> 1 -> 0 -> 1. Many times off and on, by
# `ip link` and by the far end: exactly one transition 1 -> 0 and one 0 -> 1 a cycle.
# 25 times each; a release runs it with MPLINK_CYCLES=100.
# by default: uml
# timeout: 900
# shellcheck source=tests/vm/lib.sh
source "$(dirname "$0")/../lib.sh"
# shellcheck source=tests/vm/lib-traffic.sh
source "$(dirname "$0")/../lib-traffic.sh"
# shellcheck source=tests/vm/lib-liveness.sh
source "$(dirname "$0")/../lib-liveness.sh"

CYCLES=${MPLINK_CYCLES:-25}

# soon REASON: waits for it, at shorter intervals than wait_until.
soon() {
	local tries
	for ((tries = 0; tries < 1000; tries++)); do
		! near_is eth2 "$1" || return 0
		nap 0.01
	done
	fail "eth2 is $(attr peers/10.99.0.2/links/eth2/reason) after 10 s, not $1"
}

# cycles WHAT OFF_REASON NETNS...: eth2 of that host goes down and up.
cycles() {
	local what=$1 reason=$2 i
	shift 2
	transitions_start
	for ((i = 0; i < CYCLES; i++)); do
		ip "$@" link set eth2 down
		soon "$reason"
		ip "$@" link set eth2 up
		soon none
	done
	nap 0.5
	[[ $(transitions eth2) == "$CYCLES $CYCLES" ]] || tail -n 40 "$TRACING/trace"
	equal "$what: transitions of eth2" "$(transitions eth2)" "$CYCLES $CYCLES"
	equal "$what: transitions of eth1" "$(transitions eth1)" "0 0"
}

# A link that goes and comes like this flaps, so from the sixth cycle on the wait is 32 times as long: 160 ms.
both_ends 2 liveness bfd bfd-interval-us 50000 wtr-ms 5
cycles "ip link" admin-down
cycles "the far end" no-carrier -n B
