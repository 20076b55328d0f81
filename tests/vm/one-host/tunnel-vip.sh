#!/bin/bash
# by default: uml
# timeout: 200
# Answers: a far end that knows us by a second address of a NIC refused what came from the
# first one, which routing prefers: half of all was lost. And the address of another NIC
# is never taken over, though packets for it may come by this one.
# shellcheck source=tests/vm/lib.sh
source "$(dirname "$0")/../lib.sh"
# shellcheck source=tests/vm/lib-traffic.sh
source "$(dirname "$0")/../lib-traffic.sh"
# shellcheck source=tests/vm/lib-tunnel.sh
source "$(dirname "$0")/../lib-tunnel.sh"

# Sent by B's eth1 to A, as "FROM > TO".
far_sources() {
	timeout 30 tcpdump -lni eth1 -c 4 'udp dst port 4754 and src net 10.0.0.0/8 and dst host 10.0.1.1' 2>/dev/null |
		grep -oE '10\.0\.[0-9]+\.[0-9]+\.[0-9]+ >' | cut -d. -f1-4 | sort -u
}

tunnel 2
# Known by its first address till now, so more than one packet is needed.
in_b ip addr add 10.0.1.100/32 dev eth1
mplink peer set "$PEER" link eth1 10.0.1.100
ping -qc40 -i0.05 -W1 "$PEER" >/dev/null || true
check "the second address" ping -qc10 -i0.1 -W2 "$PEER"
dropped=$(gre_drops A sender)
ping -qc20 -i0.05 -W2 "$PEER" >/dev/null
equal "refused by A" "$(gre_drops A sender)" "$dropped"

# A new path takes the first packet's word.
in_b mplink peer set "$PEER_A" link eth1 10.0.1.77
in_b mplink peer set "$PEER_A" link eth1 10.0.1.1
# Till it comes, B's answers may be refused.
ping -qc3 -i0.05 -W1 "$PEER" >/dev/null || true
dropped=$(gre_drops A sender)
ping -qc20 -i0.05 -W2 "$PEER" >/dev/null
equal "refused by A of a new path" "$(gre_drops A sender)" "$dropped"

# A sends to eth2's address by eth1. B goes on sending from eth1's address.
in_b sysctl -qw net.ipv4.conf.all.arp_ignore=0 net.ipv4.conf.eth1.rp_filter=0 \
	net.ipv4.conf.all.rp_filter=0
in_b ip addr del 10.0.1.100/32 dev eth1
ip route add 10.0.2.2 dev eth1
mplink peer set "$PEER" link eth1 10.0.2.2
mplink nic del eth2
ping -qc40 -i0.05 -W1 "$PEER" >/dev/null & 
far=$(far_sources)
wait $! || true
equal "B's source on eth1" "$far" 10.0.1.2
