#!/bin/bash
# Guards: the sysfs tree is exactly that of design.md: these files, one value each,
# of the promised form; a removed NIC reads as unregistered; and the upper/lower
# adjacency shows.
# by default: 6.1
# timeout: 300
# shellcheck source=tests/vm/lib.sh
source "$(dirname "$0")/../lib.sh"
# shellcheck source=tests/vm/lib-traffic.sh
source "$(dirname "$0")/../lib-traffic.sh"

top=/sys/class/net/mpl0/mplink

three_links
wanted=$({
	printf '%s\n' encap policy nics peers peers/10.99.0.2 peers/10.99.0.2/links
	printf 'drops%s\n' '' /no_peer /no_link /malformed /too_big /no_memory /no_neighbour
	for nic in eth1 eth2 eth3; do
		printf "nics/$nic%s\n" '' /valid /reason /ifindex /carrier /address /transitions /since_ms
		printf "peers/10.99.0.2/links/$nic%s\n" '' /valid /reason /remote /weight \
			/tx_packets /tx_bytes /rx_packets /rx_bytes
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
writable=$(cd $top && find . -type f ! -perm 444 -printf '%P %m\n')
equal "files that are not read-only" "$writable" "policy 644"
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
like peers/10.99.0.2/links/eth3/weight 1
for nic in eth1 eth2 eth3; do
	[[ -L /sys/class/net/mpl0/lower_$nic ]] || fail "no lower_$nic"
	[[ -L /sys/class/net/$nic/upper_mpl0 ]] || fail "no upper_mpl0 at $nic"
done

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
bash -c "echo 1 >$top/nics/eth1/valid" 2>/dev/null && fail "valid can be written"
equal "policy" "$(attr policy)" balance-rr
