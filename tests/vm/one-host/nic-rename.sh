#!/bin/bash
# by default: uml
# timeout: 300
# Answers: names were compared by a substring search: an event of eth10 was taken
# for one of eth1. And a NIC that is renamed away is another's, until it is back.
# shellcheck source=tests/vm/lib.sh
source "$(dirname "$0")/../lib.sh"
# shellcheck source=tests/vm/lib-traffic.sh
source "$(dirname "$0")/../lib-traffic.sh"

# disturb I: one event of each kind, the NIC ends as it was
disturb() {
	ip link set "eth$1" down
	ip link set "eth$1" up
	ip addr del "10.0.$1.1/24" dev "eth$1"
	ip addr add "10.0.$1.1/24" dev "eth$1"
	ip link set "eth$1" mtu 1400
	ip link set "eth$1" mtu 1500
	ip -n B link set "eth$1" down
	nap 0.5
	ip -n B link set "eth$1" up
}

topology 2
cable 10
wait_until 10 ping -qc1 -W1 10.0.10.2

# Renamed away and back.
mplink_to_b eth10 eth2 eth1
udp_start
link_carries eth1
log_mark
ip link set eth2 down
ip link set eth2 name eth20
expect_log 'eth2: NETDEV_CHANGENAME \(10\): valid 0 \(unregistered\)$'
ip link set eth20 up
equal "eth2 reason" "$(attr nics/eth2/reason)" unregistered
link_silent eth2
ip link set eth20 down
ip link set eth20 name eth2
expect_log 'eth2: NETDEV_CHANGENAME \(10\): valid 0 \(admin-down\)$'
ip link set eth2 up
expect_log 'eth2: NETDEV_.*: valid 0 -> 1$'
link_carries eth2

# Both are members: each has its own events.
for pair in "10 1" "1 10"; do
	read -r one other <<<"$pair"
	log_mark
	transitions=$(attr "nics/eth$other/transitions")
	disturb "$one"
	expect_log "eth$one: NETDEV_CHANGE .*valid 0 -> 1$" 10
	equal "events of eth$other" "$(events "eth$other")" ''
	equal "transitions of eth$other" "$(attr "nics/eth$other/transitions")" "$transitions"
done
udp_stop
udp_conserved
mplink_unload

# One is a member, the other is not.
for pair in "10 1" "1 10"; do
	read -r one other <<<"$pair"
	mplink_to_b "eth$other" eth2
	log_mark
	disturb "$one"
	ip link set "eth$one" down
	ip link set "eth$one" name elsewhere
	ip link set elsewhere name "eth$one"
	ip link set "eth$one" up
	equal "events of members" "$(events 'eth[0-9]*')" ''
	equal "eth$other valid" "$(attr "nics/eth$other/valid")" 1
	mplink_unload
done
