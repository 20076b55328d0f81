#!/bin/bash
# Guards: conntrack and NAT see the virtual NIC: rules on oifname mpl0 match,
# masquerading through it works both ways, connections are confirmed and become
# established.
# by default: 6.12
# timeout: 300
# shellcheck source=tests/vm/lib.sh
source "$(dirname "$0")/../lib.sh"
# shellcheck source=tests/vm/lib-traffic.sh
source "$(dirname "$0")/../lib-traffic.sh"

counter() {
	nft list chain ip test "$1" | sed -n "s/.*counter packets \([0-9]*\).*comment \"$2\".*/\1/p"
}

ip netns add C
ip link add c0 type veth peer name c1 netns C
ip addr add 10.98.0.254/24 dev c0
ip link set c0 up
ip -n C addr add 10.98.0.1/24 dev c1
ip -n C link set c1 up
ip -n C route add default via 10.98.0.254
sysctl -qw net.ipv4.ip_forward=1

three_links
iperf_server
nft -f - <<-'END'
	table ip test {
		chain after {
			type nat hook postrouting priority srcnat;
			ip saddr 10.98.0.0/24 oifname "mpl0" counter masquerade comment "masqueraded"
		}
		chain before {
			type filter hook postrouting priority mangle;
			oifname "mpl0" counter comment "out"
			oifname "eth*" ip daddr 10.99.0.2 counter comment "stray"
		}
		chain in {
			type filter hook prerouting priority mangle;
			iifname "mpl0" ct state established counter comment "established"
			iifname "eth*" ip saddr 10.99.0.2 counter comment "unclaimed"
			iifname "mpl0" ct state invalid counter comment "invalid"
		}
	}
END
check "pings from behind, masqueraded" ip netns exec C ping -qc6 -i0.2 -W2 10.99.0.2
check "TCP from behind, masqueraded" ip netns exec C iperf3 -c 10.99.0.2 -n 2M
check "TCP from behind, the other way" ip netns exec C iperf3 -c 10.99.0.2 -n 2M -R
iperf 10.99.0.2 -n 1M
nft list table ip test
[[ $(counter after masqueraded) -ge 3 ]] || fail "the rule on oifname mpl0 has not matched"
[[ $(counter before out) -gt 50 ]] || fail "no packets seen on oifname mpl0"
equal "packets seen on a member NIC before they got there" "$(counter before stray)" 0
[[ $(counter in established) -gt 50 ]] || fail "conntrack has not confirmed the connections"
equal "replies that came in past mpl0" "$(counter in unclaimed)" 0
equal "replies that conntrack does not know" "$(counter in invalid)" 0
# One link less does not change whose connection it is.
ip link set eth2 down
check "pings without eth2" ip netns exec C ping -qc6 -i0.2 -W2 10.99.0.2
