#!/bin/bash
# by default: uml
# timeout: 300
# Answers: with the last link went the host. Without any link packets are dropped,
# each counted with its reason, and with the first link back they flow again.
# shellcheck source=tests/vm/lib.sh
source "$(dirname "$0")/../lib.sh"
# shellcheck source=tests/vm/lib-traffic.sh
source "$(dirname "$0")/../lib-traffic.sh"

carrier_is() {
	[[ $(cat /sys/class/net/mpl0/carrier) == "$1" ]]
}

topology 3
mplink_to_b eth1 eth2 eth3
udp_start
ip link set eth1 down            # by hand
ip -n B link set eth2 down       # by its cable
ip addr del 10.0.3.1/24 dev eth3 # by its address
wait_until 5 carrier_is 0
before=$(drops no-link)
sent=$(links_sum tx_packets)
wait_until 10 more_than $((before + 100)) drops no-link
equal "packets sent without a link" $(($(links_sum tx_packets) - sent)) 0
ip -n B link set eth2 up
wait_until 10 carrier_is 1
link_carries eth2
lost=$(drops no-link)
ip link set eth1 up
ip addr add 10.0.3.1/24 dev eth3
link_carries eth1
link_carries eth3
equal "dropped after the first link was back" $(($(drops no-link) - lost)) 0
udp_stop
udp_conserved
dropped=$(ip -s -j link show mpl0 | grep -o '"tx":{[^}]*}' | grep -o '"dropped":[0-9]*' | cut -d: -f2)
[[ $dropped -ge $lost ]] || fail "ip -s link shows $dropped dropped packets, not $lost"

# Many times: packets that are sent just when the virtual NIC's carrier comes back are counted,
# too.
UDP_RATE=3000 udp_start
for ((i = 0; i < 10; i++)); do
	for nic in eth1 eth2 eth3; do
		ip link set $nic down
	done
	wait_until 5 carrier_is 0
	nap 0.05
	for nic in eth1 eth2 eth3; do
		ip link set $nic up
	done
	wait_until 5 carrier_is 1
done
udp_stop
udp_conserved

# All of them deleted, and new ones in their place.
udp_start
ip link del eth1
ip link del eth2
ip link del eth3
for i in 1 2 3; do
	cable "$i"
done
for i in 1 2 3; do
	link_carries "eth$i"
done
udp_stop
udp_conserved
