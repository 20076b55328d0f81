#!/bin/bash
# Answers: NICs in a VRF, net.ipv4.udp_l3mdev_accept as it is by default, IPv4 and IPv6: packets
# and BFD come through, also when the NICs enter the VRF later, and when they have left it.
# Only users with CAP_NET_ADMIN see keys, and `mplink show` works without.
# by default: uml
# timeout: 300
# shellcheck source=tests/vm/lib.sh
source "$(dirname "$0")/../lib.sh"
# shellcheck source=tests/vm/lib-traffic.sh
source "$(dirname "$0")/../lib-traffic.sh"
# shellcheck source=tests/vm/lib-tunnel.sh
source "$(dirname "$0")/../lib-tunnel.sh"

enter() {
	local host=$1
	on "$host" ip link add under type vrf table 10
	on "$host" ip link set under up
	for i in 1 2; do
		# IPv6 addresses go with a NIC that is taken down.
		on "$host" sysctl -qw "net.ipv6.conf.eth$i.keep_addr_on_down=1"
		on "$host" ip link set "eth$i" master under
	done
}

bfd_up() {
	grep -qx up "/sys/class/net/mpl0/mplink/peers/$PEER/links/eth1/bfd_state" &&
		grep -qx up "/sys/class/net/mpl0/mplink/peers/$PEER/links/eth2/bfd_state"
}

# B's mpl0 anew, over NICs that are in a VRF from the start.
far_again() {
	local first=10.0.1.1 second=10.0.2.1
	[[ $OUTER == 4 ]] || first=fd00:0:0:1::1 second=fd00:0:0:2::1
	in_b ip link add mpl0 type mplink
	in_b mplink set dev mpl0 encap gre-udp
	in_b mplink nic add dev mpl0 eth1 eth2
	in_b mplink peer add dev mpl0 "$PEER_A" key 77 link eth1 $first link eth2 $second
	in_b ip addr add 10.99.0.2/24 dev mpl0
	in_b ip link set mpl0 up
}

# As the user nobody, without capabilities.
nobody() {
	setpriv --reuid 65534 --regid 65534 --clear-groups --bounding-set=-all --inh-caps=-all "$@"
}

modprobe vrf
topology 2 B_WITHOUT_VIRTUAL
equal "udp_l3mdev_accept" "$(sysctl -n net.ipv4.udp_l3mdev_accept)" 0
for OUTER in 4 6; do
	tunnel_ends 2 key=77
	enter A
	enter B
	wait_until 20 ping -qc1 -W1 "$PEER"
	check "NICs in a VRF, IPv$OUTER" ping -qc6 -i0.1 -W2 "$PEER"
	mplink set liveness bfd
	in_b mplink set liveness bfd
	wait_until 20 bfd_up
	mplink set liveness off
	in_b mplink set liveness off
	in_b mplink peer del "$PEER_A"
	in_b ip link del mpl0
	far_again
	wait_until 20 ping -qc1 -W1 "$PEER"
	check "in a VRF from the start, IPv$OUTER" ping -qc6 -i0.1 -W2 "$PEER"

	ip link del under
	ip -n B link del under
	wait_until 20 ping -qc1 -W1 "$PEER"
	check "out of the VRF, IPv$OUTER" ping -qc6 -i0.1 -W2 "$PEER"

	equal "the key" "$(attr "peers/$PEER/key")" 77
	nobody cat "/sys/class/net/mpl0/mplink/peers/$PEER/key" 2>/dev/null && fail "anybody can read the key"
	check "show for anybody" nobody mplink show
	equal "the key that anybody is shown" "$(nobody mplink --json show | jq -c '.[0].peers[0].key')" null
	equal "the key that root is shown" "$(mplink --json show | jq -c '.[0].peers[0].key')" 77
	nobody mplink save >/dev/null 2>&1 && fail "save without the keys"
	mplink_unload
done
