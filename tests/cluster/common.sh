# shellcheck shell=bash
# What the tests of this folder source first, with `set -euo pipefail` in force.
tests=$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")" && pwd)
commands=$(cd -- "$tests/../../cluster" && pwd)

# fail MESSAGE [LOG-FILE...] ends the test.
fail() {
  echo "FAILED: $1"
  local log
  for log in "${@:2}"; do
    echo "---- $log"
    tail -n 40 "$log" || :
  done
  exit 1
}

# Limits are for what never comes. They are times that are long enough where nothing else runs, multiplied by
# this: beside other tests on a slow machine, everything takes several times as long.
slowness=4

# waits_for SECONDS COMMAND... waits until the command succeeds. It fails at the limit.
waits_for() {
  local end=$((SECONDS + slowness * $1))
  until "${@:2}"; do
    ((SECONDS < end)) || return 1
    sleep 0.2
  done
}

# cluster COMMAND ARGUMENT... runs one of the commands in cluster/. Only these processes, and
# those that they start, have the variable, so that leftovers knows them. A command that hangs
# is ended, so that the test can say which one it was.
cluster() {
  LOCKSTEP_CLUSTER=$folder timeout --kill-after=5 $((slowness * 30)) "$commands/$1" "${@:2}"
}

# new_folder sets `folder` for a cluster that ends with the test. The test is skipped (exit
# code 77) if this machine cannot hold a cluster.
new_folder() {
  local reason
  if ! reason=$("$commands/up" --check 2>&1); then
    echo "This test is skipped: ${reason#up: }."
    exit 77
  fi
  folder=$(mktemp -d --suffix=-lockstep-cluster)
  trap 'cluster down' EXIT
}

# up NODES
up() { cluster up -n "$1" || fail "cluster/up fails" "$folder"/log/*; }

# Prints the numbers of all processes of the cluster.
processes() {
  grep -lzsxF "LOCKSTEP_CLUSTER=$folder" /proc/[0-9]*/environ | cut -d / -f 3 || :
}

# Prints everything that a cluster could leave on this machine, except its folder:
# processes, mounts, network links, and files in folders for shared memory and temporary files.
leftovers() {
  local process
  for process in $(processes); do
    echo "process $process: $(tr '\0' ' ' <"/proc/$process/cmdline" || :)"
  done
  grep -lsF "$folder" /proc/[0-9]*/mountinfo || :
  ip -o link | awk '{ print "link", $2 }'
  find /dev/shm /tmp -maxdepth 1 \( -name '*.head.*' -o -name '*.n[1-9].*' \) || :
}
