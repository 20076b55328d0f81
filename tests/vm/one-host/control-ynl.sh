#!/bin/bash
# Guards: include/uapi/mplink.yaml, in the hands of the kernel's own YNL, reads and changes
# all that the family has, tells its notifications, and why something is refused.
# by default: 6.12
# needs: ynl
# timeout: 60
# shellcheck source=tests/vm/lib.sh
source "$(dirname "$0")/../lib.sh"
# shellcheck source=tests/vm/lib-traffic.sh
source "$(dirname "$0")/../lib-traffic.sh"

SPEC=$PWD/include/uapi/mplink.yaml
YNL=$PWD/build/tools/ynl

topology 2
mplink_load nics=eth1,eth2 peer=10.99.0.2 remotes=10.0.1.2,10.0.2.2
mplink_up
wait_until 10 links_valid 2
/usr/bin/python3 "$PWD/tests/vm/tools/ynl-calls.py" "$YNL" "$SPEC" || fail "the family by YNL"

# As a user would. tests/netlink/spec has validated it.
said=$(/usr/bin/python3 "$YNL/tools/net/ynl/cli.py" --spec "$SPEC" --no-schema --output-json \
	--dump peer-get)
echo "$said"
[[ $said == *'"address": "10.99.0.2", "liveness": "inherit", "key": 0, "link": [{"nic": "eth1", "remote": "10.0.1.2"'* ]] ||
	fail "cli.py --dump peer-get: $said"
