#!/bin/bash
# Guards: in a user namespace, where any user can be root: the user who makes peers is charged
# for their memory, cannot fill the log, and owns the files in sysfs.
# by default: 6.1
# timeout: 100
# shellcheck source=tests/vm/lib.sh
source "$(dirname "$0")/../lib.sh"

peers=200
group=/run/cgroup/mplink

mplink_load
mkdir -p /run/cgroup
mountpoint -q /run/cgroup || mount -t cgroup2 cgroup2 /run/cgroup ||
	skip "this kernel has no cgroup2"
grep -qw memory /run/cgroup/cgroup.controllers || skip "this kernel accounts for no memory"
echo +memory >/run/cgroup/cgroup.subtree_control
mkdir -p $group

# Prints "COUNT OF-ITS-FILES OF-ITS-LOG": what the group was charged for the peers, in bytes.
# shellcheck disable=SC2016 # for the shell in the namespace
inside='
	set -e
	mount -t sysfs sysfs /sys
	top=/sys/class/net/mpl0/mplink
	ip link add mpl0 type mplink
	for i in 1 2 3; do
		ip link add eth$i type veth peer name far$i
		ip addr add 10.0.$i.1/24 dev eth$i
		ip link set far$i up
		ip link set eth$i up
	done
	mplink nic add eth1 eth2 eth3
	stat -c "owner %u:%g" $top/policy $top/nics/eth1/valid $top/bfd | sort -u
	echo balance-xor >$top/policy
	for ((i = 0; i < 200; i++)); do
		echo nonsense >$top/policy || true
	done 2>/dev/null
	# The kernel charges in advance, so a user who was charged once has some memory in stock.
	charged() { awk "/^(slab|percpu|vmalloc) / { sum += \$2 } END { print sum }" "$1/memory.stat"; }
	before=$(charged "$1")
	mplink load "$2"
	after=$(charged "$1")
	echo "charged $((after - before))"'
config=/run/mplink-peers
peers_config mpl0 10.98 $peers eth1 eth2 eth3 >$config
log_mark
# shellcheck disable=SC2016
said=$(bash -c 'echo $$ >"$1/cgroup.procs"
	exec setpriv --reuid 1000 --regid 1000 --clear-groups unshare -Urnm bash -c "$3" bash "$1" "$2"' \
	bash $group "$config" "$inside") || fail "in the user namespace: $said"
echo "$said"
equal "owner of the files, as the namespace sees it" "$(grep owner <<<"$said")" "owner 0:0"
lines=$(log_since | grep -c nonsense)
[[ $lines -ge 1 && $lines -le 40 ]] || fail "$lines lines in the log of 200 refusals"
charged=$(sed -n 's/^charged //p' <<<"$said")
# Three links, three paths, their tables and counters: no peer is to be had for less.
[[ $charged -ge $((peers * 1024)) ]] || fail "$peers peers were charged with $charged bytes"
rmdir $group
