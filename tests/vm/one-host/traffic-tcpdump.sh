#!/bin/bash
# Guards: tcpdump on the virtual NIC shows every packet once, whole, in the right
# direction; on a member NIC it shows that NIC's share.
# by default: uml
# timeout: 300
# shellcheck source=tests/vm/lib.sh
source "$(dirname "$0")/../lib.sh"
# shellcheck source=tests/vm/lib-traffic.sh
source "$(dirname "$0")/../lib-traffic.sh"
# shellcheck source=tests/vm/lib-capture.sh
source "$(dirname "$0")/../lib-capture.sh"

# pings DST FAMILY
pings() {
	local share=0 nic kind=$2
	capture both -vvi mpl0 "$kind"
	capture in -Q in -i mpl0 "$kind"
	capture out -Q out -i mpl0 "$kind"
	for nic in eth1 eth2 eth3; do
		capture $nic -i $nic -Q out "$kind"
	done
	check "pings to $1" ping -qc9 -i0.2 -W2 -s 400 "$1"
	captures_end
	equal "requests on mpl0" "$(captured both 'echo request')" 9
	equal "replies on mpl0" "$(captured both 'echo reply')" 9
	equal "requests on mpl0, in" "$(captured in 'echo request')" 0
	equal "replies on mpl0, in" "$(captured in 'echo reply')" 9
	equal "requests on mpl0, out" "$(captured out 'echo request')" 9
	equal "replies on mpl0, out" "$(captured out 'echo reply')" 0
	equal "packets cut or garbled" "$(captured both 'wrong|truncated|\[\||bad cksum')" 0
	for nic in eth1 eth2 eth3; do
		share=$((share + $(captured $nic 'echo request')))
		[[ $(captured $nic 'echo request') -gt 0 ]] || fail "nothing heard on $nic"
	done
	equal "requests on the three NICs" $share 9
}

three_links
pings 10.99.0.2 icmp
# A filter on MAC addresses: the virtual NIC is Ethernet to those who listen.
capture mac -e -i mpl0 icmp
check "pings" ping -qc2 -i0.3 -W2 10.99.0.2
captures_end
[[ $(captured mac "$(</sys/class/net/mpl0/address) > .*ethertype IPv4") -gt 0 ]] ||
	fail "no MAC header: $(</run/capture-mac)"
mplink_unload
for remotes in $REMOTES4 $REMOTES6; do
	mplink_load nics=$NICS peer=fd99::2 "remotes=$remotes"
	mplink_up
	wait_until 10 links_valid 3
	pings fd99::2 icmp6
	mplink_unload
done

# What is dropped is shown once, too, and on no NIC: nobody's, and what no link carries.
mplink_load nics=$NICS peer=10.99.0.2 "remotes=$REMOTES4"
# No router solicitations: they are for nobody.
ip link set mpl0 addrgenmode none
mplink_up
wait_until 10 links_valid 3
capture lost -i mpl0 icmp
for nic in eth1 eth2 eth3; do
	capture $nic -i $nic icmp
done
ping -qc1 -W1 10.99.0.77 || true
ip -batch - < <(printf 'link set %s down\n' eth1 eth2 eth3)
ping -qc1 -W1 10.99.0.2 || true
captures_end
equal "requests for nobody" "$(captured lost '> 10.99.0.77: .*echo request')" 1
equal "requests without a link" "$(captured lost '> 10.99.0.2: .*echo request')" 1
for nic in eth1 eth2 eth3; do
	equal "of these on $nic" "$(captured $nic 'echo request')" 0
done
equal "dropped, for nobody" "$(drops no_peer)" 1
equal "dropped, without a link" "$(drops no_link)" 1
