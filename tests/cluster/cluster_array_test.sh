#!/bin/bash
# usage: cluster_array_test.sh PROGRAM
# On a virtual cluster: a sweep as a job array of 3 tasks on 2 nodes has the table of a single
# process, also when a task is interrupted.
set -euo pipefail
# shellcheck source=tests/cluster/common.sh
source "$(dirname -- "${BASH_SOURCE[0]}")/common.sh"
program=$(readlink -f -- "$1")
root=$(cd -- "$commands/.." && pwd)
new_folder
up 2

# All nodes see this folder.
cd "$folder/shared"
cp "$tests"/{job,sweep}.textproto .
on_head() { cluster on head "$@"; }

# A project whose program is interrupted once in each array, when it begins the last part. This task
# begins last, and Slurm gives it the number of the whole array, so that it must not requeue the job of
# this number.
mkdir -p project/build/release
cp -r "$root/launch" project
cat >project/build/release/lockstep <<END_OF_PROGRAM
#!/bin/bash
if [[ " \$* " =~ " --part "(3/3|2/2)" " ]] && mkdir "interrupted-\${BASH_REMATCH[1]%/*}"; then exit 75; fi
exec "$program" "\$@"
END_OF_PROGRAM
chmod +x project/build/release/lockstep

# submit OPTION... sets `array` to the number of the new array.
submit() {
  array=$(on_head sbatch --parsable --nodes=1 --ntasks=1 --cpus-per-task=1 "$@") || fail "sbatch $*"
}

# within SECONDS COMMAND... waits until the command succeeds.
within() {
  waits_for "$@" || fail "this still fails: ${*:2}" slurm-*.out
}

has_ended() { [[ -z $(on_head squeue -h -j "$array" -o %T 2>/dev/null) ]]; }

# finished PART
finished() { grep -qs '"state": "finished"' "$run/part-$1/state.json"; }

# Slurm makes a requeued task wait for two minutes.
task_3_runs_again() {
  on_head scontrol update JobId="${array}_3" StartTime=now >/dev/null 2>&1 || true
  grep -qs 'attempt 2 of' "$run/part-3/attempts"
}

# says FILE TEXT
says() { grep -qF -- "$2" "$1" || fail "$1 does not say: $2" "$1"; }

same_table() {
  "$program" sweep sweep.textproto --threads 1 --run-dir whole >whole.log 2>&1 ||
    fail "the sweep fails in a single process" whole.log
  submit --array=1-3 project/launch/slurm-sweep.sbatch sweep.textproto
  run=$PWD/runs/sweep-slurm-$array
  within 60 finished 1
  within 60 finished 2
  within 60 task_3_runs_again
  within 60 has_ended
  local name part
  for name in csv json txt; do
    cmp "$run/sweep.$name" "whole/sweep.$name" || fail "sweep.$name differs" slurm-*.out
  done
  for part in 1 2; do
    [[ $(wc -l <"$run/part-$part/attempts") == 1 ]] || fail "part $part was requeued" slurm-*.out
  done
  says "slurm-${array}_3.out" "interrupted, saved at step 0"
  says "slurm-${array}_3.out" "3 of 3 parts of the sweep have finished"
  [[ $(wc -l <"$run/attempts") == 1 ]] || fail "not exactly one task made the table" slurm-*.out
  says "slurm-${array}_1.out" "to make it by hand"
  echo "the sweep has the same table as an array of 3 tasks on 2 nodes"
}

# Without scontrol, the continuation of a task is a job of its own, which is no task of an array.
without_scontrol() {
  mkdir bin
  ln -s /usr/bin/* bin
  rm bin/scontrol
  submit --export=ALL,PATH="$PWD/bin" --array=1-2 project/launch/slurm-sweep.sbatch sweep.textproto
  run=$PWD/runs/sweep-slurm-$array
  within 60 grep -qs 'attempt 2 of' "$run/part-2/attempts"
  within 60 finished 2
  within 60 finished 1
  within 60 grep -qs '"state": "finished"' "$run/state.json"
  cmp "$run/sweep.csv" whole/sweep.csv || fail "sweep.csv differs" slurm-*.out
  says "slurm-${array}_2.out" "attempt 2 of job ${array}_2"
  echo "a task without scontrol continues as a job"
}

parts_are_counted_from_1() {
  submit --array=0-1 project/launch/slurm-sweep.sbatch sweep.textproto
  within 60 has_ended
  says "slurm-${array}_0.out" "submit with --array=1-N"
  submit --array=1-2 project/launch/slurm.sbatch job.textproto
  within 60 has_ended
  says "slurm-${array}_2.out" "a job array trains the parts of a sweep"
  echo "other arrays are refused"
}

same_table
without_scontrol
parts_are_counted_from_1
