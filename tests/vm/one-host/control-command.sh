#!/bin/bash
# Guards: what parameters can set up, the command can set up alone, show, change while
# traffic runs without the loss of a packet, save and load again; a monitor tells of it;
# whole networks behind a peer are reached by ordinary routes.
# by default: uml
# timeout: 180
# shellcheck source=tests/vm/lib.sh
source "$(dirname "$0")/../lib.sh"
# shellcheck source=tests/vm/lib-traffic.sh
source "$(dirname "$0")/../lib-traffic.sh"

# shown FILTER: of `mplink -j show`
shown() {
	mplink -j show | jq -c "$1"
}

KEY=a-secret-of-two

topology 3
mplink_load
check "no device is no error" mplink show
ip link add mpl0 type mplink

mplink -j monitor >/run/monitor &
MONITOR=$!
# shellcheck disable=SC2016 # for the shell of --exec
mplink monitor --exec 'echo "$MPLINK_EVENT $MPLINK_DEVICE $MPLINK_NIC $MPLINK_VALID $MPLINK_REASON"' >/run/exec &
EXEC=$!
# Both are listening once they have told of a change.
listen() {
	mplink set mpl0 policy balance-xor
	mplink set mpl0 policy balance-rr
	grep -q device-set /run/monitor && grep -q mpl0 /run/exec
}
wait_until 60 listen

check "nic add" mplink nic add eth1 eth2
check "peer add" mplink peer add 10.99.0.2 link eth1 10.0.1.2 link eth2 remote 10.0.2.2 weight 3
mplink_up
wait_until 10 ping -qc1 -W1 10.99.0.2
equal "NICs shown" "$(shown '[.. | objects | select(has("transitions")) | .name]')" '["eth1","eth2"]'

# NICs, links and weights come and go under traffic.
udp_start
check "another NIC" mplink nic add eth3
check "another link" mplink peer set 10.99.0.2 link eth3 10.0.3.2
link_carries eth3
check "a NIC goes" mplink nic del eth1
[[ ! -e /sys/class/net/mpl0/mplink/nics/eth1 ]] || fail "sysfs still shows eth1"
[[ ! -e /sys/class/net/mpl0/mplink/peers/10.99.0.2/links/eth1 ]] || fail "sysfs still shows its link"
[[ ! -e /sys/class/net/mpl0/lower_eth1 ]] || fail "eth1 is still below mpl0"
check "links change" mplink peer set 10.99.0.2 unlink eth2 link eth3 weight 7
check "it comes back" mplink nic add eth1
check "and so do its links" mplink peer set 10.99.0.2 link eth1 10.0.1.2 link eth2 10.0.2.2
link_carries eth1
link_carries eth2
check "policy" mplink set mpl0 policy balance-xor
equal "policy" "$(attr policy)" balance-xor
check "policy" mplink set policy balance-rr
udp_stop
equal "packets lost to changes" "$UDP_LOST" 0
[[ $(stat tx_packets) -ge $UDP_SENT ]] || fail "mpl0 has forgotten what went over links that are gone"

# IPv6 packets take a route to an IPv6 remote, and none to an IPv4 one.
check "an IPv6 peer" mplink peer add fd99::2 link eth1 fd00:0:0:1::2
wait_until 10 ping -qc1 -W1 fd99::2
ping -qi0.01 -c300 -W2 fd99::2 >/run/ping6 &
PING=$!
for _ in 1 2 3 4 5; do
	check "a link to an IPv4 remote" mplink peer set fd99::2 link eth1 10.0.1.2
	check "back to IPv6" mplink peer set fd99::2 link eth1 fd00:0:0:1::2
done
wait $PING || fail "pings while the remote's family changed: $(</run/ping6)"
grep -q " 0% packet loss" /run/ping6 || fail "lost while the remote's family changed: $(</run/ping6)"
check "its end" mplink peer del fd99::2

