#!/bin/bash
# Guards: path MTU. mpl0's MTU leaves room for the outer headers, whichever NIC, remote or
# family changes; packets of one byte less, just as long, and one byte longer: what may
# not be fragmented is refused with the right MTU, to programs and to hosts behind, and
# what comes past the stack is dropped and counted.
# by default: uml
# timeout: 300
# shellcheck source=tests/vm/lib.sh
source "$(dirname "$0")/../lib.sh"
# shellcheck source=tests/vm/lib-traffic.sh
source "$(dirname "$0")/../lib-traffic.sh"
# shellcheck source=tests/vm/lib-tunnel.sh
source "$(dirname "$0")/../lib-tunnel.sh"

mtu_is() {
	equal "$1: MTU of mpl0" "$(</sys/class/net/mpl0/mtu)" "$2"
}

# pings HEADERS PING...: packets around the MTU; HEADERS: of IP and ICMP. SAID: of the last
around() {
	local mtu headers=$1 size
	mtu=$(</sys/class/net/mpl0/mtu)
	shift
	for size in $((mtu - 1)) "$mtu"; do
		check "$size bytes, not to be fragmented" "$@" -qc2 -i0.1 -W2 -M "do" -s $((size - headers))
	done
	if SAID=$("$@" -c1 -W2 -M "do" -s $((mtu + 1 - headers)) 2>&1); then
		fail "$((mtu + 1)) bytes were not refused"
	fi
	check "$((mtu + 1)) bytes in fragments" "$@" -qc2 -i0.1 -W2 -M dont -s $((mtu + 1 - headers))
}

# Of programs here "mtu=" or, with IPv6, "mtu: "; of routers "mtu = ".
says() {
	local said=${SAID// /}
	[[ ${said//:/=} == *"$1"* ]] || fail "ping does not say '$1' but: $SAID"
}

# behind_a: host C, whose router A is
behind_a() {
	ip netns add C
	ip link add c0 type veth peer name eth0 netns C
	ip addr add 192.168.5.1/24 dev c0
	ip addr add fd05::1/64 dev c0 nodad
	ip link set c0 up
	ip -n C addr add 192.168.5.2/24 dev eth0
	ip -n C addr add fd05::2/64 dev eth0 nodad
	ip -n C link set eth0 up
	ip -n C route add default via 192.168.5.1
	ip -n C route add default via fd05::1
	sysctl -qw net.ipv4.ip_forward=1 net.ipv6.conf.all.forwarding=1
	wait_until 10 ip netns exec C ping -qc1 -W1 192.168.5.1
}

# past_stack BYTES: an IP packet of so many, of INNER, to the peer, redirected from a device
# with a larger MTU: the stack itself would refuse it.
past_stack() {
	python3 - "$INNER" "$1" <<-'END'
		import socket, struct, sys
		family, size = sys.argv[1], int(sys.argv[2])
		if family == "4":
		    kind = b"\x08\x00"
		    head = struct.pack("!BBHHHBBH4s4s", 0x45, 0, size, 0, 0x4000, 64, 253, 0,
		                       socket.inet_aton("10.99.0.1"), socket.inet_aton("10.99.0.2"))
		else:
		    kind = b"\x86\xdd"
		    head = struct.pack("!IHBB", 6 << 28, size - 40, 253, 64) + \
		        socket.inet_pton(socket.AF_INET6, "fd99::1") + \
		        socket.inet_pton(socket.AF_INET6, "fd99::2")
		sock = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, 0)
		sock.bind(("jumbo", 0))
		sock.send(bytes(12) + kind + head.ljust(size, b"\0"))
	END
}

jumbo_to_mpl0() {
	tc filter del dev jumbo egress 2>/dev/null || true
	tc filter add dev jumbo egress protocol all pref 1 handle 1 matchall \
		action mirred egress redirect dev mpl0
}

edges() {
	local headers sent mtu
	headers=$([[ $INNER == 6 ]] && echo 48 || echo 28)
	around "$headers" ping "$PEER"
	says "mtu=$(</sys/class/net/mpl0/mtu)"
	if [[ $INNER == 4 ]]; then
		in_b ip route replace 192.168.5.0/24 via 10.99.0.1
	else
		in_b ip route replace fd05::/64 via fd99::1
	fi
	around "$headers" ip netns exec C ping "$PEER"
	says "mtu=$(</sys/class/net/mpl0/mtu)"
	dropped_none A

	mtu=$(</sys/class/net/mpl0/mtu)
	jumbo_to_mpl0
	sent=$(links_sum tx_packets)
	past_stack "$mtu"
	equal "packets of the MTU that went past the stack" $(($(links_sum tx_packets) - sent)) 1
	past_stack $((mtu + 1))
	equal "packets too big" "$(drops too-big)" 1
	dropped_none A too_big
	dropped_none B
}

topology 2 B_WITHOUT_VIRTUAL
behind_a
ip link add jumbo mtu 9000 type dummy
ip link set jumbo up
tc qdisc add dev jumbo clsact
for OUTER in 4 6; do
	for INNER in 4 6; do
		tunnel_ends 2 "${PATIENT[@]}"
		mtu_is "IPv$OUTER outside" $((OUTER == 4 ? 1460 : 1440))
		edges
		ip netns exec C ip route flush cache
		mplink_unload
	done
done

INNER=4 OUTER=4
tunnel_ends 2 "${PATIENT[@]}"
ip link set eth2 mtu 1400
mtu_is "eth2 at 1400" 1360
if ip link set mpl0 mtu 1361 2>/dev/null; then
	fail "mpl0 takes an MTU that eth2 cannot carry"
fi
ip link set eth2 mtu 9000
mtu_is "eth2 at 9000" 1460
ip link set eth1 mtu 9000
mtu_is "both at 9000" 8960
ip link set eth1 mtu 1500
mplink peer set 10.99.0.2 link eth2 fd00:0:0:2::2
mtu_is "one remote of IPv6" 1440
mplink peer set 10.99.0.2 link eth2 10.0.2.2
mtu_is "IPv4 again" 1460
mplink peer add 10.99.0.77 key 1 link eth2 fd00:0:0:2::77
mtu_is "another peer, of IPv6" 1440
mplink peer del 10.99.0.77
mtu_is "without it" 1460
mplink peer del 10.99.0.2
mplink set dev mpl0 encap none
mtu_is "without a tunnel" 1500
