#!/bin/bash
# Answers: an ICMP error that its sender could make up without having seen a packet: only eight
# bytes quoted, a wrong port, key or number, an impossible MTU, or one not below the quoted
# length. It is ignored and counted. An error that quotes a packet that was sent is believed.
# With `checksum on` the outer UDP has a checksum, which the far end verifies, and with `off`
# it has none. `ttl` is the TTL or hop limit of what is sent.
# by default: uml
# timeout: 300
# shellcheck source=tests/vm/lib.sh
source "$(dirname "$0")/../lib.sh"
# shellcheck source=tests/vm/lib-traffic.sh
source "$(dirname "$0")/../lib-traffic.sh"
# shellcheck source=tests/vm/lib-tunnel.sh
source "$(dirname "$0")/../lib-tunnel.sh"
# shellcheck source=tests/vm/lib-capture.sh
source "$(dirname "$0")/../lib-capture.sh"

KEY=77
LESS=1000

# outer: the first long packet of gre-udp from A on eth1, its bytes from the IP header on, in hex
outer() {
	capture outer -xi eth1 -Q out "udp dst port 4754 and greater 1000"
	ping -c1 -W2 -s 1200 "$PEER" >/dev/null
	captures_end
	awk '/^[0-9]/ && packets++ { exit }
		/^\t0x/ { sub(/^\t0x[0-9a-f]*: */, ""); gsub(/ /, ""); printf "%s", $0 }' /run/capture-outer
}

# icmp HEX MTU [BYTES] [OFFSET=XX...]: from B, that quotes so many bytes, with others in their place
icmp() {
	in_b python3 - "$OUTER" "$@" <<-'END'
		import socket, struct, sys

		family, quoted, mtu = sys.argv[1], bytearray.fromhex(sys.argv[2]), int(sys.argv[3])
		for change in sys.argv[5:]:
		    offset, value = change.split("=")
		    quoted[int(offset)] = int(value, 16)
		quoted = bytes(quoted[:int(sys.argv[4])])
		if family == "4":
		    raw = socket.socket(socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_ICMP)
		    message = struct.pack("!BBHHH", 3, 4, 0, 0, mtu) + quoted
		    if len(message) % 2:
		        message += b"\0"
		    total = sum(struct.unpack("!%dH" % (len(message) // 2), message))
		    total = (total >> 16) + (total & 0xffff)
		    message = message[:2] + struct.pack("!H", ~(total + (total >> 16)) & 0xffff) + message[4:]
		    raw.sendto(message, ("10.0.1.1", 0))
		else:
		    raw = socket.socket(socket.AF_INET6, socket.SOCK_RAW, socket.IPPROTO_ICMPV6)
		    raw.sendto(struct.pack("!BBHI", 2, 0, 0, mtu) + quoted, ("fd00:0:0:1::1", 0))
	END
}

# Whether a long ping, not to be fragmented, is told so.
too_long() {
	local said
	said=$(ping -c1 -W1 -M "do" -s 1400 "$PEER" 2>&1) || true
	[[ $said == *mtu* ]]
}

ignored() {
	local what=$1 before
	shift
	before=$(gre_drops A icmp)
	icmp "$@"
	nap 0.2
	equal "IPv$OUTER: $what: counted" $(($(gre_drops A icmp) - before)) 1
	! too_long || fail "IPv$OUTER: $what: believed"
}

topology 1 B_WITHOUT_VIRTUAL
sysctl -qw net.ipv4.icmp_ratelimit=0 net.ipv6.icmp.ratelimit=0
for OUTER in 4 6; do
	tunnel_ends 1 key=$KEY
	header=$([[ $OUTER == 4 ]] && echo 20 || echo 40)
	[[ $OUTER == 4 ]] || LESS=1280
	sent=$(outer)
	quote=$((header + 60))
	ignored "eight bytes" "$sent" $LESS $((header + 8))
	ignored "the port" "$sent" $LESS $quote "$header=10"
	ignored "the key" "$sent" $LESS $quote $((header + 12))=99
	other=$([[ ${sent:$((2 * header + 32)):2} == 7f ]] && echo 10 || echo 7f)
	ignored "the number" "$sent" $LESS $quote "$((header + 16))=$other"
	ignored "an MTU of 0" "$sent" 0 $quote
	ignored "an MTU that it fitted into" "$sent" 1400 $quote
	icmp "$sent" $LESS $quote
	wait_until 5 too_long
	mplink_unload
	ip route flush cache
	ip -6 route flush cache
done

OUTER=4
tunnel_ends 1
for setting in on off on; do
	mplink set checksum $setting
	capture zero -i eth1 -Q out "udp dst port 4754 and greater 900 and less 1100 and udp[6:2] = 0"
	check "a ping, checksum $setting" ping -qc3 -i0.1 -W2 -s 900 "$PEER"
	captures_end
	equal "checksum $setting: packets without one" "$(captured zero)" \
		"$([[ $setting == on ]] && echo 0 || echo 3)"
	tcp_bytes 1
done

# sent_with N: three pings leave with the TTL or hop limit N, which the outer IP header of the
# family OUTER has in this byte. Their length tells them from what the kernel may send of its own
# (router solicitations, the late end of a TCP connection).
declare -A BYTE=([4]='ip[8]' [6]='ip6[7]')
sent_with() {
	capture ttl -i eth1 -Q out \
		"udp dst port 4754 and greater 900 and less 1100 and ${BYTE[$OUTER]} = $1"
	check "IPv$OUTER: a ping with TTL $1" ping -qc3 -i0.1 -W2 -s 900 "$PEER"
	captures_end
	equal "IPv$OUTER: pings with TTL $1" "$(captured ttl)" 3
}
for OUTER in 4 6; do
	mplink_unload
	tunnel_ends 1
	sent_with 64
	for ttl in 1 17 255; do
		mplink set ttl $ttl
		sent_with $ttl
	done
done
