#!/bin/bash
# Guards: what cannot be meant is refused with a word on why, and changes nothing.
# by default: uml
# timeout: 180
# shellcheck source=tests/vm/lib.sh
source "$(dirname "$0")/../lib.sh"

# refuses STATUS TEXT ARGS...: mplink ARGS ends with STATUS, and says TEXT
refuses() {
	local status=0 wanted=$1 text=$2 said
	shift 2
	said=$(mplink "$@" 2>&1) || status=$?
	equal "status of mplink $*" "$status" "$wanted"
	[[ $said == *"$text"* ]] || fail "mplink $*: says '$said', not '$text'"
	echo "mplink $*: $said"
	equal "what there is after mplink $*" "$(mplink save)" "$BEFORE"
}

topology 3
mplink_load nics=eth1,eth2 peer=10.99.0.2 remotes=10.0.1.2,10.0.2.2
mplink_up
ip link add bond0 type bond
ip link set eth3 down
ip link set eth3 master bond0
ip link add link mpl0 name above7 type ipvlan mode l3
ip link add mpl1 type mplink
BEFORE=$(mplink save)

refuses 1 "is a NIC of this device already" nic add dev mpl0 eth1
refuses 2 "is the virtual NIC itself" nic add dev mpl0 mpl0
refuses 1 "is a loopback" nic add dev mpl0 lo
refuses 1 "is in use by a bond" nic add dev mpl0 eth3
refuses 1 "is it above it" nic add dev mpl0 above7
refuses 1 "is in use by a bond, bridge" nic add dev mpl1 eth1
refuses 1 "there is no such NIC" nic del dev mpl0 eth7
refuses 1 "is no mplink device; there are: mpl0, mpl1" nic add dev nothere eth7
refuses 1 "is no mplink device" nic add dev eth1 eth7
refuses 1 "is a peer of this device already" peer add dev mpl0 10.99.0.2 link eth1 10.0.1.2
refuses 1 "add it first" peer add dev mpl0 10.99.0.3 link eth3 10.0.3.2
refuses 2 "is the peer's virtual address" peer add dev mpl0 10.99.0.3 link eth1 10.99.0.3
refuses 2 "is not the address of a host" peer add dev mpl0 224.0.0.1 link eth1 10.0.1.2
refuses 1 "" peer set dev mpl0 10.99.0.2 unlink eth7
refuses 1 "" peer del dev mpl0 10.99.0.77
refuses 2 "" peer add dev mpl0 10.99.0.3 link eth1 10.0.1.2 weight 0
refuses 2 "" peer add dev mpl0 10.99.0.3 link eth1 10.0.1.2 weight 65536
refuses 2 "" peer add dev mpl0 10.99.0.300 link eth1 10.0.1.2
refuses 2 "balance-rr" set dev mpl0 policy round
refuses 2 "cannot be set; there are: policy, encap, liveness" set dev mpl0 encp none
refuses 2 "is none of none, gre-udp" set dev mpl0 encap gre
refuses 1 "encap gre-udp: encap cannot change while there are peers; remove them first" \
	set dev mpl0 encap gre-udp wtr-ms 9
refuses 2 "is not a power of two from 1 to 256" set dev mpl0 flow-buckets 96
refuses 1 "outoforder-min-us 2000001: the out-of-order timer's lower bound is above its upper bound" \
	set dev mpl0 policy broadcast outoforder-min-us 2000001
refuses 1 "key 7: has no effect without encap gre-udp" peer set dev mpl0 10.99.0.2 key 7
refuses 1 "key 7: has no effect without encap gre-udp" \
	peer add dev mpl0 10.99.0.3 key 7 link eth1 10.0.1.3
refuses 2 "is not a number from 0 to 16777215" peer set dev mpl0 10.99.0.2 key 16777216
refuses 2 "is none of off, bfd" set dev mpl0 liveness inherit
refuses 2 "is not a number from 0 to 3600000" set dev mpl0 wtr-ms 3600001
refuses 2 "is not a number from 3300 to 60000000" set dev mpl0 bfd-interval-us 3299
refuses 2 "is none of none, sha1, meticulous-sha1" set dev mpl0 bfd-auth md5
refuses 2 "is too long: 20 bytes at most" set dev mpl0 bfd-auth sha1 bfd-key 012345678901234567890
refuses 1 "bfd-auth sha1: needs a key, and there is none yet" set dev mpl0 wtr-ms 9 bfd-auth sha1
refuses 1 "has no effect without authentication" set dev mpl0 policy broadcast bfd-key secret
refuses 1 "has no effect without authentication" set dev mpl0 bfd-key-id 3
refuses 2 "is none of inherit, off, bfd" peer set dev mpl0 10.99.0.2 liveness on
refuses 2 "nothing to set" peer set dev mpl0 10.99.0.2
refuses 1 "there is no such NIC" peer set dev mpl0 10.99.0.2 liveness bfd link eth7 10.0.7.2
refuses 1 "there is no such NIC" peer add dev mpl0 10.99.0.3 liveness bfd link eth7 10.0.7.2
refuses 2 "" frobnicate

# All of a request, or nothing of it.
refuses 1 "" peer set dev mpl0 10.99.0.2 link eth1 weight 9 unlink eth7
refuses 2 "" peer set dev mpl0 10.99.0.2 unlink eth1 link eth2 10.99.0.2

# 64 NICs, and no more.
# shellcheck disable=SC2046 # a word each
check "64 NICs" mplink nic add dev mpl0 $(seq -f 'n%g' 62)
BEFORE=$(mplink save)
refuses 1 "is one too many: 64 NICs at most" nic add dev mpl0 n63
links=()
for i in $(seq 62); do
	links+=(link "n$i" "10.9.9.$i")
done
check "a peer with 64 links" mplink peer add dev mpl0 10.99.0.64 \
	link eth1 10.0.1.9 link eth2 10.0.2.9 "${links[@]}"
equal "its links" "$(mplink -j show mpl0 |
	jq '[.. | objects | select(.address? == "10.99.0.64") | .links[]] | length')" 64
BEFORE=$(mplink save)
refuses 1 "" peer set dev mpl0 10.99.0.64 unlink n7 link n8 weight 2 link eth3 10.0.3.2
mplink nic del dev mpl0 n7
links=(/sys/class/net/mpl0/mplink/peers/10.99.0.64/links/*)
equal "links without n7" ${#links[@]} 63
