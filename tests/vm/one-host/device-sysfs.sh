#!/bin/bash
# Guards: the sysfs tree is exactly that of design.md: these files, one value each,
# of the promised form; a removed NIC reads as unregistered; and the upper/lower
# adjacency shows.
# by default: uml
# timeout: 300
# shellcheck source=tests/vm/lib.sh
source "$(dirname "$0")/../lib.sh"
# shellcheck source=tests/vm/lib-traffic.sh
source "$(dirname "$0")/../lib-traffic.sh"

top=/sys/class/net/mpl0/mplink

three_links
wanted=$({
	printf '%s\n' encap policy liveness wtr_ms holdoff_ms nics peers
	printf 'bfd%s\n' '' /min_tx_us /min_rx_us /detect_mult /multihop
	printf 'tunnel%s\n' '' /flow_buckets /outoforder_min_us /outoforder_max_us \
		/max_perflow_buffer /max_peer_buffer /checksum /ttl /equalize \
		/replay /max_peer_replay /max_peer_replay_kib /duplicate /duplicate_dscp
	printf 'gre_drops%s\n' '' /truncated /version /flags /protocol /no_key /key /sender \
		/checksum /inner /ecn /duplicate /late /down /backlog /no_memory /nic /icmp \
		/message /report /early /replay
	printf 'peers/10.99.0.2%s\n' '' /liveness /key /equalize /links
	printf 'drops%s\n' '' /no_peer /no_link /malformed /too_big /no_memory /no_neighbour \
		/loop /policy /no_peer_multicast /redirect
	for nic in eth1 eth2 eth3; do
		printf "nics/$nic%s\n" '' /valid /reason /ifindex /carrier /address /transitions /since_ms
		printf "peers/10.99.0.2/links/$nic%s\n" '' /valid /reason /remote /local /weight \
			/rate_min /rate_max /preference /liveness /bfd_state /tx_packets /tx_bytes /rx_packets /rx_bytes
	done
} | LC_ALL=C sort)
# "Counters: per link and per NIC": those of the NICs may stand beside the rest.
got=$(cd $top && find . -mindepth 1 | sed 's,^\./,,' | grep -v '^nics/.*/[rt]x_' | LC_ALL=C sort)
if [[ $got != "$wanted" ]]; then
	diff <(echo "$wanted") <(echo "$got") || true
	fail "the tree under $top is another one"
fi
many=$(find $top -type f -exec grep -c '' {} + | grep -v ':1$' || true)
equal "files with more or less than one line" "$many" ""
writable=$(cd $top && find . -type f ! -perm 444 -printf '%P %m\n' | LC_ALL=C sort)
equal "files that are not read-only" "$writable" "$({
	printf '%s 644\n' policy encap liveness wtr_ms holdoff_ms
	printf 'tunnel/%s 644\n' flow_buckets outoforder_min_us outoforder_max_us \
		max_perflow_buffer max_peer_buffer checksum ttl equalize \
		replay max_peer_replay max_peer_replay_kib duplicate duplicate_dscp
	printf 'bfd/%s 644\n' min_tx_us min_rx_us detect_mult multihop
	printf 'peers/10.99.0.2/%s 644\n' equalize liveness links/eth{1,2,3}/liveness
	echo peers/10.99.0.2/key 400
} | LC_ALL=C sort)"
like() {
	[[ $(attr "$1") =~ ^$2$ ]] || fail "$1 is '$(attr "$1")', should match $2"
}
like policy balance-rr
like encap none
like nics/eth1/valid 1
like nics/eth1/reason none
like nics/eth1/ifindex "$(cat /sys/class/net/eth1/ifindex)"
like nics/eth1/carrier 1
like nics/eth1/address '10\.0\.1\.1'
like nics/eth1/transitions '[0-9]+'
like nics/eth1/since_ms '[0-9]+'
like peers/10.99.0.2/links/eth3/remote '10\.0\.3\.2'
like peers/10.99.0.2/links/eth3/local '10\.0\.3\.1'
like peers/10.99.0.2/links/eth3/weight 1
like peers/10.99.0.2/links/eth3/rate_min 0
like peers/10.99.0.2/links/eth3/rate_max 0
like peers/10.99.0.2/links/eth3/preference 0
like liveness off
like wtr_ms 500
like holdoff_ms 0
like bfd/min_tx_us 50000
like bfd/min_rx_us 50000
like bfd/detect_mult 3
like bfd/multihop 0
like tunnel/flow_buckets 256
like tunnel/outoforder_min_us 1000
like tunnel/outoforder_max_us 2000000
like tunnel/max_perflow_buffer 1024
like tunnel/max_peer_buffer 8192
like tunnel/checksum 0
like tunnel/ttl 64
like tunnel/equalize 1
like tunnel/replay 1
like tunnel/max_peer_replay 4096
like tunnel/max_peer_replay_kib 16384
like tunnel/duplicate 0
like tunnel/duplicate_dscp 40
like gre_drops/sender 0
like peers/10.99.0.2/key 0
like peers/10.99.0.2/liveness inherit
like peers/10.99.0.2/equalize inherit
like peers/10.99.0.2/links/eth1/liveness inherit
like peers/10.99.0.2/links/eth1/bfd_state off
for nic in eth1 eth2 eth3; do
	[[ -L /sys/class/net/mpl0/lower_$nic ]] || fail "no lower_$nic"
	[[ -L /sys/class/net/$nic/upper_mpl0 ]] || fail "no upper_mpl0 at $nic"
