#!/bin/bash
# Guards: gre-udp carries IPv4 and IPv6 over IPv4 and IPv6, by three links that deliver
# at the same time: pings, fragments, and TCP both ways with every byte as it was; what
# one end's links have sent, the other's have received, and nothing was dropped.
# by default: 6.1
# timeout: 300
# shellcheck source=tests/vm/lib.sh
source "$(dirname "$0")/../lib.sh"
# shellcheck source=tests/vm/lib-traffic.sh
source "$(dirname "$0")/../lib-traffic.sh"
# shellcheck source=tests/vm/lib-tunnel.sh
source "$(dirname "$0")/../lib-tunnel.sh"

goes() {
	local mb=2 nic
	[[ $KERNEL != debug ]] || mb=1
	echo "IPv$INNER over IPv$OUTER"
	tunnel_ends 3 policy=balance-rr "${PATIENT[@]}"
	check "pings" ping -qc5 -i0.1 -W2 "$PEER"
	# ping compares what comes back.
	check "pings in fragments" ping -qc5 -i0.1 -W2 -s 7000 "$PEER"
	check "largest pings" ping -qc2 -i0.1 -W2 -s 65000 "$PEER"
	tcp_bytes $mb
	tcp_bytes $mb B
	consistent
	for nic in eth1 eth2 eth3; do
		[[ $(link_count $nic tx_packets) -gt 100 && $(link_count $nic rx_packets) -gt 100 ]] ||
			fail "$nic has carried next to nothing"
	done
	dropped_none A
	dropped_none B
	mplink_unload
}

topology 3 B_WITHOUT_VIRTUAL
for INNER in 4 6; do
	for OUTER in 4 6; do
		goes
	done
done
