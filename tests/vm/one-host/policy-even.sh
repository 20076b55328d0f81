#!/bin/bash
# Guards: balance-rr is even in bytes, whatever the sizes and their order: links of
# equal weight never differ by more than one MTU a CPU; and by weight within 1 %.
# The far end's NICs count the same bytes.
# by default: uml
# timeout: 300
# shellcheck source=tests/vm/lib.sh
source "$(dirname "$0")/../lib.sh"
# shellcheck source=tests/vm/lib-traffic.sh
source "$(dirname "$0")/../lib-traffic.sh"

FRAME=1514

# spread SIZE...: sends, then sets BYTES to what each link has carried of it, and
# holds it against what has come into B.
spread() {
	local nic before=() far=() got
	for nic in eth1 eth2 eth3; do
		before+=("$(link_count $nic tx_bytes)")
		far+=("$(in_b_stat rx_bytes $nic)")
	done
	udp_mixed 10.99.0.2 "${COUNT:-6000}" "$@"
	BYTES=()
	for nic in 1 2 3; do
		BYTES+=($(($(link_count eth$nic tx_bytes) - before[nic - 1])))
		got=$(($(in_b_stat rx_bytes eth$nic) - far[nic - 1]))
		echo "eth$nic: ${BYTES[nic - 1]} bytes sent, $got arrived"
		# The neighbours talk, too.
		[[ $got -ge ${BYTES[nic - 1]} && $got -lt $((BYTES[nic - 1] + 3000)) ]] ||
			fail "eth$nic: counted ${BYTES[nic - 1]} bytes, but $got arrived"
	done
}

# Sent from one CPU, so that one MTU is all it may be.
even() {
	local sorted
	spread "$@"
	mapfile -t sorted < <(printf '%s\n' "${BYTES[@]}" | sort -n)
	[[ $((sorted[2] - sorted[0])) -le $FRAME ]] ||
		fail "sizes $*: the links differ by $((sorted[2] - sorted[0])) bytes"
}

three_links
even 1000
even 1472 0
# Of period 3, like the links: packet-wise round robin would send all big ones by one.
even 1400 100 100
even 1472 18 700 33 1 999 1200
rmmod mplink

mplink_load nics=$NICS peer=10.99.0.2 remotes=$REMOTES4 weights=1,2,5
mplink_up
wait_until 10 links_valid 3
COUNT=8000
spread 1472 18 700 33 1 999 1200
total=$((BYTES[0] + BYTES[1] + BYTES[2]))
i=0
for weight in 1 2 5; do
	share=$((total * weight / 8))
	[[ $((BYTES[i] > share ? BYTES[i] - share : share - BYTES[i])) -le $((total / 100)) ]] ||
		fail "weight $weight of 8 has carried ${BYTES[i]} of $total bytes"
	i=$((i + 1))
done
