#!/bin/bash
# by default: uml
# timeout: 300
# Answers: the bonding panic. A receive handler that was registered for every
# device met an ARP packet of a bond in another mode, and followed a table that was
# not there. Bonds in balance-rr and balance-alb are members; their cables all end
# in one bridge, on which an outsider asks for everybody by ARP, without a pause.
# shellcheck source=tests/vm/lib.sh
source "$(dirname "$0")/../lib.sh"
# shellcheck source=tests/vm/lib-traffic.sh
source "$(dirname "$0")/../lib-traffic.sh"

# bond I MODE SLAVE...: 10.0.I.1, its cables end in B's bridge
bond() {
	local i=$1 mode=$2 slave
	shift 2
	ip link add "eth$i" type bond mode "$mode" miimon 50
	for slave in "$@"; do
		ip link add "$slave" type veth peer name "$slave" netns B
		ip link set "$slave" master "eth$i"
		ip -n B link set "$slave" master br0 up
	done
	ip addr add "10.0.$i.1/24" dev "eth$i"
	ip link set "eth$i" up
}

# On the debug kernel what leaves some of the CPUs to the events.
ARP_PAUSE=0.01
TCP_RATE=20M
if [[ $KERNEL == debug ]]; then
	ARP_PAUSE=0.1
	TCP_RATE=500K
fi

arp_seen() {
	cat /sys/class/net/eth1/statistics/rx_packets
}

modprobe bonding max_bonds=0
ip netns add B
ip netns add outside
ip -n B link set lo up
ip -n B link add br0 type bridge
ip -n B link set br0 up
ip -n B addr add 10.99.0.2/32 dev lo
bond 1 balance-rr rr1 rr2
bond 2 balance-alb alb1 alb2
for i in 1 2; do
	ip -n B addr add "10.0.$i.2/24" dev br0
done
ip link add out netns outside type veth peer name outside netns B
ip -n B link set outside master br0 up
ip -n outside link set out up
for i in 1 2; do
	ip -n outside addr add "10.0.$i.9/24" dev out
done
for i in 1 2; do
	wait_until 15 ping -qc1 -W1 "10.0.$i.2"
done

mplink_to_b eth1 eth2
before=$(arp_seen)
# For both bonds, and for an address that nobody has.
ip netns exec outside python3 - "$ARP_PAUSE" <<-'END' &
	import socket, sys, time
	def request(target):
	    sender = b"\x02\0\0\0\0\x09"
	    return (b"\xff" * 6 + sender + b"\x08\x06\0\x01\x08\0\x06\x04\0\x01" + sender +
	            socket.inet_aton("10.0.1.9") + b"\0" * 6 + socket.inet_aton(target))
	out = socket.socket(socket.AF_PACKET, socket.SOCK_RAW)
	out.bind(("out", 0))
	while True:
	    for target in "10.0.1.1", "10.0.2.1", "10.0.1.77":
	        out.send(request(target))
	    time.sleep(float(sys.argv[1]))
END
wait_until 60 more_than $((before + 200)) arp_seen
tcp_start
udp_start
link_carries eth1
link_carries eth2
for slave in rr1 alb1 rr2 alb2; do
	ip link set "$slave" down
	link_carries eth1
	link_carries eth2
	ip -n B link set "$slave" down
	ip link set "$slave" up
	ip -n B link set "$slave" up
	nap 0.3
done
# A bond without slaves has no carrier; the other goes on.
ip link set rr1 down
ip link set rr2 down
expect_log 'mplink: mpl0: eth1: NETDEV_CHANGE \(4\): valid 1 -> 0 \(no-carrier\)$' 10
link_silent eth1
link_carries eth2
ip link set rr1 up
link_carries eth1
ip link set eth2 down
link_silent eth2
ip link del eth2
link_carries eth1
tcp_stop
udp_stop
counted_alike
check "the outsider's requests kept coming" more_than $((before + 400)) arp_seen
