#!/bin/bash
# Answers: gre-udp packets nested in each other, as deep as one datagram holds: only the
# outermost has come by its link's NIC, all within are refused and counted. Virtual NICs that
# are above each other carry packets; where one is above itself, or too many are above each
# other, packets are dropped and counted, and the kernel lives.
# by default: uml
# timeout: 300
# shellcheck source=tests/vm/lib.sh
source "$(dirname "$0")/../lib.sh"
# shellcheck source=tests/vm/lib-traffic.sh
source "$(dirname "$0")/../lib-traffic.sh"
# shellcheck source=tests/vm/lib-tunnel.sh
source "$(dirname "$0")/../lib-tunnel.sh"

DEEP=20

# stat A|B DEV NAME
stat() {
	on "$1" ethtool -S "$2" | awk -v name="$3:" '$1 == name { print $2 }'
}

# virtual A|B DEV ENCAP ADDRESS PEER NIC REMOTE
virtual() {
	on "$1" ip link add "$2" type mplink
	on "$1" mplink set dev "$2" encap "$3"
	on "$1" mplink nic add dev "$2" "$6"
	on "$1" mplink peer add dev "$2" "$5" link "$6" "$7"
	on "$1" ip addr add "$4/24" dev "$2"
	# Too many headers leave no room for IPv6's least MTU.
	on "$1" ip link set "$2" addrgenmode none 2>/dev/null || true
	on "$1" ip link set "$2" up
}

# nested DEPTH: one datagram from A, in which the packet for mpl<i> is within that for mpl<i-1>
nested() {
	python3 - "$1" <<-'END'
		import socket, struct, sys

		def sum16(data):
		    total = sum(struct.unpack("!%dH" % (len(data) // 2), data))
		    total = (total >> 16) + (total & 0xffff)
		    return ~(total + (total >> 16)) & 0xffff

		def ip(source, to, payload):
		    header = struct.pack("!BBHHHBBH4s4s", 0x45, 0, 20 + len(payload), 0, 0x4000, 64, 17, 0,
		                         socket.inet_aton(source), socket.inet_aton(to))
		    return header[:10] + struct.pack("!H", sum16(header)) + header[12:] + payload

		def wrapped(packet, bucket):
		    gre = struct.pack("!HHI", 0x2000, 0x0800, bucket) + packet
		    return struct.pack("!HHHH", 50000, 4754, 8 + len(gre), 0) + gre

		packet = ip("10.99.0.1", "10.99.0.2", struct.pack("!HHHH", 9, 9, 8, 0))
		for i in reversed(range(1, int(sys.argv[1]))):
		    packet = ip("10.1.%d.1" % i, "10.1.%d.2" % i, wrapped(packet, i % 2))
		raw = socket.socket(socket.AF_INET, socket.SOCK_RAW, 17)
		raw.sendto(wrapped(packet, 0), ("10.0.1.2", 0))
	END
}

# counted BEFORE A|B DEV NAME
counted() {
	[[ $(stat "$2" "$3" "$4") -gt $1 ]]
}

topology 1 B_WITHOUT_VIRTUAL
modprobe -a vxlan dummy
no_modprobe
mplink_load
virtual B mpl0 gre-udp 10.99.0.2 10.99.0.1 eth1 10.0.1.1
for ((i = 1; i < DEEP; i++)); do
	ip -n B link add "v$i" type dummy
	ip -n B addr add "10.1.$i.2/24" dev "v$i"
	ip -n B link set "v$i" up
	virtual B "mpl$i" gre-udp "10.98.$i.2" "10.98.$i.1" "v$i" "10.1.$i.1"
done
# shellcheck disable=SC2016 # for the shell in B
in_b bash -c 'for f in /proc/sys/net/ipv4/conf/*/rp_filter; do echo 0 >$f; done'
received=$(gre_received B)
for ((depth = 2; depth <= DEEP; depth += 6)); do
	nested $depth
done
nap 0.5
equal "outermost packets received" $(($(gre_received B) - received)) 4
equal "packets refused that were nested in them" "$(gre_drops B nic)" 4
equal "packets received of a link that is on another NIC" "$(in_b cat /sys/class/net/mpl1/statistics/rx_packets)" 0
for ((i = 1; i < DEEP; i++)); do
	ip -n B link del "mpl$i"
	ip -n B link del "v$i"
done

# Above each other they work.
virtual A mpl0 gre-udp 10.99.0.1 10.99.0.2 eth1 10.0.1.2
for encap in none gre-udp; do
	virtual A mpl1 $encap 10.97.0.1 10.97.0.2 mpl0 10.99.0.2
	virtual B mpl1 $encap 10.97.0.2 10.97.0.1 mpl0 10.99.0.1
	virtual A mpl2 gre-udp 10.96.0.1 10.96.0.2 mpl1 10.97.0.2
	virtual B mpl2 gre-udp 10.96.0.2 10.96.0.1 mpl1 10.97.0.1
	check "mpl2 over mpl1 ($encap) over mpl0" ping -qc5 -i0.05 -W2 10.96.0.2
	tc qdisc add dev mpl1 root pfifo
	check "the same, and mpl1 ($encap) has a qdisc" ping -qc5 -i0.05 -W2 10.96.0.2
	for ((i = 3; i < 6; i++)); do
		virtual A "mpl$i" gre-udp "10.9$i.7.1" "10.9$i.7.2" "mpl$((i - 1))" \
			"$([[ $i == 3 ]] && echo 10.96.0.2 || echo "10.9$((i - 1)).7.2")"
	done
	before=$(stat A mpl1 drop_loop)
	before0=$(stat A mpl0 drop_loop)
	ping -qc2 -i0.2 -W1 10.95.7.2 >/dev/null || true
	counted "$before" A mpl1 drop_loop || counted "$before0" A mpl0 drop_loop ||
		fail "six virtual NICs above each other: nothing was counted"
	for ((i = 5; i > 0; i--)); do
		ip link del "mpl$i"
		[[ $i -gt 2 ]] || ip -n B link del "mpl$i"
	done
done
ip link del mpl0

# Above itself.
ip link add vx0 type vxlan id 7 remote 10.99.0.2 dstport 4789
ip addr add 10.7.0.1/24 dev vx0
ip link set vx0 up
ip neigh replace 10.7.0.2 lladdr 02:00:00:00:00:01 dev vx0
virtual A mpl0 gre-udp 10.99.0.1 10.99.0.2 vx0 10.7.0.2
ping -qc2 -i0.2 -W1 10.99.0.2 >/dev/null || true
[[ $(stat A mpl0 drop_loop) -gt 0 ]] || fail "a loop: nothing was counted"
expect_no_log "Dead loop"
ip link del mpl0
ip link del vx0
ip -n B link del mpl0
mplink_unload
