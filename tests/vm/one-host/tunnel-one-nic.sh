#!/bin/bash
# Guards: a server with one NIC and one address is the far end of all of a client's links:
# one link for each of the client's addresses, over the same NIC. Both carry both ways,
# whatever the encap; BFD finds the one that dies; a packet says by which link it came; sysfs
# has a name for each; save and load tell them apart; and where B lacks one its log says so, and
# A, which gets no answer on it, uses the other one only.
# by default: uml
# timeout: 300
# shellcheck source=tests/vm/lib.sh
source "$(dirname "$0")/../lib.sh"
# shellcheck source=tests/vm/lib-traffic.sh
source "$(dirname "$0")/../lib-traffic.sh"
# shellcheck source=tests/vm/lib-liveness.sh
source "$(dirname "$0")/../lib-liveness.sh"

LINKS=/sys/class/net/mpl0/mplink/peers/10.99.0.1/links

# A: eth1 10.8.1.1, eth2 10.8.2.1; the router R; B: eth1 10.9.1.2.
ip netns add B
ip netns add R
ip netns exec R sysctl -qw net.ipv4.ip_forward=1
for i in 1 2; do
	ip -batch - <<-END
		link add eth$i type veth peer name near$i netns R
		addr add 10.8.$i.1/24 dev eth$i
		link set eth$i up
		route add 10.9.1.2/32 via 10.8.$i.254 dev eth$i metric $i
	END
	ip -n R -batch - <<-END
		addr add 10.8.$i.254/24 dev near$i
		link set near$i up
		route add 10.99.0.1/32 via 10.8.$i.1 dev near$i metric $i
	END
done
ip -n R -batch - <<-END
	link add far type veth peer name eth1 netns B
	addr add 10.9.1.254/24 dev far
	link set far up
	route add 10.99.0.2/32 via 10.9.1.2
END
ip -n B -batch - <<-END
	link set lo up
	addr add 10.9.1.2/24 dev eth1
	addr add 10.9.1.50/24 dev eth1
	link set eth1 up
	route add 10.8.0.0/16 via 10.9.1.254
END
# Cables without loss: the router has no route but by the first cable for what B sends with
# encap none, and A takes it from either.
sysctl -qw net.ipv4.conf.all.rp_filter=0 net.ipv4.conf.eth1.rp_filter=0 net.ipv4.conf.eth2.rp_filter=0

mplink_load
start() {
	in_b ip link add mpl0 type mplink
	in_b mplink set dev mpl0 encap "$1" policy balance-rr
	in_b mplink nic add dev mpl0 eth1
	in_b ip link set mpl0 up
	ip link add mpl0 type mplink
	mplink set dev mpl0 encap "$1" policy balance-rr
	mplink nic add dev mpl0 eth1 eth2
	mplink peer add dev mpl0 10.99.0.2 link eth1 10.9.1.2 link eth2 10.9.1.2
	mplink_up
}
start_b() {
	in_b mplink peer add dev mpl0 10.99.0.1 link eth1 10.8.1.1 link eth1 10.8.2.1
	in_b ip addr add 10.99.0.2/24 dev mpl0
}

packets() {
	in_b cat "$LINKS/$1/$2_packets"
}

# --- gre-udp ---
start gre-udp
# A's questions come while B is not ready, which is nobody's mistake.
b_counts() {
	in_b ethtool -S mpl0 | awk -v name="gre_drop_$1:" '$1 == name { print $2 }'
}
asked_early() {
	[[ $(b_counts early) -ge 1 ]]
}
wait_until 20 asked_early
in_b mplink show | grep 'undelivered, as is usual: early' >/dev/null || fail "shown: $(in_b mplink show)"
start_b
equal "B's links" "$(in_b ls $LINKS | xargs)" "eth1 eth1@10.8.2.1"
equal "the second one's remote" "$(in_b cat "$LINKS/eth1@10.8.2.1/remote")" 10.8.2.1
equal "its local address" "$(in_b cat "$LINKS/eth1@10.8.2.1/local")" 10.9.1.2
wait_until 10 ping -qc1 -W1 10.99.0.2
check "pings by both ways" ping -qc20 -i0.1 -W2 10.99.0.2
for link in eth1 eth1@10.8.2.1; do
	for way in rx tx; do
		[[ $(packets $link $way) -ge 8 ]] || fail "$link $way: $(packets $link $way) packets"
	done
done
equal "refused at B" "$(b_counts sender)" 0

