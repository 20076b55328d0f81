#!/bin/bash
# Guards: with encap none, a packet's route is exchanged only where it is nothing but a
# route: what IPsec encrypts leaves encrypted, what a route labels never leaves without its
# label, a route's MTU is kept to; and qdiscs and filters of the virtual NIC are passed.
# by default: uml
# timeout: 120
# shellcheck source=tests/vm/lib.sh
source "$(dirname "$0")/../lib.sh"
# shellcheck source=tests/vm/lib-traffic.sh
source "$(dirname "$0")/../lib-traffic.sh"

# Counts what leaves by the NICs.
counters() {
	local nic
	{
		echo 'table netdev c {'
		printf 'counter %s { }\n' n_icmp n_esp n_long
		for nic in eth1 eth2 eth3; do
			echo "chain $nic {"
			echo "type filter hook egress device \"$nic\" priority 0;"
			echo 'ip length > 1300 counter name n_long'
			echo 'ip protocol icmp counter name n_icmp'
			echo 'ip protocol esp counter name n_esp'
			echo '}'
		done
		echo '}'
	} | nft -f -
}
counted() { nft -j list counter netdev c "n_$1" | grep -oE '"packets": [0-9]+' | grep -oE '[0-9]+'; }
zero() { nft reset counters table netdev c >/dev/null; }

secure() {
	local in src dst spi hash key
	hash=0x$(printf 11%.0s {1..32})
	key=0x$(printf 22%.0s {1..16})
	for in in "" in_b; do
		while read -r src dst spi; do
			$in ip xfrm state add src "$src" dst "$dst" proto esp spi "$spi" reqid 1 mode transport \
				auth 'hmac(sha256)' "$hash" enc 'cbc(aes)' "$key"
		done <<<$'10.99.0.1 10.99.0.2 0x100\n10.99.0.2 10.99.0.1 0x200'
	done
	tmpl="tmpl proto esp reqid 1 mode transport"
	# shellcheck disable=SC2086
	{
		ip xfrm policy add src 10.99.0.1 dst 10.99.0.2 dir out $tmpl
		ip xfrm policy add src 10.99.0.2 dst 10.99.0.1 dir in $tmpl
		in_b ip xfrm policy add src 10.99.0.2 dst 10.99.0.1 dir out $tmpl
		in_b ip xfrm policy add src 10.99.0.1 dst 10.99.0.2 dir in $tmpl
	}
}

three_links
counters

zero
check "plain" ping -qc3 -i0.2 -W2 10.99.0.2
equal "plain ICMP" "$(counted icmp)" 3

secure
zero
check "encrypted" ping -qc6 -i0.2 -W2 10.99.0.2
equal "ICMP in the clear" "$(counted icmp)" 0
equal "ESP" "$(counted esp)" 6
ip xfrm policy flush
in_b ip xfrm policy flush

# A label that the far end does not understand: it is dropped here, with a reason.
before=$(drops malformed)
ip route add 192.168.8.0/24 encap mpls 262147 via inet 10.99.0.2 dev mpl0
zero
ping -qc3 -i0.2 -W1 192.168.8.1 && fail "somebody has answered for 192.168.8.1"
equal "ICMP without its label" "$(counted icmp)" 0
equal "dropped" "$(drops malformed)" $((before + 3))

# A route's MTU, and the device's.
ip route add 10.99.0.2 dev mpl0 mtu 1200
zero
check "in pieces" ping -qc3 -i0.2 -W2 -M dont -s 1400 10.99.0.2
equal "longer than the route's MTU" "$(counted long)" 0
ip route del 10.99.0.2 dev mpl0
ip link set mpl0 mtu 1280
check "in pieces" ping -qc3 -i0.2 -W2 -M dont -s 1400 10.99.0.2
equal "longer than the device's MTU" "$(counted long)" 0
ip link set mpl0 mtu 1500

# All packets must pass the qdisc and filters of the virtual NIC.
tc qdisc add dev mpl0 root pfifo
before=$(tc -s qdisc show dev mpl0 root | grep -oE '[0-9]+ pkt' | cut -d' ' -f1)
check "through a qdisc" ping -qc3 -i0.2 -W2 10.99.0.2
equal "which has seen" "$(tc -s qdisc show dev mpl0 root | grep -oE '[0-9]+ pkt' | cut -d' ' -f1)" $((before + 3))
tc qdisc del dev mpl0 root
nft -f - <<-'END'
	table netdev e {
		chain e { type filter hook egress device "mpl0" priority 0; meta l4proto icmp drop; }
	}
END
ping -qc2 -i0.2 -W1 10.99.0.2 && fail "nft's egress hook on the virtual NIC is passed by"
nft delete table netdev e
tc qdisc add dev mpl0 clsact
tc filter add dev mpl0 egress protocol ip matchall action drop
ping -qc2 -i0.2 -W1 10.99.0.2 && fail "tc's egress filter on the virtual NIC is passed by"
tc qdisc del dev mpl0 clsact
check "plain again" ping -qc3 -i0.2 -W2 10.99.0.2

# What is to many has no peer, which is nothing amiss.
before=$(drops no_peer)
ping -qc2 -i0.2 -W1 -I mpl0 ff02::1 || true
ping -qc2 -i0.2 -W1 -I mpl0 224.0.0.1 || true
equal "of a unicast without a peer" "$(drops no_peer)" "$before"
more_than 3 drops no_peer_multicast || fail "multicasts are not counted"

# A redirect would send a spoke past the hub, where there is no way.
before=$(drops redirect)
python3 - <<-'END'
	import socket
	icmp = socket.socket(socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_ICMP)
	icmp.sendto(bytes([5, 1, 0xfa, 0xfe]) + bytes(32), ("10.99.0.2", 0))
END
equal "redirects that were dropped" "$(drops redirect)" $((before + 1))
equal "the hub's setting" "$(sysctl -n net.ipv4.conf.mpl0.send_redirects)" 0
