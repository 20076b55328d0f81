#!/bin/bash
# Guards: every malformed, replayed, spoofed or mis-authenticated BFD packet is counted
# under its own reason, and changes nothing. Over IPv4 and over IPv6.
# by default: uml
# timeout: 300
# shellcheck source=tests/vm/lib.sh
source "$(dirname "$0")/../lib.sh"
# shellcheck source=tests/vm/lib-traffic.sh
source "$(dirname "$0")/../lib-traffic.sh"
# shellcheck source=tests/vm/lib-liveness.sh
source "$(dirname "$0")/../lib-liveness.sh"

COUNT=7

# refused NIC FROM TO REASON...: COUNT of each are, and A's session stays what it is.
refused() {
	local nic=$1 from=$2 to=$3 reason before=() i=0 discr
	shift 3
	discr=$(mplink_session "$nic" discr)
	transitions_start
	for reason; do
		before+=("$(ethtool_stat "bfd_drop_$reason")")
	done
	in_b /usr/bin/python3 "$PWD/tests/vm/tools/bfd-packets.py" "$from" "$to" "$discr" "$COUNT" "$@"
	for reason; do
		equal "$nic: BFD packets refused for $reason" \
			"$(($(ethtool_stat "bfd_drop_$reason") - before[i]))" "$COUNT"
		i=$((i + 1))
	done
	equal "$nic: transitions" "$(transitions "$nic")" "0 0"
}

both_ends 2 liveness bfd bfd-interval-us 300000
refused eth1 10.0.1.2 10.0.1.1 bad_ttl too_short bad_version length_too_small length_too_large \
	no_detect_mult multipoint no_my_discriminator no_your_discriminator auth_length auth_weak \
	auth_unknown no_session auth_unwanted
# From an address without a session.
in_b ip addr add 10.0.1.77/24 dev eth1
refused eth1 10.0.1.77 10.0.1.1 no_session

mplink set dev mpl0 bfd-auth sha1 bfd-key-id 7 bfd-key secret
in_b mplink set dev mpl0 bfd-auth sha1 bfd-key-id 7 bfd-key secret
wait_until 20 links_valid 2
wait_until 20 links_valid_far 2
refused eth1 10.0.1.2 10.0.1.1 auth_missing auth_type auth_key auth_sequence
# Who has all but the key: the number that counts next is the far end's own secret.
in_b mplink set dev mpl0 bfd-auth sha1 bfd-key-id 7 bfd-key guessed
wait_until 20 more_than 3 ethtool_stat bfd_drop_auth_digest
in_b mplink set dev mpl0 bfd-auth sha1 bfd-key-id 7 bfd-key secret
wait_until 20 links_valid 2

# IPv6, and a session without a way to the remote.
mplink peer set dev mpl0 10.99.0.2 link eth2 fd00:0:0:2::2
in_b mplink peer set dev mpl0 10.99.0.1 link eth2 fd00:0:0:2::1
mplink set dev mpl0 bfd-auth none
in_b mplink set dev mpl0 bfd-auth none
wait_until 20 links_valid 2
wait_until 20 links_valid_far 2
refused eth2 fd00:0:0:2::2 fd00:0:0:2::1 bad_ttl too_short no_session auth_unwanted
