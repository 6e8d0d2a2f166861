#!/bin/bash
# The same policy bytes and inputs give the same verdict, whatever compiled the
# engine: digest.c is built by gcc and clang, at -O0 and -O3, and has to print
# the same line each time. Nothing of it is compiled while it runs: patterns
# have no JIT that could be on or off.
#
#     run.sh WORK [POLICIES]      builds below WORK, which is kept for next time
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
work=$1
policies=${2:-300}
first=

for compiler in gcc clang; do
	for level in O0 O3; do
		dir=$work/$compiler-$level
		mkdir -p "$dir"
		if ! { cmake -S "$here" -B "$dir" -G Ninja \
			-DCMAKE_C_COMPILER="$compiler" -DCMAKE_BUILD_TYPE=None \
			-DCMAKE_C_FLAGS="-$level" && cmake --build "$dir"; } \
			>"$dir/build.log" 2>&1; then
			tail -n 20 "$dir/build.log"
			exit 1
		fi
		line=$("$dir/digest" "$policies")
		printf '%-5s -%s  %s\n' "$compiler" "$level" "$line"
		if [ -n "$first" ] && [ "$line" != "$first" ]; then
			echo "these two do not judge alike"
			exit 1
		fi
		first=$line
	done
done