done

# write FILE VALUE: it is taken, and shown
write() {
	echo "$2" >"$top/$1" || fail "$1 does not take $2"
	equal "$1" "$(attr "$1")" "$2"
}
# refused FILE VALUE WHY: it is not, and the log says why
refused() {
	local was seen
	was=$(attr "$1")
	seen=$(dmesg | wc -l)
	bash -c "echo '$2' >$top/$1" 2>/dev/null && fail "$1 takes '$2'"
	equal "$1" "$(attr "$1")" "$was"
	dmesg | tail -n "+$((seen + 1))" | grep -F -- "\"$2\" $3" >/dev/null ||
		fail "the log does not say that '$2' $3"
}
links=peers/10.99.0.2/links
write wtr_ms 3600000
write wtr_ms 0
write holdoff_ms 7
write holdoff_ms 0
write bfd/min_tx_us 3300
write bfd/min_rx_us 60000000
write bfd/detect_mult 255
write bfd/multihop 1
write bfd/multihop 0
write liveness bfd
# Nobody answers, but a link that worked without is not given up for want of the first.
like $links/eth1/bfd_state down
like $links/eth1/valid 1
write $links/eth1/liveness off
like $links/eth1/bfd_state off
like $links/eth2/bfd_state down
write peers/10.99.0.2/liveness off
like $links/eth2/bfd_state off
write $links/eth1/liveness bfd
like $links/eth1/bfd_state down
write $links/eth1/liveness inherit
write peers/10.99.0.2/liveness inherit
write liveness off
like $links/eth1/bfd_state off
refused liveness inherit "is none of off, bfd"
refused liveness '' "is none of off, bfd"
refused wtr_ms 3600001 "is not a number from 0 to 3600000"
refused wtr_ms -1 "is not a number from 0 to 3600000"
refused holdoff_ms 1s "is not a number from 0 to 3600000"
refused bfd/min_tx_us 3299 "is not a number from 3300 to 60000000"
refused bfd/min_rx_us '' "is not a number from 3300 to 60000000"
refused bfd/detect_mult 256 "is not a number from 1 to 255"
refused bfd/multihop 2 "is not a number from 0 to 1"
refused peers/10.99.0.2/liveness on "is none of inherit, off, bfd"
refused $links/eth1/liveness on "is none of inherit, off, bfd"

write tunnel/flow_buckets 1
write tunnel/outoforder_max_us 10000000
write tunnel/outoforder_min_us 10000000
write tunnel/outoforder_min_us 1
write tunnel/outoforder_max_us 1
write tunnel/max_perflow_buffer 65535
write tunnel/max_peer_buffer 1048576
write tunnel/checksum 1
write tunnel/ttl 255
write tunnel/ttl 1
write tunnel/equalize 2
write tunnel/equalize 0
write tunnel/replay 0
write tunnel/max_peer_replay 65536
write tunnel/max_peer_replay_kib 1048576
write tunnel/duplicate 2
write tunnel/duplicate_dscp 64
refused tunnel/flow_buckets 0 "is not a number from 1 to 256"
refused tunnel/flow_buckets '' "is not a number from 1 to 256"
refused tunnel/outoforder_min_us 10000001 "is not a number from 1 to 10000000"
refused tunnel/max_perflow_buffer 65536 "is not a number from 1 to 65535"
refused tunnel/max_peer_buffer 1M "is not a number from 1 to 1048576"
refused tunnel/checksum 2 "is not a number from 0 to 1"
refused tunnel/ttl 0 "is not a number from 1 to 255"
refused tunnel/equalize 3 "is not a number from 0 to 2"
refused tunnel/replay 2 "is not a number from 0 to 1"
refused tunnel/max_peer_replay 0 "is not a number from 1 to 65536"
refused tunnel/max_peer_replay_kib 63 "is not a number from 64 to 1048576"
refused tunnel/duplicate 3 "is not a number from 0 to 2"
refused tunnel/duplicate_dscp 65 "is not a number from 0 to 64"
refused peers/10.99.0.2/equalize auto "has no effect without encap gre-udp"
refused peers/10.99.0.2/equalize 1 "is none of inherit, off, auto, on"
refused encap gre "is neither none nor gre-udp"
refused encap gre-udp "encap cannot change while there are peers; remove them first"
bash -c "echo 96 >$top/tunnel/flow_buckets" 2>/dev/null && fail "96 buckets are taken"
bash -c "echo 2 >$top/tunnel/outoforder_min_us" 2>/dev/null && fail "the bounds may cross"
dmesg | tail -n2 | grep "settings of the tunnel: flow_buckets is not a power of two from 1 to 256" >/dev/null ||
	fail "the log does not say why 96 buckets are none"
