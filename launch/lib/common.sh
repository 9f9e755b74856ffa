# shellcheck shell=bash
# What every script here starts with. Sourced, with `set -euo pipefail` in force.

# The project's top folder.
root=$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")/../.." && pwd)
# shellcheck disable=SC2034  # for the scripts that source this
program=$root/build/release/lockstep

# A closed stdin would hand descriptor 0 to the next file somebody opens.
{ : <&0; } 2>/dev/null || exec </dev/null

say() { printf '%s: %s\n' "${0##*/}" "$*" >&2; }

# usage_error MESSAGE: exit code 2, as the program itself has it.
usage_error() {
  say "$1"
  exit 2
}

# The comment at the top of the calling script is its help text.
show_help() { sed -n '2,/^[^#]/ { s/^# \{0,1\}//p }' "$0"; }

# shown FILE-UNDER-ROOT: as short as the current directory allows.
shown() { [[ $PWD == "$root" ]] && echo "$1" || echo "$root/$1"; }
