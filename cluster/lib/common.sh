# shellcheck shell=bash
# What every command in cluster/ sources first, with `set -euo pipefail` in force.
#
# All hosts live in the "rack": a process in namespaces of its own, whose death ends
# everything. The rack holds the network's bridge. Each host (head, n1, n2, ...) is a
# process in the rack with further namespaces. This file knows the rack from outside;
# lib/hosts.sh knows the hosts from inside the rack.
# shellcheck source=launch/lib/common.sh
source "$(dirname -- "${BASH_SOURCE[0]}")/../../launch/lib/common.sh"
lib=$root/cluster/lib

# Everything that the cluster writes. Nodes see this folder under the same path.
state=$(realpath -m -- "${LOCKSTEP_CLUSTER:-/tmp/lockstep-cluster}")
export LOCKSTEP_CLUSTER=$state

# fail MESSAGE ends the script with exit code 1.
fail() {
  say "$1"
  exit 1
}

need_root() { ((EUID == 0)) || fail "only root can use the virtual cluster"; }

# is_process PID WORD... succeeds if the process runs and its command line contains the words
# in this order. The words protect against a process number that now belongs to another.
is_process() {
  local pid=$1
  shift
  [[ -n $pid && " $(tr '\0' ' ' 2>/dev/null <"/proc/$pid/cmdline") " == *" $* "* ]]
}

# Prints the number of the process that holds the rack; fails if there is none.
rack_pid() {
  local pid
  pid=$(cat "$state/rack.pid" 2>/dev/null) || return 1
  is_process "$pid" "$lib/rack" "$state" && echo "$pid"
}

# in_rack COMMAND... replaces this shell by a command inside the rack. It does not inherit
# the lock, which a host would keep for ever.
in_rack() {
  local pid
  pid=$(rack_pid) || fail "there is no cluster in $state; cluster/up starts one"
  [[ -z ${lock_file:-} ]] || exec {lock_file}>&-
  exec nsenter --target "$pid" --mount --uts --ipc --net \
    --pid="/proc/$pid/ns/pid_for_children" -- "$@"
}

# lock waits until no other command starts or ends hosts of this cluster, and holds them off
# until this shell ends. It returns 1 if there is no folder of a cluster, and 2 after half a
# minute.
lock() {
  [[ -e $state/is-a-cluster ]] || return 1
  exec {lock_file}>>"$state/is-a-cluster"
  flock --timeout 30 "$lock_file" || return 2
  # cluster/down may have removed the folder in the meantime.
  [[ /proc/$$/fd/$lock_file -ef $state/is-a-cluster ]] || lock
}

# check_host HOST ends the script unless the name can be that of a host.
check_host() {
  [[ $1 == head || $1 =~ ^n[1-9][0-9]?$ ]] ||
    usage_error "a host is called head, n1, n2 and so on, not '$1'"
}

# help_or_arguments MINIMUM MESSAGE ARGUMENT... shows the help if the first argument asks
# for it, and ends the script if there are fewer arguments than MINIMUM.
help_or_arguments() {
  case ${3:-} in -h | --help) show_help && exit ;; esac
  (($# - 2 >= $1)) || usage_error "$2; see cluster/${0##*/} --help"
}
