# SPDX-License-Identifier: GPL-2.0
# bash completion for mplink(8); install it as
# /usr/share/bash-completion/completions/mplink
# shellcheck shell=bash

# Each function prints one word per line.  Those that ask the module print nothing without it.
_mplink_devices() {
	mplink show -jp 2>/dev/null | sed -n 's/^ \{4\}"name": "\(.*\)",$/\1/p'
}

# Takes only an address that is the first key of an object: a NIC has an address, too, but
# further down.
_mplink_peers() {
	mplink show -jp 2>/dev/null | sed -n '/^ \{6\}{$/{n;s/^ *"address": "\(.*\)",$/\1/p}'
}

# The first line of the help ends with the list of settings.
_mplink_settings() {
	mplink set --help | sed -n '1{s/.*: //;s/,//g;p}'
}

# The values that may follow these arguments of mplink, if they have names.  The
# command lists them when it refuses an empty value, which needs no module.
_mplink_values() {
	mplink "$@" '' 2>&1 |
		sed -n 's/,//g; s/.* is none of //p; s/.* is neither \(.*\) nor \(.*\)/\1 \2/p'
}

_mplink_nics() {
	local nic

	for nic in /sys/class/net/*; do
		nic=${nic##*/}
		# bonding_masters is a file, not a device.
		[[ $nic == lo || ! -d /sys/class/net/$nic ]] || echo "$nic"
	done
}

# What may follow the words typed so far.
_mplink_choices() {
	local verb=$1 last=$2 first=$3

	case $last in
	dev)
		_mplink_devices
		return
		;;
	link | addlink | unlink)
		_mplink_nics
		return
		;;
	local)
		echo auto
		return
		;;
	remote | weight | key | --wait | rate-min | rate-max | preference)
		return
		;;
	liveness)
		if [[ $verb == "peer "* ]]; then
			_mplink_values peer add 192.0.2.1 liveness
			return
		fi
		;;
	esac
	if [[ $verb == set && " $(_mplink_settings) " == *" $last "* ]]; then
		_mplink_values set "$last"
		return
	fi
	[[ $first ]] && [[ $verb != monitor && $verb != load ]] && echo dev
	case $verb in
	show)
		echo --timeline --prometheus
		[[ $first ]] && _mplink_devices
		;;
	save)
		echo --to-boot --force
		[[ $first ]] && _mplink_devices
		;;
	doctor)
		echo --wait
		[[ $first ]] && _mplink_devices
		;;
	top)
		[[ $first ]] && _mplink_devices
		;;
	set)
		_mplink_settings
		[[ $first ]] && _mplink_devices
		;;
	monitor)
		echo --exec
		;;
	load)
		echo --check --dry-run
		;;
	"nic add" | "nic del")
		_mplink_nics
		;;
	"peer del")
		_mplink_peers
		;;
	"peer add")
		[[ $first ]] || echo link weight remote local liveness key rate-min rate-max preference
		;;
	"peer set")
		if [[ $first ]]; then
			_mplink_peers
		else
			echo link addlink unlink weight remote local liveness key \
				rate-min rate-max preference
		fi
		;;
	esac
}

_mplink() {
	local words cword cur prev verb="" first=yes i word choices

	# Keep an IPv6 address in one word.
	_get_comp_words_by_ref -n : words cword cur prev
	COMPREPLY=()
	for ((i = 1; i < cword; i++)); do
		word=${words[i]}
		case $word in
		-*) ;;
		*)
			if [[ -z $verb || $verb == nic || $verb == peer ]]; then
				verb+=${verb:+ }$word
			else
				first=
			fi
			;;
		esac
	done
	# The argument behind "dev DEV" is the first one, too.
	[[ ${words[cword - 2]:-} == dev && $((cword - 2)) -le 3 ]] && first=yes

	if [[ $verb == load && $cur != -* ]]; then
		mapfile -t COMPREPLY < <(compgen -f -- "$cur")
		compopt -o filenames
		return
	fi
	case $verb in
	"") choices="show doctor top nic peer set monitor save load --json --pretty --version --help" ;;
	nic) choices="add del" ;;
	peer) choices="add set del" ;;
	*) choices=$(_mplink_choices "$verb" "$prev" "$first") ;;
	esac
	mapfile -t COMPREPLY < <(compgen -W "$choices --help" -- "$cur")
	__ltrim_colon_completions "$cur"
}

complete -F _mplink mplink
