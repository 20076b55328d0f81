#!/bin/bash
# by default: uml
# timeout: 120
# Answers: a packet that rests in a queue keeps its route, and the route kept the NIC: it
# could not be deleted ("waiting for eth2 to become free") for as long as the packet lay
# on another device. Here that device is an ifb; the NIC's egress sends its packets there.
# shellcheck source=tests/vm/lib.sh
source "$(dirname "$0")/../lib.sh"
# shellcheck source=tests/vm/lib-traffic.sh
source "$(dirname "$0")/../lib-traffic.sh"

parked() {
	[[ $(tc -s qdisc show dev ifb0) =~ backlog\ [0-9]+b\ ([1-9][0-9]*)p ]]
}

modprobe ifb numifbs=1 || true
[[ -e /sys/class/net/ifb0 ]] || ip link add ifb0 type ifb
ip link set ifb0 up
topology 2
tc qdisc add dev ifb0 root netem delay 100s
tc qdisc add dev eth2 clsact
tc filter add dev eth2 egress matchall action mirred egress redirect dev ifb0
mplink_load nics=eth1,eth2 peer=10.99.0.2 remotes=10.0.1.2,10.0.2.2
mplink_up
mplink peer add 10.99.0.3 link eth2 10.0.2.2
ip neigh replace 10.0.2.2 lladdr 02:00:00:00:00:02 dev eth2 nud permanent
ping -c3 -i0.2 -W1 10.99.0.3 >/dev/null || true
check "packets rest on the ifb" parked
log_mark
check "the NIC goes all the same" timeout 8 ip link del eth2
check "they rest there still" parked
tc qdisc del dev ifb0 root
ip link del ifb0 || true