# A network behind the peer.
in_b ip addr add 192.168.7.1/32 dev lo
ip route add 192.168.7.0/24 via 10.99.0.2 dev mpl0
check "a host behind the peer" ping -qc2 -i0.2 -W2 192.168.7.1

# Liveness, of the device, of a peer and of a link, in one breath each.
check "settings" mplink set mpl0 wtr-ms 100 holdoff-ms 7 bfd-interval-us 20000 bfd-multiplier 4 \
	bfd-multihop on bfd-auth sha1 bfd-key-id 9 bfd-key "$KEY"
equal "wait to restore" "$(attr wtr_ms)" 100
equal "interval" "$(attr bfd/min_rx_us)" 20000
equal "settings shown" "$(shown '.[0] | [.liveness, .wtr_ms, .holdoff_ms, .bfd]')" \
	'["off",100,7,{"tx_us":20000,"rx_us":20000,"multiplier":4,"multihop":true,"auth":"sha1","key_id":9}]'
mplink show | grep "wtr-ms 100, holdoff-ms 7" >/dev/null || fail "show: $(mplink show)"
check "liveness of a peer" mplink peer set 10.99.0.2 liveness off
check "liveness of a link" mplink peer set 10.99.0.2 link eth1 liveness bfd link eth2 liveness inherit
equal "liveness shown" "$(shown '[.[0].peers[0] | .liveness, .links[].liveness]')" \
	'["off","bfd","inherit","inherit"]'
equal "session of eth1" "$(shown '.[0].peers[0].links[0].session.state')" '"down"'
equal "no session of eth2" "$(shown '.[0].peers[0].links[1].session')" null
mplink show --timeline | grep 'REGISTERED .* BFD-INIT  BFD-UP  VALID$' >/dev/null || fail "no timeline"
! { mplink -j show && mplink show --prometheus && mplink save; } | grep "$KEY" >/dev/null || fail "the key is shown"
# A new one has to answer first: it has carried nothing that would be lost meanwhile.
check "a peer that nobody is" mplink peer add 10.99.0.77 liveness bfd link eth1 10.0.1.77
equal "its link" "$(shown '.[0].peers[] | select(.address == "10.99.0.77") | .links[0].reason')" '"liveness"'
check "its end" mplink peer del 10.99.0.77
check "liveness of none" mplink peer set 10.99.0.2 liveness inherit link eth1 liveness inherit

# Saved, gone, loaded: the same again; and loading it once more changes nothing.
mplink save | tee /run/bare | jq --arg key "$KEY" '.devices[0].bfd.key = $key' >/run/saved
ip link del mpl0
status=0
said=$(mplink load /run/bare 2>&1) || status=$?
equal "status of a load without the key" $status 1
[[ $said == *"bfd.auth: sha1: needs a key, and there is none yet: give one, too"* ]] ||
	fail "a load without the key: $said"
ip link del mpl0
check "load" mplink load /run/saved
equal "what was loaded" "$(mplink save)" "$(</run/bare)"
check "load again" mplink load /run/saved
check "with the key that is there" mplink load /run/bare
equal "what was loaded again" "$(mplink save)" "$(</run/bare)"
mplink_up
wait_until 10 ping -qc1 -W1 10.99.0.2
check "Prometheus" mplink show --prometheus

# A user without privileges can read, but not change, the device.
check "nobody reads" setpriv --reuid 65534 --clear-groups mplink show
status=0
said=$(setpriv --reuid 65534 --clear-groups mplink nic add eth9 2>&1) || status=$?
equal "status of a change by nobody" $status 1
[[ $said == *CAP_NET_ADMIN* ]] || fail "a change by nobody: $said"

# A tunnel takes only the peers that it is meant for.
mplink save >/run/plain
jq '.devices[0] |= (.encap = "gre-udp" | .tunnel.flow_buckets = 4 | .tunnel.outoforder_max_us = 90000
	| .peers[0] |= (.key = 77 | .equalize = "off"))' /run/plain >/run/tunnel
