#!/bin/bash
# Guards: gre-udp with address translation at both ends works where each translator forwards UDP
# port 4754 to the NIC behind it, and leaves from the address that the far end has as remote:
# pings, TCP, and a path MTU that is found through both. A link whose translator does not forward
# is used by neither end.
# by default: uml
# timeout: 300
# shellcheck source=tests/vm/lib.sh
source "$(dirname "$0")/../lib.sh"
# shellcheck source=tests/vm/lib-traffic.sh
source "$(dirname "$0")/../lib-traffic.sh"
# shellcheck source=tests/vm/lib-tunnel.sh
source "$(dirname "$0")/../lib-tunnel.sh"

# A: eth1 10.8.1.1, eth2 10.8.2.1; its translator G; 192.0.2.0/30 and 192.0.2.4/30; the translator
# H of B: eth1 10.9.1.1, eth2 10.9.2.1.
for ns in B G H; do
	ip netns add $ns
	ip -n $ns link set lo up
done
# No translator needs to remember anything: both ends are forwarded to.
modprobe nf_conntrack
for ns in G H; do
	ip netns exec $ns sysctl -qw net.ipv4.ip_forward=1 net.netfilter.nf_conntrack_udp_timeout=2 \
		net.netfilter.nf_conntrack_udp_timeout_stream=2
done
for i in 1 2; do
	net=192.0.2.$((4 * (i - 1)))
	ip -batch - <<-END
		link add eth$i type veth peer name in$i netns G
		addr add 10.8.$i.1/24 dev eth$i
		link set eth$i up
		route add $net/30 via 10.8.$i.254 dev eth$i
	END
	ip -n G -batch - <<-END
		addr add 10.8.$i.254/24 dev in$i
		link set in$i up
		link add out$i type veth peer name out$i netns H
		addr add 192.0.2.$((4 * i - 3))/30 dev out$i
		link set out$i up
	END
	ip -n H -batch - <<-END
		addr add 192.0.2.$((4 * i - 2))/30 dev out$i
		link set out$i up
		link add in$i type veth peer name eth$i netns B
		addr add 10.9.$i.254/24 dev in$i
		link set in$i up
	END
	ip -n B -batch - <<-END
		addr add 10.9.$i.1/24 dev eth$i
		link set eth$i up
		route add $net/30 via 10.9.$i.254 dev eth$i
	END
done

# translate NS NET LINK...: NS translates, and forwards what comes by these links
translate() {
	local ns=$1 net=$2 link rules=''
	shift 2
	for link; do
		rules+="iifname out$link udp dport 4754 dnat to $net.$link.1;"
	done
	ip netns exec "$ns" nft -f - <<-END
		table ip translator {
			chain before { type nat hook prerouting priority -100; $rules }
			chain after { type nat hook postrouting priority 100; oifname "out*" masquerade; }
		}
	END
}

ends() {
	ip link add mpl0 type mplink
	mplink set dev mpl0 encap gre-udp policy balance-rr
	mplink nic add dev mpl0 eth1 eth2
	mplink peer add dev mpl0 10.99.0.2 link eth1 192.0.2.2 link eth2 192.0.2.6
	mplink_up
	in_b ip link add mpl0 type mplink
	in_b mplink set dev mpl0 encap gre-udp policy balance-rr
	in_b mplink nic add dev mpl0 eth1 eth2
	in_b mplink peer add dev mpl0 10.99.0.1 link eth1 192.0.2.1 link eth2 192.0.2.5
	in_b ip addr add 10.99.0.2/24 dev mpl0
	in_b ip link set mpl0 up
}

reasons() { # reasons A|B: of both links
	on "$1" mplink -j show | jq -r '[.[0].peers[0].links[].reason] | join(" ")'
}
reasons_are() {
	[[ $(reasons "$1") == "$2" ]]
}
used_both() {
	local nic
	for nic in eth1 eth2; do
		[[ $(link_count $nic tx_packets) -ge 8 && $(link_count $nic rx_packets) -ge 8 ]] || return
	done
}

mplink_load
PEER=10.99.0.2 PEER_A=10.99.0.1
translate G 10.8 1 2
translate H 10.9 1 2
ends
wait_until 20 ping -qc1 -W1 $PEER
wait_until 20 reasons_are A "none none"
wait_until 20 reasons_are B "none none"
check "pings" ping -qc20 -i0.1 -W2 $PEER
used_both || fail "not by both links: $(mplink show)"
tcp_bytes 2
tcp_bytes 2 B
# A wire between the translators takes less: the router that says so is behind the translation.
for ns in G H; do
	ip -n $ns link set out1 mtu 1300
	ip -n $ns link set out2 mtu 1300
done
tcp_bytes 2
tcp_bytes 2 B
in_b ip link del mpl0
ip link del mpl0
for ns in G H; do
	ip -n $ns link set out1 mtu 1500
	ip -n $ns link set out2 mtu 1500
done

# What comes by A's second provider is not forwarded.
for ns in G H; do
	ip netns exec $ns nft delete table ip translator
done
# Longer than the translators remember.
nap 4
translate G 10.8 1
translate H 10.9 1 2
ends
wait_until 20 reasons_are A "none unconfirmed"
wait_until 20 reasons_are B "none unconfirmed"
check "pings by the link that is forwarded" ping -qc20 -i0.1 -W2 $PEER
in_b ip link del mpl0
ip link del mpl0
for ns in G H; do
	ip netns del $ns
done
