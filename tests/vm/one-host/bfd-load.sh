#!/bin/bash
# Guards: no false alarm at 3 x 50 ms in a minute of full load, half of it with all CPUs
# taken by other programs. MPLINK_SHORTEST=1: says, too, what the shortest interval is that holds
# there; no result is a failure.
# by default: 6.1
# timeout: 600
# shellcheck source=tests/vm/lib.sh
source "$(dirname "$0")/../lib.sh"
# shellcheck source=tests/vm/lib-traffic.sh
source "$(dirname "$0")/../lib-traffic.sh"
# shellcheck source=tests/vm/lib-liveness.sh
source "$(dirname "$0")/../lib-liveness.sh"

# Programs that do nothing but run, four for each CPU.
starve() {
	local i
	HUNGRY=()
	for ((i = 0; i < 4 * $(nproc); i++)); do
		bash -c 'while :; do :; done' &
		HUNGRY+=($!)
	done
}

feed() {
	kill "${HUNGRY[@]}"
	wait "${HUNGRY[@]}" 2>/dev/null || true
}

# holds SECONDS: whether no session at either end goes down.
holds() {
	log_mark
	nap "$1"
	! _log_has 'BFD: valid 1 -> 0'
}

# The CPUs are fully busy, but their queues do not grow. The debug kernel needs a millisecond
# for a packet. Behind a thousand of them a BFD packet would come too late, or never.
RATE=20000
WINDOW=()
if [[ $KERNEL == debug ]]; then
	RATE=200
	WINDOW=(-w 64K)
fi

both_ends 3 liveness bfd bfd-interval-us 50000
# A second connection the other way.
in_b iperf3 -s -D -p 5301 >/dev/null
udp_start 10.99.0.2 --rate "$RATE"
iperf3 -c 10.99.0.2 -p 5301 -t 600 -P 4 "${WINDOW[@]}" >/dev/null 2>&1 &
TCP=$!
nap 2
holds 30 || fail "a false alarm under load: $(log_since | grep BFD)"
starve
holds 30 || fail "a false alarm while other programs have all CPUs: $(log_since | grep BFD)"

if [[ ${MPLINK_SHORTEST:-} == 1 ]]; then
	shortest=50000
	for interval in 20000 10000 5000 3300; do
		mplink set dev mpl0 bfd-interval-us "$interval"
		in_b mplink set dev mpl0 bfd-interval-us "$interval"
		nap 1
		holds 5 || break
		shortest=$interval
	done
	echo "the shortest interval that held for 5 s, times 3: $shortest us"
fi
feed
kill -9 "$TCP" "$UDP_SENDER" "$UDP_RECEIVER"
wait "$TCP" "$UDP_SENDER" "$UDP_RECEIVER" 2>/dev/null || true