dmesg | tail -n1 | grep "settings of the tunnel: .* lower bound is above its upper bound" >/dev/null ||
	fail "the log does not say why bounds may not cross"

# A device of its own shows what a tunnel has more.
ip link add mpl9 type mplink
echo gre-udp >/sys/class/net/mpl9/mplink/encap
equal "encap and policy" "$(attr encap mpl9) $(attr policy mpl9)" "gre-udp adaptive"
echo none >/sys/class/net/mpl9/mplink/encap
equal "encap and policy" "$(attr encap mpl9) $(attr policy mpl9)" "none balance-rr"
echo gre-udp >/sys/class/net/mpl9/mplink/encap
check "a peer with a key" mplink peer add dev mpl9 10.98.0.2 key 7
equal "its key" "$(attr peers/10.98.0.2/key mpl9)" 7
echo on >/sys/class/net/mpl9/mplink/peers/10.98.0.2/equalize
equal "its equaliser" "$(attr peers/10.98.0.2/equalize mpl9)" on
equal "what a resequencer tells" "$(cd /sys/class/net/mpl9/mplink/peers/10.98.0.2/resequencer && echo ./*)" \
	"./duplicates ./equalized ./held ./held_max ./in_order ./late ./lost_overflow ./lost_rule ./lost_timer ./reordered ./restarts ./timer_us ./too_slow ./wait_max_us ./wait_us"
equal "packets in order" "$(attr peers/10.98.0.2/resequencer/in_order mpl9)" 0
check "its end" mplink peer del dev mpl9 10.98.0.2
ip link del mpl9

# And by ethtool -S.
for name in received drop_too_short drop_bad_ttl drop_no_session drop_auth_digest; do
	ethtool -S mpl0 | grep "^ *bfd_$name: 0$" >/dev/null || fail "ethtool -S has no bfd_$name: 0"
done
equal "counters of refused BFD packets" "$(ethtool -S mpl0 | grep -c '^ *bfd_drop_')" 20
for name in gre_received gre_drop_no_key gre_drop_no_memory reseq_in_order reseq_lost_rule \
	reseq_replay_sent; do
	ethtool -S mpl0 | grep "^ *$name: 0$" >/dev/null || fail "ethtool -S has no $name: 0"
done
equal "counters of undelivered packets" "$(ethtool -S mpl0 | grep -c '^ *gre_drop_')" 21
equal "counters of a resequencer" "$(ethtool -S mpl0 | grep -c '^ *reseq_')" 26

before=$(attr nics/eth2/transitions)
ip link del eth2
like nics/eth2/valid 0
like nics/eth2/reason unregistered
like nics/eth2/ifindex 0
like nics/eth2/carrier 0
equal "address of a NIC that is gone" "$(attr nics/eth2/address)" ""
equal "transitions" "$(attr nics/eth2/transitions)" $((before + 1))
like peers/10.99.0.2/links/eth2/valid 0
like peers/10.99.0.2/links/eth2/reason unregistered
[[ ! -e /sys/class/net/mpl0/lower_eth2 ]] || fail "lower_eth2 is still there"
since=$(attr nics/eth2/since_ms)
nap 0.3
[[ $(attr nics/eth2/since_ms) -ge $((since + 250)) ]] || fail "since_ms does not count"

# Read by anyone, written by the administrator only.
check "reading as nobody" setpriv --reuid 65534 --clear-groups cat $top/nics/eth1/reason
setpriv --reuid 65534 --clear-groups bash -c "echo broadcast >$top/policy" 2>/dev/null &&
	fail "anyone may change the policy"
setpriv --reuid 65534 --clear-groups bash -c "echo bfd >$top/liveness" 2>/dev/null &&
	fail "anyone may change the liveness"
bash -c "echo 1 >$top/nics/eth1/valid" 2>/dev/null && fail "valid can be written"
equal "policy" "$(attr policy)" balance-rr
