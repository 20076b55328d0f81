#!/bin/bash
# Guards: active-backup uses the first valid link in the order of nics=, fails over
# down the list and back up it, for a closed NIC as for a pulled cable.
# by default: uml
# timeout: 300
# shellcheck source=tests/vm/lib.sh
source "$(dirname "$0")/../lib.sh"
# shellcheck source=tests/vm/lib-traffic.sh
source "$(dirname "$0")/../lib-traffic.sh"

# uses NIC...: a burst goes by these and no other.
uses() {
	local nic before=() now=""
	for nic in 1 2 3; do
		before+=("$(link_count eth$nic tx_packets)")
	done
	udp_mixed 10.99.0.2 50 200
	for nic in 1 2 3; do
		if [[ $(link_count eth$nic tx_packets) -ne ${before[nic - 1]} ]]; then
			now+="eth$nic "
		fi
	done
	equal "the active link" "$now" "$1 "
}

is_valid() {
	[[ $(link_count "$1" valid) -eq $2 ]]
}

three_links policy=active-backup
uses eth1
ip link set eth1 down
uses eth2
# The cable out: the bit is read by each packet, no event need have come.
ip -n B link set eth2 down
uses eth3
wait_until 10 is_valid eth2 0
uses eth3
# eth1 has lost its IPv6 address by closing, but is reached over IPv4.
ip link set eth1 up
wait_until 10 is_valid eth1 1
uses eth1
ip -n B link set eth2 up
wait_until 10 links_valid 3
uses eth1
ip link del eth1
uses eth2
cable 1
wait_until 10 links_valid 3
uses eth1
# None is left: the drop is counted, with its reason.
for nic in eth1 eth2 eth3; do
	ip link set $nic down
done
wait_until 10 links_valid 0
equal "the carrier of mpl0 without links" "$(cat /sys/class/net/mpl0/carrier)" 0
drops=$(ethtool_stat drop_no_link)
udp_mixed 10.99.0.2 10 100 || true
dropped=$(($(ethtool_stat drop_no_link) - drops))
equal "drops for want of a link" "$dropped" 10
for nic in eth1 eth2 eth3; do
	ip link set $nic up
done
wait_until 10 links_valid 3
equal "the carrier of mpl0 with links" "$(cat /sys/class/net/mpl0/carrier)" 1
uses eth1