check "a tunnel" mplink load /run/tunnel
equal "what was loaded of a tunnel" "$(mplink save | jq -S .)" "$(jq -S . /run/tunnel)"
equal "tunnel shown" "$(shown '.[0] | [.encap, .tunnel.flow_buckets, .peers[0].key, .peers[0].equalize]')" \
	'["gre-udp",4,77,"off"]'
mplink show | grep "policy balance-rr, encap gre-udp, " >/dev/null || fail "show: $(mplink show)"
mplink show | grep "IN ORDER .* LOST$" >/dev/null || fail "show has no word on order: $(mplink show)"
mplink show --prometheus | grep '^mplink_peer_in_order_packets_total{device="mpl0",peer="10.99.0.2"} ' >/dev/null ||
	fail "Prometheus has no word on order"
jq 'del(.devices[0].policy)' /run/tunnel >/run/unnamed
check "no policy" mplink load /run/unnamed
equal "policy where none is named" "$(attr policy)" adaptive
check "a policy" mplink load /run/tunnel
equal "policy that is named" "$(attr policy)" balance-rr
check "another key" mplink peer set 10.99.0.2 key 78
equal "key" "$(attr peers/10.99.0.2/key)" 78
jq '.devices[0].peers |= (. + [.[0] | .address = "10.99.0.9" | .key = 76])' /run/tunnel >/run/two
check "another peer with the same remotes" mplink load /run/two
jq '.devices[0].peers |= (.[0].key = 76 | .[1].key = 77)' /run/two >/run/swapped
check "swapped keys" mplink load /run/swapped
equal "what was loaded of them" "$(mplink save | jq -S .)" "$(jq -S . /run/swapped)"
jq '.devices[0].peers |= (.[1].key = .[0].key | .[1].links |= [.[] | .remote |= sub("2$"; "3")])' /run/two >/run/near
check "one key for both" mplink load /run/near
jq '.devices[0].peers |= (.[0].links as $l | .[0].links = .[1].links | .[1].links = $l)' /run/near >/run/swapped
check "swapped remotes" mplink load /run/swapped
equal "what was loaded of these" "$(mplink save | jq -S .)" "$(jq -S . /run/swapped)"
check "no buckets" mplink set mpl0 flow-buckets 1 max-perflow-buffer 2000
equal "buckets" "$(attr tunnel/flow_buckets)" 1
check "back" mplink load /run/plain
equal "what was loaded in the end" "$(mplink save)" "$(</run/plain)"

check "peer del" mplink peer del 10.99.0.2
check "a tunnel by hand" mplink set encap gre-udp
equal "its policy" "$(attr policy)" adaptive
check "its peer" mplink peer add 10.99.0.2 key 5 link eth1 10.0.1.2
equal "key of a new peer" "$(attr peers/10.99.0.2/key)" 5
check "its end" mplink peer del 10.99.0.2
check "and that of the tunnel" mplink set encap none
equal "policy without it" "$(attr policy)" balance-rr
equal "links without a peer" "$(ls /sys/class/net/mpl0/mplink/peers)" ""
kill -TERM $MONITOR $EXEC
wait $MONITOR $EXEC
grep -q '"kind":"device-set","device":"mpl0","policy":"adaptive","encap":"gre-udp"' /run/monitor ||
	fail "the monitor has not told of the tunnel"
grep -q '"kind":"device-set","device":"mpl0","flow_buckets":4,"outoforder_max_us":90000' /run/monitor ||
	fail "the monitor has not told of the tunnel's settings"
grep -q '"kind":"peer-set","device":"mpl0","peer":"10.99.0.2","detail":"set, with links ' /run/monitor ||
	fail "the monitor has not told of a key"
grep -q '"nic":"eth3","event":"NETDEV_REGISTER"' /run/monitor || fail "the monitor has not told of eth3"
grep -q "mpl0 eth3 1" /run/exec || fail "--exec has not been told that eth3 is valid"
mplink_unload
status=0
said=$(mplink show 2>&1) || status=$?
equal "status without the module" $status 3
[[ $said == *"modprobe mplink"* ]] || fail "without the module: $said"
