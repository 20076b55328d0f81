#!/bin/bash
# Guards: the virtual NIC in a bridge: what a host behind the bridge sends to the
# peer goes out over the links; deleting the bridge, or unloading, does no harm.
# by default: 6.12
# timeout: 300
# shellcheck source=tests/vm/lib.sh
source "$(dirname "$0")/../lib.sh"
# shellcheck source=tests/vm/lib-traffic.sh
source "$(dirname "$0")/../lib-traffic.sh"

bridged() {
	ip link add br0 type bridge
	ip link set br0 up
	ip link set mpl0 master br0
	ip link set c0 master br0
	ip link set c0 up
}

# The host has no route but this, and no neighbour who would answer for the peer.
ip netns add C
ip link add c0 type veth peer name c1 netns C
ip -n C addr add 10.98.0.1/24 dev c1
ip -n C link set c1 up
ip -n C route add 10.99.0.2 dev c1
ip -n C neigh add 10.99.0.2 dev c1 lladdr 02:00:00:00:00:99

three_links
receiver 9
bridged
ip netns exec C python3 - <<-'END'
	import socket, time
	sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
	for i in range(90):
	    sock.sendto(bytes(500), ("10.99.0.2", 9))
	    time.sleep(0.002)
END
nap 0.5
equal "datagrams through the bridge to the peer" "$(received)" 90
for nic in eth1 eth2 eth3; do
	[[ $(link_count $nic tx_packets) -ge 25 ]] || fail "$nic has carried too little"
done
ip link del br0
bridged
ip link set mpl0 nomaster
ip link set mpl0 master br0
# A member cannot be a bridge that the virtual NIC is in; unloading takes it out.
mplink_unload
[[ ! -e /sys/class/net/br0/brif/mpl0 ]] || fail "the bridge has kept mpl0"
