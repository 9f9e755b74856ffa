# shellcheck shell=bash
# Every script in launch/ sources this file first, with `set -euo pipefail` in force.

# The project's top folder.
root=$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")/../.." && pwd)
# shellcheck disable=SC2034  # for the scripts that source this
program=$root/build/release/lockstep

# A closed stdin becomes /dev/null. Otherwise the next file that is opened would get
# descriptor 0.
[[ -e /proc/self/fd/0 ]] || exec </dev/null

say() { printf '%s: %s\n' "${0##*/}" "$*" >&2; }

# usage_error MESSAGE ends the script with exit code 2, the program's own code for wrong usage.
usage_error() {
  say "$1"
  exit 2
}

# The comment at the top of the calling script is its help text.
show_help() { sed -n '2,/^[^#]/ { s/^# \{0,1\}//p }' "$0"; }

# shown FILE-UNDER-ROOT prints the path as short as the current directory allows.
shown() { [[ $PWD == "$root" ]] && echo "$1" || echo "$root/$1"; }

# positive OPTION VALUE ends the script unless VALUE is a positive number.
positive() {
  [[ $2 =~ ^[1-9][0-9]{0,5}$ ]] || usage_error "$1 takes a whole number from 1 to 999999, not '$2'"
}