# --- requests ---
peer_set() {
	in_b mplink peer set 10.99.0.1 "$@"
}
refused() {
	local text=$1 said
	shift
	! said=$(peer_set "$@" 2>&1) || fail "not refused: $*"
	[[ $said == *"$text"* ]] || fail "$*: $said"
}
near_reason() {
	[[ $(cat "/sys/class/net/mpl0/mplink/peers/10.99.0.2/links/$1/reason") == "$2" ]]
}
# Without that link B drops what A sends by it. B's log says so, and A gets no answer.
peer_set unlink eth1 10.8.2.1
wait_until 10 near_reason eth2 unconfirmed
check "pings by the link that B knows" ping -qc10 -i0.1 -W2 10.99.0.2
near_reason eth1 none || fail "A's eth1 is $(cat /sys/class/net/mpl0/mplink/peers/10.99.0.2/links/eth1/reason)"
expect_log 'packets from 10\.8\.2\.1 by eth1 are dropped: .*addlink NIC 10\.8\.2\.1'
expect_log 'eth2 to 10\.99\.0\.2: 10\.9\.1\.2 does not answer, though the peer does by another link' 20
# The last link is used all the same.
ip link set eth1 down
wait_until 10 near_reason eth2 none
ip link set eth1 up
ip route add 10.9.1.2/32 via 10.8.1.254 dev eth1 metric 1
wait_until 10 near_reason eth1 none
# It is asked at once, not when the next question is due.
wait_until 20 near_reason eth2 unconfirmed
peer_set addlink eth1 10.8.2.1
wait_until 20 near_reason eth2 none
refused "unlink eth1: has several links to this peer; name the remote" unlink eth1
refused "say that one is to be added" link eth1 10.8.3.1
refused "has a link over that NIC already" addlink eth1 10.8.2.1
peer_set link eth1 10.8.2.1 weight 3
peer_set addlink eth1 10.8.3.1
equal "a third link" "$(in_b ls $LINKS | xargs)" "eth1 eth1@10.8.2.1 eth1@10.8.3.1"
peer_set unlink eth1 10.8.3.1
in_b mplink save >/run/saved
in_b mplink load /run/saved
equal "saved once more" "$(in_b mplink save)" "$(cat /run/saved)"
peer_set unlink eth1 10.8.1.1
# A remote that moves takes its name along.
peer_set link eth1 10.8.4.1
equal "the one that moved" "$(in_b ls $LINKS | xargs)" "eth1@10.8.4.1"
in_b mplink load /run/saved
equal "as it was saved" "$(in_b mplink save)" "$(cat /run/saved)"
wait_until 20 ping -qc1 -W1 10.99.0.2
check "pings after all that" ping -qc10 -i0.1 -W2 10.99.0.2

# --- the address that is sent from ---
peer_set link eth1 10.8.1.1 local 10.9.1.50
equal "local" "$(in_b mplink -j show | jq -r '.[0].peers[0].links[] | select(.remote == "10.8.1.1") | .local')" 10.9.1.50
refused "is of another family than the remote" link eth1 10.8.1.1 local fd00::1
peer_set link eth1 10.8.1.1 local 10.9.1.77
equal "an address that B does not have" "$(in_b mplink -j show |
	jq -r '.[0].peers[0].links[] | select(.remote == "10.8.1.1") | .reason')" no-address
peer_set link eth1 10.8.1.1 local auto

# --- one dies, behind the router ---
for on in "" in_b; do
	$on mplink set dev mpl0 liveness bfd bfd-multihop on
done
wait_until 20 links_valid 2
link_reason() {
	[[ $(in_b mplink -j show | jq -r ".[0].peers[0].links[] | select(.remote == \"$1\") | .reason") == "$2" ]]
}
session_up() {
	[[ $(in_b mplink -j show | jq -r '[.[0].peers[0].links[].session.state] | unique | join(" ")') == up ]]
}
wait_until 20 session_up
ip -n R link set near2 down
wait_until 10 link_reason 10.8.2.1 liveness
link_reason 10.8.1.1 none || fail "the other link died, too"
check "pings by the one that is left" ping -qc10 -i0.1 -W2 10.99.0.2
ip -n R link set near2 up
ip -n R route replace 10.99.0.1/32 via 10.8.2.1 dev near2 metric 2
wait_until 20 link_reason 10.8.2.1 none
in_b ip link del mpl0
ip link del mpl0

# --- none: accounted to the NIC's first link ---
start none
start_b
wait_until 10 ping -qc1 -W1 10.99.0.2
check "pings with encap none" ping -qc10 -i0.1 -W2 10.99.0.2
for link in eth1 eth1@10.8.2.1; do
	[[ $(packets $link tx) -ge 4 ]] || fail "none: $link has sent $(packets $link tx) packets"
done
# The NIC goes, and both links with it.
in_b mplink nic del dev mpl0 eth1
equal "links without the NIC" "$(in_b ls $LINKS | xargs)" ""
in_b ip link del mpl0
ip link del mpl0
ip netns del R
