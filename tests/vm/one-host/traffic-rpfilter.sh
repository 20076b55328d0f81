#!/bin/bash
# Guards: with strict reverse-path filtering on every NIC, and on the virtual one,
# traffic both ways passes: what comes from the peer has come by the virtual NIC.
# by default: uml
# timeout: 300
# shellcheck source=tests/vm/lib.sh
source "$(dirname "$0")/../lib.sh"
# shellcheck source=tests/vm/lib-traffic.sh
source "$(dirname "$0")/../lib-traffic.sh"

strict() {
	local file
	for file in /proc/sys/net/ipv4/conf/*/rp_filter; do
		echo 1 >"$file"
	done
}

topology 3
strict
# It does bite: without the driver the peer's address is not behind eth1.
in_b ping -qc2 -i0.2 -W1 -I 10.99.0.2 10.0.1.1 && fail "rp_filter=1 lets everything pass"
mplink_load nics=$NICS peer=10.99.0.2 remotes=$REMOTES4
mplink_up
strict
wait_until 10 links_valid 3
iperf_server
check "pings out" ping -qc10 -i0.1 -W2 10.99.0.2
check "pings in" in_b ping -qc10 -i0.1 -W2 -I 10.99.0.2 10.99.0.1
iperf 10.99.0.2 -n 2M
iperf 10.99.0.2 -n 2M -R
check "the NICs' own addresses" ping -qc3 -i0.2 -W2 10.0.1.2
for nic in eth1 eth2 eth3; do
	[[ $(link_count $nic tx_packets) -gt 0 ]] || fail "$nic has sent nothing"
done
[[ $(links_sum rx_packets) -gt 30 ]] || fail "nothing received is accounted to the links"
