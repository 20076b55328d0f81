#!/bin/bash
# How scenarios load the module and make mpl0 as they want it; sourced by lib.sh, and
# run in both hosts by lib_two_hosts.py.
#
# usage: tests/vm/lib-load.sh ARGS...     as mplink_load
#
#   mplink_load ARGS...     insmod with dyndbg=+p; nics= and so on as arguments. Where
#                           MPLINK_SETUP is `command`, insmod gets none of these, and the
#                           command mplink brings about what they would have.
#
# The host of the scenarios chooses: tests/vm/run --setup.

# shellcheck source=tests/vm/lib-gate.sh
source "$(dirname "${BASH_SOURCE[0]}")/lib-gate.sh"

# The module and the command mplink; the first of each is a copy that is read faster (lib-guest.sh).
MODULE=/run/mplink-bin/mplink.ko
[[ -e $MODULE ]] || MODULE=$PWD/build/${MPLINK_KERNEL:?scenarios run in a VM: use tests/vm/run}/mplink.ko
PATH=/run/mplink-bin:$PWD/build:$PATH

mplink_load() {
	local parameters=("$@")
	[[ ${MPLINK_SETUP:-parameters} == parameters ]] || parameters=()
	insmod "$MODULE" dyndbg=+p "${parameters[@]}" || return
	gate_note_load
	if [[ $# -gt ${#parameters[@]} ]]; then
		_set_up "$@"
	fi
}

# What parameters mean, by the command.
_set_up() {
	local arg name=mpl0 settings=() peer='' key=() nic_names=() addresses=() weights=() links=() i
	for arg in "$@"; do
		case $arg in
		nics=*) IFS=, read -ra nic_names <<<"${arg#*=}" ;;
		remotes=*) IFS=, read -ra addresses <<<"${arg#*=}" ;;
		weights=*) IFS=, read -ra weights <<<"${arg#*=}" ;;
		peer=*) peer=${arg#*=} ;;
		key=*) key=(key "${arg#*=}") ;;
		policy=* | liveness=* | wtr_ms=* | holdoff_ms=* | bfd_interval_us=* | bfd_multiplier=* | \
			encap=* | flow_buckets=* | outoforder_*_us=* | max_perflow_buffer=* | max_peer_buffer=* | \
			checksum=* | ttl=* | equalize=* | replay=* | max_peer_replay=* | max_peer_replay_kib=*)
			settings+=("${arg%%=*}" "${arg#*=}")
			;;
		name=*) name=${arg#*=} ;;
		*)
			echo "mplink_load: $arg: no such parameter" >&2
			return 1
			;;
		esac
	done
	ip link add "$name" type mplink || return
	if [[ ${#settings[@]} -gt 0 ]]; then
		# Its words are the parameters' with other dashes; no value has one of these.
		mplink set dev "$name" "${settings[@]//_/-}" || return
	fi
	mplink nic add dev "$name" "${nic_names[@]}" || return
	if [[ -n $peer ]]; then
		for i in "${!addresses[@]}"; do
			links+=(link "${nic_names[i]}" "${addresses[i]}" weight "${weights[i]:-1}")
		done
		mplink peer add dev "$name" "$peer" "${key[@]}" "${links[@]}"
	fi
}

if [[ ${BASH_SOURCE[0]} == "$0" ]]; then
	mplink_load "$@"
fi
