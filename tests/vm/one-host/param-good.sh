#!/bin/bash
# Guards: every parameter as it is meant, at its limits too, is taken, and shown
# in sysfs and in /sys/module/mplink/parameters as it was given.
# by default: 6.1
# timeout: 300
# shellcheck source=tests/vm/lib.sh
source "$(dirname "$0")/../lib.sh"
# It is they that are tested.
MPLINK_SETUP=parameters

# shows PATH WANTED
shows() {
	equal "$1" "$(attr "$1" "${DEV:-mpl0}")" "$2"
}

topology 3

# Nothing: only the kind is registered.
mplink_load
[[ ! -e /sys/class/net/mpl0 ]] || fail "a virtual NIC without nics="
ip link add x0 type mplink
[[ -d /sys/class/net/x0/mplink ]] || fail "a device of kind mplink has no mplink directory"
mplink_unload

# No peer: the NICs are followed nevertheless.
mplink_load nics=eth1
shows nics/eth1/valid 1
shows policy balance-rr
shows encap none
shows tunnel/flow_buckets 256
equal "peers without peer=" "$(ls /sys/class/net/mpl0/mplink/peers)" ""
mplink_unload

# Everything, IPv4.
mplink_load nics=eth1,eth2,eth3 peer=10.99.0.2 remotes=10.0.1.2,10.0.2.2,10.0.3.2 \
	policy=active-backup encap=none weights=1,2,65535 name=abcdefghijklmno
DEV=abcdefghijklmno
shows policy active-backup
shows peers/10.99.0.2/links/eth1/weight 1
shows peers/10.99.0.2/links/eth3/weight 65535
shows peers/10.99.0.2/links/eth2/remote 10.0.2.2
shows peers/10.99.0.2/links/eth2/valid 1
shows peers/10.99.0.2/links/eth2/reason none
shows nics/eth2/address 10.0.2.1
equal nics= "$(</sys/module/mplink/parameters/nics)" eth1,eth2,eth3
equal weights= "$(</sys/module/mplink/parameters/weights)" 1,2,65535
equal name= "$(</sys/module/mplink/parameters/name)" abcdefghijklmno
mplink_unload
unset DEV

# IPv6, mixed families, addresses in another spelling, a link-local remote.
mplink_load nics=eth1,eth2,eth3 peer=FD99:0::0:2 \
	remotes=fd00:0:0:1:0:0:0:2,10.0.2.2,fe80::2 policy=balance-xor
shows policy balance-xor
shows peers/fd99::2/links/eth1/remote fd00:0:0:1::2
shows peers/fd99::2/links/eth1/valid 1
shows peers/fd99::2/links/eth2/valid 1
shows nics/eth1/address fd00:0:0:1::1
wait_until 10 grep -q 1 /sys/class/net/mpl0/mplink/peers/fd99::2/links/eth3/valid
mplink_unload

# NICs that are not there, as many as may be; names that nearly match.
many=$(seq -s, -f 'n%g' 61)
remotes=$(seq -s, -f '10.0.9.%g' 61)
mplink_load "nics=eth1,eth10,eth,$many" peer=10.99.0.2 "remotes=10.0.1.2,10.0.1.3,10.0.1.4,$remotes" \
	policy=broadcast
shows policy broadcast
shows nics/eth1/valid 1
shows nics/eth10/reason unregistered
shows nics/eth/reason unregistered
shows nics/n61/ifindex 0
shows nics/n61/address ""
equal "number of NICs" "$(find /sys/class/net/mpl0/mplink/nics -mindepth 1 -maxdepth 1 | wc -l)" 64
mplink_unload

# A tunnel, which needs nothing else; and all of it.
mplink_load nics=eth1 encap=gre-udp
shows encap gre-udp
shows policy adaptive
shows tunnel/flow_buckets 256
shows tunnel/outoforder_min_us 1000
shows tunnel/outoforder_max_us 2000000
shows tunnel/max_perflow_buffer 1024
shows tunnel/max_peer_buffer 8192
shows tunnel/checksum 0
shows tunnel/ttl 64
shows tunnel/equalize 1
shows tunnel/replay 1
shows tunnel/max_peer_replay 4096
shows tunnel/max_peer_replay_kib 16384
mplink_unload
mplink_load nics=eth1 peer=10.99.0.2 remotes=10.0.1.2 encap=gre-udp key=16777215 flow_buckets=1 \
	outoforder_min_us=10000000 outoforder_max_us=10000000 max_perflow_buffer=65535 \
	max_peer_buffer=1048576 checksum=on ttl=255 equalize=on policy=balance-rr \
	replay=off max_peer_replay=1 max_peer_replay_kib=1048576
shows policy balance-rr
shows peers/10.99.0.2/key 16777215
shows peers/10.99.0.2/resequencer/in_order 0
shows tunnel/flow_buckets 1
shows tunnel/outoforder_min_us 10000000
shows tunnel/outoforder_max_us 10000000
shows tunnel/max_perflow_buffer 65535
shows tunnel/max_peer_buffer 1048576
shows tunnel/checksum 1
shows tunnel/ttl 255
shows tunnel/equalize 2
shows tunnel/replay 0
shows tunnel/max_peer_replay 1
shows tunnel/max_peer_replay_kib 1048576
equal key= "$(</sys/module/mplink/parameters/key)" 16777215
equal flow_buckets= "$(</sys/module/mplink/parameters/flow_buckets)" 1
mplink_unload

for policy in balance-rr balance-xor active-backup broadcast; do
	mplink_load nics=eth1 peer=10.99.0.2 remotes=10.0.1.2 policy=$policy
	shows policy $policy
	mplink_unload
done
