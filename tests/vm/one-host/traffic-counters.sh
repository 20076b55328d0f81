#!/bin/bash
# Guards: all counters tell the same story: sysfs of links and NICs, ethtool -S,
# ip -s link, the NICs' own, and the far end's; packets and bytes, both ways.
# by default: uml
# timeout: 300
# shellcheck source=tests/vm/lib.sh
source "$(dirname "$0")/../lib.sh"
# shellcheck source=tests/vm/lib-traffic.sh
source "$(dirname "$0")/../lib-traffic.sh"

three_links
# ICMP with 1000 bytes is 1042 with its MAC header, out and in.
declare -A near far
for nic in eth1 eth2 eth3; do
	near[$nic]=$(stat tx_bytes $nic)
	far[$nic]=$(in_b_stat rx_bytes $nic)
done
declare -A was was_links
for name in tx_packets tx_bytes rx_packets rx_bytes; do
	was[$name]=$(stat $name)
	was_links[$name]=$(links_sum $name)
done
check "pings" ping -qc30 -i0.05 -W2 -s 1000 10.99.0.2

for name in tx_packets rx_packets tx_bytes rx_bytes; do
	wanted=$([[ $name == *packets ]] && echo 30 || echo $((30 * 1042)))
	equal "mpl0's $name" $(($(stat $name) - ${was[$name]})) "$wanted"
	equal "the links' $name" $(($(links_sum $name) - ${was_links[$name]})) "$wanted"
	for nic in eth1 eth2 eth3; do
		equal "$nic: $name of ethtool" "$(ethtool_stat ${nic}_$name)" "$(link_count $nic $name)"
		if [[ -e /sys/class/net/mpl0/mplink/nics/$nic/$name ]]; then
			equal "$nic: $name of the NIC" "$(attr nics/$nic/$name)" "$(link_count $nic $name)"
		fi
	done
done
ip -s -j link show mpl0 | jq -e --argjson n "$(stat tx_packets)" '.[0].stats64.tx.packets == $n' >/dev/null ||
	fail "ip -s link and sysfs disagree"
for nic in eth1 eth2 eth3; do
	sent=$(link_count $nic tx_bytes)
	[[ $(($(stat tx_bytes $nic) - ${near[$nic]})) -ge $sent ]] || fail "$nic itself has sent less"
	came=$(($(in_b_stat rx_bytes $nic) - ${far[$nic]}))
	[[ $came -ge $sent && $came -le $((sent + 2000)) ]] || fail "$nic: sent $sent bytes, $came arrived"
done
# By driver, not by chance.
ethtool -i mpl0 | grep '^driver: mplink$' >/dev/null || fail "ethtool -i names another driver"
equal "link detected" "$(ethtool mpl0 | sed -n 's/.*Link detected: //p')" yes
