#!/bin/bash
# Guards: writing another policy under traffic takes effect at once and loses not a
# packet; what is no policy is refused with EINVAL and changes nothing.
# by default: uml
# timeout: 300
# shellcheck source=tests/vm/lib.sh
source "$(dirname "$0")/../lib.sh"
# shellcheck source=tests/vm/lib-traffic.sh
source "$(dirname "$0")/../lib-traffic.sh"

policy=/sys/class/net/mpl0/mplink/policy

three_links
for bad in round-robin '' balance-rr2 'balance-rr balance-xor' ' broadcast' BROADCAST 0; do
	log_mark
	said=$(bash -c 'echo "$1" >"$2"' - "$bad" $policy 2>&1) && fail "policy \"$bad\" was taken"
	[[ $said == *"Invalid argument"* ]] || fail "policy \"$bad\": not EINVAL: $said"
	equal "the policy after \"$bad\"" "$(<$policy)" balance-rr
	expect_log "mpl0: policy \"$bad\" is none of balance-rr, balance-xor, active-backup, broadcast, adaptive"
done
equal "mode of policy" "$(command stat -c %a $policy)" 644

UDP_RATE=1500 udp_start 10.99.0.2 --size 500
for round in 1 2 3 4 5 6 7 8 9 10; do
	for name in balance-xor active-backup broadcast balance-rr; do
		# With and without the newline.
		if [[ $((round % 2)) -eq 0 ]]; then
			echo $name >$policy
		else
			printf %s $name >$policy
		fi
		equal "the policy" "$(<$policy)" $name
		nap 0.1
	done
done
udp_stop
equal "errors of the sender" "$UDP_ERRORS" 0
equal "packets lost" "$UDP_LOST" 0
equal "drops" "$(stat tx_dropped)" "$(ethtool_stat drop_no_peer_multicast)"

# It did take effect.
echo broadcast >$policy
before=$(links_sum tx_packets)
udp_mixed 10.99.0.2 10 100
equal "copies of 10 packets" $(($(links_sum tx_packets) - before)) 30
