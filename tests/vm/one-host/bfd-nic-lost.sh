#!/bin/bash
# Guards: a NIC that is deleted, loses its carrier or is set down, under full traffic and
# with BFD at both ends, takes its session along, promptly, and nothing else; and it comes
# back once, with a session, the deleted one as a new device.
# by default: 6.12
# timeout: 600
# shellcheck source=tests/vm/lib.sh
source "$(dirname "$0")/../lib.sh"
# shellcheck source=tests/vm/lib-traffic.sh
source "$(dirname "$0")/../lib-traffic.sh"
# shellcheck source=tests/vm/lib-liveness.sh
source "$(dirname "$0")/../lib-liveness.sh"

ROUNDS=2

# sessions [CMD...]: how many there are, and their sockets, one a NIC; CMD runs what asks.
sessions() {
	echo "$("$@" mplink --json show | jq '[.[].peers[].links[].session | select(.)] | length')" \
		"$("$@" ss -Hlun 'sport = :3784' | wc -l)"
}

asked_for() {
	ip neigh show nud incomplete nud failed | grep 'dev eth2' || true
}

# lost NEAR FAR SESSIONS: eth2 is, for these reasons, and traffic goes on without it.
lost() {
	wait_until 10 near_is eth2 "$1"
	wait_until 10 far_is eth2 "$2"
	equal "A's sessions, and their sockets" "$(sessions)" "$3 $3"
	equal "B's sessions, and their sockets" "$(sessions in_b)" "$3 $3"
	# Such a question would be repeated only a second after it was asked in vain.
	equal "neighbours asked for over a NIC that is lost" "$(asked_for)" ""
	link_silent eth2
}

back() {
	wait_until 20 near_is eth2 none
	wait_until 20 far_is eth2 none
	wait_until 20 session_is eth2 state up
	link_carries eth2
}

both_ends 3 liveness bfd bfd-interval-us 100000 wtr-ms 50
steady 10.99.0.2 600
transitions_start
for ((round = 0; round < ROUNDS; round++)); do
	# Both ends of a veth pair go at once.
	promptly 2 "deleting eth2" ip link del eth2
	lost unregistered unregistered 2
	cable 2
	back

	promptly 2 "setting eth2 down" ip link set eth2 down
	lost admin-down no-carrier 3
	ip link set eth2 up
	back

	promptly 2 "setting the far eth2 down" ip -n B link set eth2 down
	lost no-carrier admin-down 3
	ip -n B link set eth2 up
	back
done
steady_stop
for nic in 1:"0 0" 2:"$((3 * ROUNDS)) $((3 * ROUNDS))" 3:"0 0"; do
	equal "transitions of eth${nic%%:*}" "$(transitions "eth${nic%%:*}")" "${nic#*:}"
	equal "the far end's of eth${nic%%:*}" "$(transitions "eth${nic%%:*}" 10.99.0.1)" "${nic#*:}"
done
counted_alike
