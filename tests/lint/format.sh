#!/bin/bash
# Layout is clang-format's business and nobody else's: 0 when every C file is
# as .clang-format says. `tests/lint/format.sh --fix` makes it so.
set -euo pipefail

root=$(cd "$(dirname "$0")/../.." && pwd)
fix=no
case ${1-} in
--root) root=$2 ;;
--fix) fix=yes ;;
esac
cd "$root"

mapfile -t files < <(find rules proxy fuzz tests bench \
	\( -name node_modules -o -name corpus \) -prune -o \
	-name '*.[ch]' -print 2>/dev/null | sort)
if [ ${#files[@]} -eq 0 ]; then
	echo "found no C file under $root" >&2
	exit 1
fi
if [ $fix = yes ]; then
	exec clang-format -i "${files[@]}"
fi
bad=0
for file in "${files[@]}"; do
	if ! clang-format --dry-run -Werror "$file" >/dev/null 2>&1; then
		echo "$file: not laid out as .clang-format says"
		bad=$((bad + 1))
	fi
done
if [ $bad -gt 0 ]; then
	echo "$bad to mend: tests/lint/format.sh --fix"
	exit 1
fi
echo "${#files[@]} files are laid out as .clang-format says"
