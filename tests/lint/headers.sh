#!/bin/bash
# Every header compiles alone: 0 when each one includes what it needs.
set -euo pipefail

root=$(cd "$(dirname "$0")/../.." && pwd)
if [ "${1-}" = --root ]; then
	root=$2
fi
cd "$root"

bad=0
n=0
while read -r header; do
	n=$((n + 1))
	if ! errors=$(echo "#include \"$header\"" | "${CC:-cc}" -x c -std=c11 \
		-D_GNU_SOURCE -I. -Wall -Wextra -Wno-unused-parameter \
		-Wno-unused-function -Werror -fsyntax-only - 2>&1); then
		echo "$header: does not compile alone"
		grep -m1 'error:' <<<"$errors" || true
		bad=$((bad + 1))
	fi
done < <(find rules proxy tests/support fuzz -name '*.h' 2>/dev/null | sort)
if [ $bad -gt 0 ]; then
	echo "$bad to mend"
	exit 1
fi
echo "$n headers compile alone"
