#!/bin/bash
# usage: cluster_down_test.sh
# Whatever is killed, cluster/down leaves nothing of a virtual cluster on this machine.
set -euo pipefail
# shellcheck source=tests/cluster/common.sh
source "$(dirname -- "${BASH_SOURCE[0]}")/common.sh"
new_folder
leftovers >"$folder.before"
trap 'cluster down; rm -f "$folder".{before,after}' EXIT

# down_after CASE ends the cluster and compares the machine with its state before.
down_after() {
  local message
  message=$(cluster down 2>&1) || fail "cluster/down fails after $1: $message"
  [[ -z $message ]] || fail "cluster/down says after $1: $message"
  [[ ! -e $folder ]] || fail "$folder remains after $1"
  leftovers >"$folder.after"
  diff "$folder".{before,after} || fail "something remains after $1"
  echo "nothing remains after $1"
}

# kill_first_process SCRIPT ARGUMENT kills the first process of the rack or of a host.
kill_first_process() {
  local process
  for process in $(processes); do
    [[ $(tr '\0' ' ' <"/proc/$process/cmdline") != "/bin/bash $commands/lib/$1 $2 " ]] ||
      { kill -KILL "$process" && return; }
  done
  fail "there is no process $1 $2"
}

# start_jobs starts a job of Slurm and one of mpirun, which wait on both nodes.
start_jobs() {
  cluster on head sbatch --quiet -N 2 -D / -o /dev/null --wrap 'srun sleep 321'
  cluster mpirun -n 2 sleep 321 2>/dev/null &
  waits_for 10 all_sleep || fail "the jobs do not start" "$folder"/log/*
}
all_sleep() {
  [[ $(for process in $(processes); do
    tr '\0' ' ' <"/proc/$process/cmdline" && echo
  done 2>/dev/null | grep -cE '^(/usr/bin/)?sleep 321 $') == 4 ]]
}

down_after "no cluster at all"

up 2
start_jobs
down_after "jobs that were running"

up 2
start_jobs
cluster power-off n2
cluster power-on n2
kill_first_process host n1
down_after "a power cut and kill -9 of a node's first process"

up 2
kill_first_process rack "$folder"
! cluster up -n 2 2>/dev/null || fail "cluster/up forgets the files of a killed cluster"
down_after "kill -9 of the first process of all"

for seconds in 0.1 0.3 0.5 0.7; do
  LOCKSTEP_CLUSTER=$folder "$commands/up" -n 2 &
  sleep "$seconds"
  kill -KILL $! 2>/dev/null || :
  wait $! 2>/dev/null || :
  down_after "kill -9 of cluster/up after $seconds s"
done
