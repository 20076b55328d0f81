#!/bin/bash
# Guards: whatever a parameter cannot mean fails insmod with EINVAL and one line
# that names the parameter, the value and the reason, and leaves nothing behind.
# by default: 6.12
# timeout: 300
# shellcheck source=tests/vm/lib.sh
source "$(dirname "$0")/../lib.sh"
# It is they that are tested.
MPLINK_SETUP=parameters

# What is said of each case, one a line; looked up in the log when all are done.
WANTED=/run/param-bad-wanted

# refused PARAMETER VALUE WHY ARGS...   VALUE as the log shows it
refused() {
	local said now
	echo "parameter $1: \"$2\" $3" >>$WANTED
	shift 3
	echo "mplink-test: load with $*" >/dev/kmsg
	if said=$(insmod "$MODULE" "$@" 2>&1); then
		fail "loaded with $*"
	fi
	[[ $said == *"Invalid "* ]] || fail "insmod $*: not EINVAL: $said"
	[[ ! -e /sys/module/mplink ]] || fail "insmod $*: the module is still there"
	now=(/sys/class/net/*)
	[[ ${now[*]} == "$DEVICES" ]] || fail "insmod $*: left a device: ${now[*]}"
}

topology 3
devices=(/sys/class/net/*)
DEVICES=${devices[*]}
log_mark
good=("nics=eth1,eth2" peer=10.99.0.2 "remotes=10.0.1.2,10.0.2.2")
two=nics=eth1,eth2
many=$(seq -s, -f 'n%g' 64)

# NICs
refused nics '' 'is empty' nics=
refused nics '' 'is empty' nics=eth1,
refused nics '' 'is empty' nics=,eth1
refused nics '' 'is empty' nics=eth1,,eth2
refused nics eth0123456789012 'is too long: 15 characters at most' nics=eth1,eth0123456789012
refused nics eth1 'is named twice' nics=eth1,eth2,eth1
refused nics mpl0 'is the virtual NIC itself' nics=eth1,mpl0
refused nics x0 'is the virtual NIC itself' nics=x0,eth1 name=x0
refused nics lo 'is a loopback' nics=eth1,lo
refused nics . 'is not a valid NIC name' nics=.
refused nics .. 'is not a valid NIC name' nics=eth1,..
refused nics a/b 'is not a valid NIC name' nics=a/b
refused nics eth1:1 'is not a valid NIC name' nics=eth1:1
refused nics eth%d 'is not a valid NIC name' nics=eth%d
refused nics ' eth2' 'is not a valid NIC name' 'nics="eth1, eth2"'
refused nics one-more 'is one too many: 64 NICs at most' "nics=$many,one-more"

# the virtual NIC's name
refused name '' 'is empty' "$two" name=
refused name abcdefghijklmnop 'is too long: 15 characters at most' "$two" name=abcdefghijklmnop
refused name mpl%d 'is not a valid NIC name' "$two" name=mpl%d
refused name eth3 'is the name of another device' "$two" name=eth3
refused name lo 'is the name of another device' "$two" name=lo

# policy, encap
policies='is none of balance-rr, balance-xor, active-backup, broadcast, adaptive'
refused policy '' "$policies" "${good[@]}" policy=
refused policy round-robin "$policies" "${good[@]}" policy=round-robin
refused policy balance-rr2 "$policies" "${good[@]}" policy=balance-rr2
refused policy balance-r "$policies" "${good[@]}" policy=balance-r
refused policy Broadcast "$policies" "${good[@]}" policy=Broadcast
refused encap gre 'is neither none nor gre-udp' "${good[@]}" encap=gre
refused encap '' 'is neither none nor gre-udp' "${good[@]}" encap=

# peer and remotes
address='is not an IPv4 or IPv6 address'
host='is not the address of a host'
refused peer '' "$address" "$two" peer= remotes=10.0.1.2,10.0.2.2
refused peer 10.99.0 "$address" "$two" peer=10.99.0 remotes=10.0.1.2,10.0.2.2
refused peer 10.99.0.256 "$address" "$two" peer=10.99.0.256 remotes=10.0.1.2,10.0.2.2
refused peer 10.99.0.2/24 "$address" "$two" peer=10.99.0.2/24 remotes=10.0.1.2,10.0.2.2
refused peer fd99::1::2 "$address" "$two" peer=fd99::1::2 remotes=10.0.1.2,10.0.2.2
refused peer fd99::2%eth1 "$address" "$two" peer=fd99::2%eth1 remotes=10.0.1.2,10.0.2.2
refused peer host-b "$address" "$two" peer=host-b remotes=10.0.1.2,10.0.2.2
refused peer 0.0.0.0 "$host" "$two" peer=0.0.0.0 remotes=10.0.1.2,10.0.2.2
refused peer 127.0.0.1 "$host" "$two" peer=127.0.0.1 remotes=10.0.1.2,10.0.2.2
refused peer 224.0.0.5 "$host" "$two" peer=224.0.0.5 remotes=10.0.1.2,10.0.2.2
refused peer 255.255.255.255 "$host" "$two" peer=255.255.255.255 remotes=10.0.1.2,10.0.2.2
refused peer :: "$host" "$two" peer=:: remotes=10.0.1.2,10.0.2.2
refused peer ::1 "$host" "$two" peer=::1 remotes=10.0.1.2,10.0.2.2
refused peer ff02::1 "$host" "$two" peer=ff02::1 remotes=10.0.1.2,10.0.2.2
refused peer fe80::2 'is link-local; a virtual address must not belong to one link' \
	"$two" peer=fe80::2 remotes=10.0.1.2,10.0.2.2
refused peer 10.99.0.2 'needs remotes=, one for each NIC' "$two" peer=10.99.0.2
refused remotes 10.0.1.2,10.0.2.2 'needs peer=' "$two" remotes=10.0.1.2,10.0.2.2
refused remotes 10.0.1.2 'has fewer remotes than there are NICs' "$two" peer=10.99.0.2 remotes=10.0.1.2
refused remotes 10.0.3.2 'has no NIC: more remotes than NICs' "${good[@]:0:2}" \
	remotes=10.0.1.2,10.0.2.2,10.0.3.2
refused remotes '' "$address" "$two" peer=10.99.0.2 remotes=10.0.1.2,
refused remotes 10.0.2 "$address" "$two" peer=10.99.0.2 remotes=10.0.1.2,10.0.2
refused remotes 127.0.0.1 "$host" "$two" peer=10.99.0.2 remotes=10.0.1.2,127.0.0.1
refused remotes 10.99.0.2 "is the peer's virtual address; name its address on the NIC" \
	"$two" peer=10.99.0.2 remotes=10.0.1.2,10.99.0.2

# weights
weight='is not a number from 1 to 65535'
refused weights 0 "$weight" "${good[@]}" weights=1,0
refused weights -1 "$weight" "${good[@]}" weights=-1,1
refused weights '' "$weight" "${good[@]}" weights=1,
refused weights 65536 "$weight" "${good[@]}" weights=65536,1
refused weights 99999999999999999999 "$weight" "${good[@]}" weights=1,99999999999999999999
refused weights 1x "$weight" "${good[@]}" weights=1,1x
refused weights 1 'has fewer weights than there are NICs' "${good[@]}" weights=1
refused weights 3 'has no NIC: more weights than NICs' "${good[@]}" weights=1,2,3

# the tunnel
tunnel=("${good[@]}" encap=gre-udp)
refused key 16777216 'is not a number from 0 to 16777215' "${tunnel[@]}" key=16777216
refused key -1 'is not a number from 0 to 16777215' "${tunnel[@]}" key=-1
refused key 7 'has no effect without peer=' "$two" encap=gre-udp key=7
buckets='is not a power of two from 1 to 256'
refused flow_buckets 0 "$buckets" "${tunnel[@]}" flow_buckets=0
refused flow_buckets 96 "$buckets" "${tunnel[@]}" flow_buckets=96
refused flow_buckets 512 "$buckets" "${tunnel[@]}" flow_buckets=512
timer='is not a number of microseconds from 1 to 10000000'
refused outoforder_min_us 0 "$timer" "${tunnel[@]}" outoforder_min_us=0
refused outoforder_max_us 10000001 "$timer" "${tunnel[@]}" outoforder_max_us=10000001
refused outoforder_min_us 2000001 'is above outoforder_max_us (2000000 if it is not given)' \
	"${tunnel[@]}" outoforder_min_us=2000001
refused outoforder_max_us 999 'is below outoforder_min_us (1000 if it is not given)' \
	"${tunnel[@]}" outoforder_max_us=999
refused max_perflow_buffer 65536 'is not a number of packets from 1 to 65535' \
	"${tunnel[@]}" max_perflow_buffer=65536
refused max_peer_buffer 0 'is not a number of packets from 1 to 1048576' \
	"${tunnel[@]}" max_peer_buffer=0
refused checksum yes 'is neither on nor off' "${tunnel[@]}" checksum=yes
refused ttl 0 'is not a number from 1 to 255' "${tunnel[@]}" ttl=0
refused ttl 256 'is not a number from 1 to 255' "${tunnel[@]}" ttl=256
refused equalize yes 'is none of off, auto, on' "${tunnel[@]}" equalize=yes
refused replay yes 'is neither on nor off' "${tunnel[@]}" replay=yes
refused max_peer_replay 65537 'is not a number of packets from 1 to 65536' \
	"${tunnel[@]}" max_peer_replay=65537
refused max_peer_replay_kib 63 'is not a number of KiB from 64 to 1048576' \
	"${tunnel[@]}" max_peer_replay_kib=63
for one in key=0 flow_buckets=256 outoforder_min_us=1000 outoforder_max_us=2000000 \
	max_perflow_buffer=1024 max_peer_buffer=8192 checksum=off ttl=64 equalize=auto \
	replay=on max_peer_replay=4096 max_peer_replay_kib=16384; do
	refused "${one%=*}" "${one#*=}" 'has no effect without encap=gre-udp' "${good[@]}" "$one"
	refused "${one%=*}" "${one#*=}" 'has no effect without nics=' "$one"
done

# without nics= nothing else means anything
nothing='has no effect without nics='
refused peer 10.99.0.2 "$nothing" peer=10.99.0.2
refused remotes 10.0.1.2 "$nothing" remotes=10.0.1.2
refused policy broadcast "$nothing" policy=broadcast
refused encap none "$nothing" encap=none
refused weights 1 "$nothing" weights=1
refused name mpl1 "$nothing" name=mpl1

# One line each, and no other.
log_since | grep -oE 'mplink(-test: load with|: parameter|: ).*' | grep -v taint >/run/param-bad-log
echo "$(wc -l <$WANTED) refused"
paste -d '\n' <(grep '^mplink-test' /run/param-bad-log) <(sed 's/^/mplink: /' $WANTED) |
	diff - /run/param-bad-log || fail "the log is not one line for each load"

# And after all that a good load still works, and leaves nothing either.
mplink_load "${good[@]}"
log_mark
mplink_unload
expect_log 'mplink: unload: devices 1/1 nics 2/2 peers 1/1 links 2/2 '
now=(/sys/class/net/*)
equal "devices in the end" "${now[*]}" "$DEVICES"
