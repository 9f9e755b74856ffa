# shellcheck shell=bash
# Functions about hosts, for scripts that run inside the rack.
# shellcheck source=cluster/lib/common.sh
source "$(dirname -- "${BASH_SOURCE[0]}")/common.sh"

subnet=10.88.0
address() { [[ $1 == head ]] && echo "$subnet.254" || echo "$subnet.${1#n}"; }

# Prints the names of the nodes, without the head, whether they run or not.
nodes() { for ((i = 1; i <= $(cat "$state/nodes"); ++i)); do echo "n$i"; done; }

# Prints the number of the process that holds a host; fails if the host is off. /run belongs
# to the rack and vanishes with it.
host_pid() {
  local pid
  pid=$(cat "/run/hosts/$1" 2>/dev/null) || return 1
  is_process "$pid" "$lib/host" "$1" && echo "$pid"
}

# need_known HOST ends the script if the cluster has no such host.
need_known() {
  [[ $1 == head || ${1#n} -le $(cat "$state/nodes") ]] ||
    fail "there is no host $1; the cluster has head and $(nodes | paste -sd ' ')"
}

# need_host HOST prints its process, or ends the script if the host is off or unknown.
need_host() {
  need_known "$1"
  host_pid "$1" || fail "$1 is off; cluster/power-on $1 starts it"
}

# in_host HOST COMMAND... runs a command on a host.
in_host() {
  local pid
  pid=$(need_host "$1") || return
  nsenter --target "$pid" --mount --uts --ipc --net \
    --pid="/proc/$pid/ns/pid_for_children" -- "${@:2}"
}

# private_folders gives the rack or a host its own empty /tmp, /run and /dev/shm. Of the
# old /tmp only the folders remain that $state/folders lists.
private_folders() {
  local folder
  mount -t tmpfs -o mode=1777 lockstep-shm /dev/shm
  mount -t tmpfs -o mode=755 lockstep-run /run
  mount -t tmpfs -o mode=1777 lockstep-tmp /mnt
  while read -r folder; do
    [[ $folder == /tmp/* ]] || continue
    mkdir -p "/mnt/${folder#/tmp/}"
    mount --bind "$folder" "/mnt/${folder#/tmp/}"
  done <"$state/folders"
  mount --move /mnt /tmp
}
