#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# How tests/*/run build and run GoogleTest's programs; sourced by them.
#
#   gtest_build NAME SOURCE SANITIZERS   builds SOURCE with cmake in build/NAME
#   gtest_suite BINARY                   runs it
#   gtest_total                          prints "N passed, N failed"; status 1 if any did

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd) || exit 1
passed=0
failed=0
mkdir -p "$root/build"
# A filter in the environment must not leave tests out.
unset "${!GTEST_@}"
export ASAN_OPTIONS=detect_stack_use_after_return=1:strict_string_checks=1
export UBSAN_OPTIONS=print_stacktrace=1
export TSAN_OPTIONS=halt_on_error=1

gtest_build() {
	local dir=$root/build/$1

	if ! { cmake -S "$root/$2" -B "$dir" -DMPLINK_SANITIZE="$3" &&
		cmake --build "$dir" -j "$(nproc)"; } >"$dir.log" 2>&1; then
		cat "$dir.log"
		echo "$1: did not build"
		failed=$((failed + 1))
		return 1
	fi
}

# What gtest says it ran and lost; a crash is a failure like any other.
gtest_suite() {
	local json=$1.json status tests lost

	rm -f "$json"
	"$1" --gtest_brief=1 --gtest_output="json:$json"
	status=$?
	if [[ ! -s $json ]]; then
		echo "${1#"$root"/}: died with status $status"
		failed=$((failed + 1))
		return
	fi
	if ! read -r tests lost < <(python3 -c '
import json, sys
r = json.load(open(sys.argv[1]))
print(r["tests"] - r.get("disabled", 0), r["failures"] + r.get("errors", 0))' "$json") ||
		((tests == 0)); then
		echo "${1#"$root"/}: tested nothing, or does not say what"
		failed=$((failed + 1))
		return
	fi
	passed=$((passed + tests - lost))
	failed=$((failed + lost))
	# A leak is found after the last test.
	if ((status && !lost)); then
		echo "${1#"$root"/}: status $status"
		failed=$((failed + 1))
	fi
}

gtest_total() {
	echo "$passed passed, $failed failed"
	((failed == 0 && passed > 0))
}
