#!/bin/bash
# Guards: while loading, and while adding a virtual NIC, each allocation in turn
# fails: the load fails with ENOMEM and leaves nothing, or all works.
# kernels: debug uml
# by default: none
# timeout: 400
# shellcheck source=tests/vm/lib.sh
source "$(dirname "$0")/../lib.sh"
# shellcheck source=tests/vm/lib-traffic.sh
source "$(dirname "$0")/../lib-traffic.sh"
# shellcheck source=tests/vm/lib-memory.sh
source "$(dirname "$0")/../lib-memory.sh"

topology 3
fail_slab
devices=(/sys/class/net/*)

# The module's own allocations are the last ones of a load; a few of all of them.
fail_each --last 800 --step 25 --gone /sys/module/mplink load "$MODULE" dyndbg=+p \
	"nics=$NICS" peer=10.99.0.2 "remotes=$REMOTES4" / unload
for ((n = $(grep -c ' 0$' $FAILED); n > 0; n--)); do
	gate_note_load
done
[[ $(grep -c ENOMEM $FAILED) -gt 3 ]] || fail "few of the module's allocations were hit"
now=(/sys/class/net/*)
equal "devices in the end" "${now[*]}" "${devices[*]}"

mplink_load
# Without memory for a device's name, netdev_register_kobject() goes on, and device_add()
# then finds it has none: once, and for devices of every kind, EINVAL.
ALLOWED='ENOMEM|ENOBUFS|EINVAL' fail_each --gone /sys/class/net/x0 add-mplink x0 / del x0
[[ $(grep -c EINVAL $FAILED) -le 1 ]] || fail "EINVAL for more than the device's name"
[[ $(grep -c ENOMEM $FAILED) -gt 10 ]] || fail "few allocations were hit"
ip link add x0 type mplink
