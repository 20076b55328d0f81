#!/bin/bash
# Guards: to a remote behind a router a session comes up with multihop set at both ends,
# over IPv4 and over IPv6, and detects a path that dies behind the router; without it
# none does, and what comes is refused for its TTL.
# by default: uml
# timeout: 300
# shellcheck source=tests/vm/lib.sh
source "$(dirname "$0")/../lib.sh"
# shellcheck source=tests/vm/lib-traffic.sh
source "$(dirname "$0")/../lib-traffic.sh"
# shellcheck source=tests/vm/lib-liveness.sh
source "$(dirname "$0")/../lib-liveness.sh"

# cable_over_router I: eth<I> of A and of B, each joined to the router R<I>. A's side of
# it is 10.0.I.0/24 and fd00:0:0:I::/64, B's 10.1.I.0/24 and fd00:0:1:I::/64.
cable_over_router() {
	local i=$1
	ip netns add "R$i"
	ip netns exec "R$i" sysctl -qw net.ipv4.ip_forward=1 net.ipv6.conf.all.forwarding=1
	ip -batch - <<-END
		link add eth$i type veth peer name near netns R$i
		addr add 10.0.$i.1/24 dev eth$i
		addr add fd00:0:0:$i::1/64 dev eth$i nodad
		link set eth$i up
		route add 10.1.$i.0/24 via 10.0.$i.254
		route add fd00:0:1:$i::/64 via fd00:0:0:$i::254
	END
	ip -n "R$i" -batch - <<-END
		link add far type veth peer name eth$i netns B
		addr add 10.0.$i.254/24 dev near
		addr add fd00:0:0:$i::254/64 dev near nodad
		addr add 10.1.$i.254/24 dev far
		addr add fd00:0:1:$i::254/64 dev far nodad
		link set near up
		link set far up
		route add 10.99.0.1 via 10.0.$i.1
		route add 10.99.0.2 via 10.1.$i.2
	END
	ip -n B -batch - <<-END
		addr add 10.1.$i.2/24 dev eth$i
		addr add fd00:0:1:$i::2/64 dev eth$i nodad
		link set eth$i up
		route add 10.0.$i.0/24 via 10.1.$i.254
		route add fd00:0:0:$i::/64 via fd00:0:1:$i::254
	END
	wait_until 10 ping -qc1 -W1 "10.1.$i.2"
	wait_until 10 ping -qc1 -W1 "fd00:0:1:$i::2"
}

refused_far() {
	in_b ethtool -S mpl0 | awk '$1 == "bfd_drop_bad_ttl:" { print $2 }'
}

ip netns add B
cable_over_router 1
cable_over_router 2
mplink_load nics=eth1,eth2 peer=10.99.0.2 remotes=10.1.1.2,fd00:0:1:2::2 liveness=bfd
mplink_up
far_end 10.0.1.1,fd00:0:0:2::1 liveness bfd

# --- single hop ---
wait_until 20 more_than 8 ethtool_stat bfd_drop_bad_ttl
wait_until 20 more_than 8 refused_far
for nic in eth1 eth2; do
	near_is "$nic" liveness || fail "$nic is $(attr "peers/10.99.0.2/links/$nic/reason")"
	far_is "$nic" liveness || fail "the far $nic is $(far "$FAR_LINKS/$nic/reason")"
done
equal "BFD packets received" "$(ethtool_stat bfd_received)" 0

# --- multihop ---
mplink set dev mpl0 bfd-multihop on
# One end alone sends to a port where the other does not listen.
nap 3
near_is eth1 liveness || fail "a session is up with multihop at one end"
in_b mplink set dev mpl0 bfd-multihop on
wait_until 20 links_valid 2
wait_until 20 links_valid_far 2
check "pings over the routers" ping -qc4 -i0.2 -W2 10.99.0.2

# --- a path that dies behind the router ---
for nic in eth1 eth2; do
	transitions_start
	blackhole "$nic"
	wait_until 10 near_is "$nic" liveness
	wait_until 10 far_is "$nic" liveness
	equal "$nic, whose carrier is up" "$(attr "nics/$nic/valid")" 1
	check "pings by the other link" ping -qc4 -i0.2 -W2 10.99.0.2
	blackhole_end
	wait_until 20 near_is "$nic" none
	wait_until 20 far_is "$nic" none
	equal "$nic: transitions" "$(transitions "$nic")" "1 1"
	equal "the far $nic: transitions" "$(transitions "$nic" 10.99.0.1)" "1 1"
done
