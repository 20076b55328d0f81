# SPDX-License-Identifier: GPL-2.0
# bash completion for mplink(8); install it as
# /usr/share/bash-completion/completions/mplink
# shellcheck shell=bash

# One a line; quiet without a module.
_mplink_devices() {
	mplink show -jp 2>/dev/null | sed -n 's/^ \{4\}"name": "\(.*\)",$/\1/p'
}

# A peer's first key is its address; a NIC has one, too, but further down.
_mplink_peers() {
	mplink show -jp 2>/dev/null | sed -n '/^ \{6\}{$/{n;s/^ *"address": "\(.*\)",$/\1/p}'
}

# The first line of its help ends with them.
_mplink_settings() {
	mplink set --help | sed -n '1{s/.*: //;s/,//g;p}'
}

# There is no such policy, and who says so names those that there are.
_mplink_policies() {
	mplink set policy '' 2>&1 | sed -n 's/.* is none of //;s/,//gp'
}

_mplink_nics() {
	local nic

	for nic in /sys/class/net/*; do
		nic=${nic##*/}
		# What is no device (bonding_masters) has no such folder.
		[[ $nic == lo || ! -d /sys/class/net/$nic ]] || echo "$nic"
	done
}

# What may follow the words so far.
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
	policy)
		_mplink_policies
		return
		;;
	liveness)
		[[ $verb == set ]] || echo inherit
		echo off bfd
		return
		;;
	encap)
		echo none gre-udp
		return
		;;
	bfd-multihop | checksum)
		echo off on
		return
		;;
	bfd-auth)
		echo none sha1 meticulous-sha1
		return
		;;
	local)
		echo auto
		return
		;;
	remote | weight | key | wtr-ms | holdoff-ms | bfd-* | flow-* | outoforder-* | max-*)
		return
		;;
	esac
	[[ $first ]] && [[ $verb != monitor && $verb != load ]] && echo dev
	case $verb in
	show)
		echo --timeline --prometheus
		[[ $first ]] && _mplink_devices
		;;
	save)
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
		[[ $first ]] || echo link weight remote local liveness key
		;;
	"peer set")
		if [[ $first ]]; then
			_mplink_peers
		else
			echo link addlink unlink weight remote local liveness key
		fi
		;;
	esac
}

_mplink() {
	local words cword cur prev verb="" first=yes i word choices

	# IPv6 addresses are one word.
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
	# "dev DEV" is in front of what comes first.
	[[ ${words[cword - 2]:-} == dev && $((cword - 2)) -le 3 ]] && first=yes

	if [[ $verb == load && $cur != -* ]]; then
		mapfile -t COMPREPLY < <(compgen -f -- "$cur")
		compopt -o filenames
		return
	fi
	case $verb in
	"") choices="show nic peer set monitor save load --json --pretty --version --help" ;;
	nic) choices="add del" ;;
	peer) choices="add set del" ;;
	*) choices=$(_mplink_choices "$verb" "$prev" "$first") ;;
	esac
	mapfile -t COMPREPLY < <(compgen -W "$choices --help" -- "$cur")
	__ltrim_colon_completions "$cur"
}

complete -F _mplink mplink
