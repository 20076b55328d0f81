#!/bin/bash
# by default: 6.1
# timeout: 300
# Answers: a NIC that goes away took every third packet with it until somebody
# noticed. At a steady rate over three links, one that is taken down or deleted
# costs only what had already left by it.
#
# What may be lost: a CPU that is between choosing eth2 and handing the packet to it
# when it closes holds one packet, and what was handed over waits in B's softirq. One
# sender, so one packet and a few in B. If the machine takes a CPU away meanwhile, what
# was due in that gap leaves in one burst, and eth2's share of the burst may be lost, too.
# shellcheck source=tests/vm/lib.sh
source "$(dirname "$0")/../lib.sh"
# shellcheck source=tests/vm/lib-traffic.sh
source "$(dirname "$0")/../lib-traffic.sh"

few=5
NICS=3
UDP_RATE=2000
if [[ $KERNEL == debug ]]; then
	few=20
	UDP_RATE=400
fi

# costs WHAT CMD...: does it under traffic, counts, and bounds what was lost.
costs() {
	local what=$1 bound
	shift
	udp_start
	link_carries eth2
	"$@"
	link_silent eth2
	udp_stop
	udp_conserved
	echo "$what: $UDP_LOST of $UDP_SENT packets lost, longest gap $UDP_GAP ms"
	# UDP_GAP has one decimal.
	bound=$((few + 10#${UDP_GAP/./} * UDP_RATE / 10000 / NICS))
	[[ $UDP_LOST -le $bound ]] || fail "$what: $UDP_LOST packets lost, at most $bound may be"
	equal "$what: packets doubled" "$UDP_DUPLICATED" 0
	equal "$what: packets the application could not send" "$UDP_ERRORS" 0
}

topology $NICS
sysctl -qw net.core.netdev_max_backlog=10000
mplink_to_b eth1 eth2 eth3
costs "taken down" ip link set eth2 down
ip link set eth2 up
costs "deleted" ip link del eth2
