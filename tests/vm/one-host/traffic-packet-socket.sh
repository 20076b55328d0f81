#!/bin/bash
# Guards: what AF_PACKET writes to the virtual NIC (ndo_start_xmit) reaches the peer
# it names, over all links; garbage of every kind is counted and harmless.
# by default: uml
# timeout: 300
# shellcheck source=tests/vm/lib.sh
source "$(dirname "$0")/../lib.sh"
# shellcheck source=tests/vm/lib-traffic.sh
source "$(dirname "$0")/../lib-traffic.sh"

# send KIND COUNT
send() {
	python3 - "$1" "$2" <<-'END'
		import os, socket, struct, sys
		kind, count = sys.argv[1], int(sys.argv[2])
		def udp(size):
		    return struct.pack("!HHHH", 1234, 9, 8 + size, 0) + bytes(size)
		def ip4(dst, size=100, total=None, version=4, ihl=5):
		    body = udp(size)
		    head = struct.pack("!BBHHHBBH4s4s", version << 4 | ihl, 0,
		                       20 + len(body) if total is None else total, 0, 0, 64, 17, 0,
		                       socket.inet_aton("10.99.0.1"), socket.inet_aton(dst))
		    s = sum(struct.unpack("!10H", head))
		    s = (s & 0xffff) + (s >> 16)
		    s = (s & 0xffff) + (s >> 16)
		    return head[:10] + struct.pack("!H", 0xffff ^ s) + head[12:] + body
		def ip6(dst, size=100, length=None):
		    body = udp(size)
		    return struct.pack("!IHBB", 6 << 28, len(body) if length is None else length, 17, 64) + \
		        socket.inet_pton(socket.AF_INET6, "fd99::1") + \
		        socket.inet_pton(socket.AF_INET6, dst) + body
		eth = bytes(12)
		frames = {
		    "good4": [eth + b"\x08\x00" + ip4("10.99.0.2")],
		    "good6": [eth + b"\x86\xdd" + ip6("fd99::2")],
		    "nobody": [eth + b"\x08\x00" + ip4("10.99.0.9"), eth + b"\x86\xdd" + ip6("fd99::9")],
		    "garbage": [eth + b"\x08\x00",
		                eth + b"\x08\x00" + b"\x45",
		                eth + b"\x08\x00" + ip4("10.99.0.2")[:19],
		                eth + b"\x08\x00" + ip4("10.99.0.2", total=1000),
		                eth + b"\x08\x00" + ip4("10.99.0.2", total=19),
		                eth + b"\x08\x00" + ip4("10.99.0.2", ihl=4),
		                eth + b"\x08\x00" + ip4("10.99.0.2", ihl=15, total=59),
		                eth + b"\x08\x00" + ip4("10.99.0.2", version=0),
		                eth + b"\x08\x06" + bytes(28),
		                # Whatever it looks like, the MAC header says what it is.
		                eth + b"\x12\x34" + ip4("10.99.0.2"),
		                eth + b"\x86\xdd" + ip6("fd99::2")[:39],
		                eth + b"\x86\xdd" + ip6("fd99::2", length=1000),
		                eth + b"\x08\x00" + b"\xff" * 300],
		}[kind]
		sock = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, 0)
		sock.bind(("mpl0", 0))
		for _ in range(count):
		    for frame in frames:
		        sock.send(frame)
		print(count * len(frames))
	END
}

# arrive KIND: 60 of it come to the peer, over three links
arrive() {
	local before nic links=()
	before=$(received)
	for nic in 1 2 3; do
		links+=("$(link_count eth$nic tx_packets)")
	done
	send "$1" 60 >/dev/null
	equal "datagrams of kind $1 that arrived" $(($(received) - before)) 60
	for nic in 1 2 3; do
		[[ $(link_count eth$nic tx_packets) -gt ${links[nic - 1]} ]] || fail "eth$nic carried nothing"
	done
}

three_links
receiver 9
arrive good4
before=$(ethtool_stat drop_no_peer)
send nobody 5 >/dev/null
[[ $(ethtool_stat drop_no_peer) -ge $((before + 10)) ]] || fail "packets for nobody were not counted"

for policy in balance-rr balance-xor active-backup broadcast; do
	echo $policy >/sys/class/net/mpl0/mplink/policy
	malformed=$(ethtool_stat drop_malformed)
	sent=$(links_sum tx_packets)
	n=$(send garbage 4)
	equal "malformed packets, $policy" $(($(ethtool_stat drop_malformed) - malformed)) "$n"
	equal "garbage sent on, $policy" $(($(links_sum tx_packets) - sent)) 0
done
mplink_unload
for remotes in $REMOTES4 $REMOTES6; do
	mplink_load nics=$NICS peer=fd99::2 "remotes=$remotes"
	mplink_up
	wait_until 10 links_valid 3
	arrive good6
	mplink_unload
done
