#!/bin/bash
# Guards: packets that reach the virtual NIC past the hook. The segments of a GSO packet must
# fit the NIC's MTU. ICMPv6 redirects, forged ones or a hub's, do not leave. `tcpdump -i any` shows
# a packet once on each device.
# by default: 6.1
# timeout: 120
# shellcheck source=tests/vm/lib.sh
source "$(dirname "$0")/../lib.sh"
# shellcheck source=tests/vm/lib-traffic.sh
source "$(dirname "$0")/../lib-traffic.sh"
# shellcheck source=tests/vm/lib-capture.sh
source "$(dirname "$0")/../lib-capture.sh"

# gso SIZE: one TCP packet with 4000 bytes of payload, in segments of that size, written to
# the virtual NIC
gso() {
	python3 - "$1" <<-'END'
		import socket, struct, sys

		def sum16(data):
		    total = sum(struct.unpack("!%dH" % (len(data) // 2), data))
		    total = (total >> 16) + (total & 0xffff)
		    return total + (total >> 16) & 0xffff

		size = int(sys.argv[1])
		source, to = socket.inet_aton("10.99.0.1"), socket.inet_aton("10.99.0.2")
		payload = bytes(4000)
		length = 20 + len(payload)
		# CHECKSUM_PARTIAL: the pseudo header's sum only.
		pseudo = sum16(source + to + struct.pack("!HH", 6, length))
		tcp = struct.pack("!HHIIBBHHH", 1000, 2000, 1, 1, 0x50, 0x10, 1000, pseudo, 0)
		ip = struct.pack("!BBHHHBBH4s4s", 0x45, 0, 20 + length, 1, 0x4000, 64, 6, 0, source, to)
		ip = ip[:10] + struct.pack("!H", ~sum16(ip) & 0xffff) + ip[12:]
		# virtio_net_hdr: NEEDS_CSUM, TCPv4
		header = struct.pack("=BBHHHH", 1, 1, 14 + 20 + 20, size, 14 + 20, 16)
		sock = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, 0x0800)
		sock.setsockopt(263, 15, 1)
		sock.bind(("mpl0", 0x0800))
		sock.send(header + bytes(12) + struct.pack("!H", 0x0800) + ip + tcp + payload)
	END
}

segments() {
	in_b nft -j list counter inet count n | grep -oE '"packets": [0-9]+' | grep -oE '[0-9]+'
}

three_links
mplink peer add fd99::2 link eth1 fd00:0:0:1::2 link eth2 fd00:0:0:2::2 link eth3 fd00:0:0:3::2
wait_until 10 links_valid 6

in_b nft 'table inet count { counter n { }; chain in { type filter hook prerouting priority -300;
	tcp dport 2000 ip length > 700 counter name n drop; }; }'
gso 1400
nap 0.2
# The path is of software: where B's NIC takes it whole, it is one.
got=$(segments)
[[ $got -ge 1 && $got -le 3 ]] || fail "a GSO packet that fits: $got packets have come"
before=$(drops too_big)
gso 1600
nap 0.2
equal "a GSO packet that does not fit: packets that have come" $(($(segments) - got)) 0
equal "a GSO packet that does not fit: dropped as too-big" "$(drops too_big)" $((before + 1))

# Redirects: a forged one, and a hub's.
before=$(drops redirect)
python3 - <<-'END'
	import socket
	icmp = socket.socket(socket.AF_INET6, socket.SOCK_RAW, socket.IPPROTO_ICMPV6)
	icmp.sendto(bytes([137, 0, 0, 0]) + bytes(36), ("fd99::2", 0))
END
equal "a redirect, IPv6: dropped" "$(drops redirect)" $((before + 1))
ip addr add fe80::99/64 dev mpl0 nodad
sysctl -qw net.ipv6.conf.all.forwarding=1
in_b ip -6 route add fd77::1/128 via fd00:0:0:1::1 src fd99::2
# Another spoke, which is on the hub's link.
mplink peer add fd77::1 link eth2 fd00:0:0:2::2
ip -6 route add fd77::1 dev mpl0
before=$(drops redirect)
in_b ping -qc4 -i0.3 -W1 -I fd99::2 fd77::1 >/dev/null 2>&1 && fail "who has answered for fd77::1?"
more_than "$before" drops redirect || fail "a hub's redirects, IPv6: none was dropped"
mplink peer del fd77::1
sysctl -qw net.ipv6.conf.all.forwarding=0

# Who listens to all devices. The first packets of a CPU take the slower way.
check "warm" ping -qc9 -i0.1 -W2 10.99.0.2
check "warm" ping -qc9 -i0.1 -W2 fd99::2
for address in 10.99.0.2 fd99::2; do
	capture any -i any "icmp or icmp6"
	check "pings" ping -qc5 -i0.2 -W2 $address
	captures_end
	for shown in 'eth. +In .*reply' 'mpl0 +In .*reply' 'eth. +Out .*request' 'mpl0 +Out .*request'; do
		count=$(captured any "$shown")
		[[ $count -le 5 ]] || fail "$address: $count packets are shown that match $shown"
	done
	[[ $(captured any 'mpl0 +In .*reply') -ge 4 ]] || fail "$address: $(</run/capture-any)"
done
