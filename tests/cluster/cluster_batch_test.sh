#!/bin/bash
# usage: cluster_batch_test.sh [CASE...]
#
# Submits launch/slurm.sbatch and launch/slurm-sweep.sbatch to a virtual cluster, disturbs the
# jobs, and compares the weights with those of an undisturbed run. It needs the programs of
# build/release. With KEEP=yes the cluster and the files of the jobs stay.
# shellcheck disable=SC2317  # the cases are called by name
set -euo pipefail
# shellcheck source=tests/cluster/common.sh
source "$(dirname -- "${BASH_SOURCE[0]}")/common.sh"
root=$(cd -- "$commands/.." && pwd)

# ---- the cluster
on_head() { cluster on head bash -c "$1" </dev/null; }
power_off() { cluster power-off "$1"; }
power_on() { cluster power-on "$1"; }
high=high  # a partition whose jobs preempt those of the default partition, which are requeued
# A folder that all nodes see, and one that each node has for itself.
work=$root/build/slurm-batch-test
own_folder=/tmp

# ---- the parts of a case

fail() {
  echo "FAILED: ${case_name:-start}: $*" >&2
  [[ -z ${job:-} ]] || sed 's/^/    /' "$place_of_case/slurm-$job.out" 2>/dev/null | grep -v 'epoch' >&2
  exit 1
}

# within SECONDS WHAT COMMAND... waits until the command succeeds.
within() { waits_for "$1" "${@:3}" || fail "in time: $2"; }

# submit [SBATCH-OPTION...] SCRIPT [ARGUMENT...] sets job. The round says where it runs.
submit() {
  job=$(on_head "cd '$place_of_case' && sbatch --parsable --cpus-per-task=1 $place $*") || fail "sbatch $*"
}

state() { on_head "squeue -h -t all -j $job -o %T" 2>/dev/null || true; }
is() { [[ $(state) == "$1" ]]; }
log() { cat "$place_of_case/slurm-$job.out" 2>/dev/null || true; }
says() { grep -qF -- "$1" <<<"$(log)"; }
expect() { says "$1" || fail "the log does not say: $1"; }
# Slurm makes a requeued job wait for two minutes, from the moment when all nodes have left it.
# start_now N [SECONDS] waits until start N of the job, counted from 0, and lets it be soon.
start_now() { within "${2:-60}" "restart $1 of the job" hurried "$1"; }
hurried() {
  local shown
  shown=$(on_head "scontrol -o show job $job") || return
  if [[ $shown == *"JobState=PENDING Reason=BeginTime"* ]]; then
    sleep 2  # a node refuses a job that it has ended in the same second
    on_head "scontrol update JobId=$job StartTime=now" >/dev/null 2>&1 || true
  fi
  [[ $shown =~ \ Restarts=([0-9]+) ]] && ((BASH_REMATCH[1] >= $1)) &&
    [[ $shown =~ \ JobState=(RUNNING|COMPLETED|FAILED) ]]
}
finishes() {
  within "${1:-90}" "the job finishes" eval 'is COMPLETED || is FAILED'
  is COMPLETED || fail "the job failed"
}
digest() { grep -ho '"weights_digest": "[0-9a-f]*"' "$1/summary.json"; }
same_weights() { [[ $(digest "$1") == "$expected" ]] || fail "the weights of $1 differ"; }
attempts() { (($(wc -l <"$1/attempts") == $2)) || fail "there were $(wc -l <"$1/attempts") attempts, not $2"; }

script=$root/launch/slurm.sbatch

# A project without the program, or with the stand-in that is given.
make_project() {
  mkdir -p "$place_of_case/project/build/release"
  cp -r "$root/launch" "$place_of_case/project"
  if (($#)); then
    printf '#!/bin/bash\n%s\n' "$1" >"$place_of_case/project/build/release/lockstep"
    chmod +x "$place_of_case/project/build/release/lockstep"
  fi
}

# ---- a training that is disturbed

# submit_stopping [SBATCH-OPTION...] SCRIPT [ARGUMENT...] submits a script of the folder "project", in which rank 0
# stops itself at step 1000. So what the case does comes before the end of training, however slow
# the machine is. Another rank takes rank 0 for lost after a minute, not after 20 s.
submit_stopping() {
  make_project "[[ ! -e '$place_of_case/stops' ]] || export LOCKSTEP_FAULT='0 1000 stop'
exec '$with_faults' \"\$@\""
  touch "$place_of_case/stops"
  submit "$@" --silence-limit 60
}
# Waits until rank 0 has stopped, whose process `rank_0` then is. What starts later does not stop.
await_stop() {
  within 60 "rank 0 stops" find_rank_0
  rm "$place_of_case/stops"
}
find_rank_0() {
  rank_0=$(ranks_of_case --runstates T)
  [[ $rank_0 ]]
}
# ranks_of_case [PGREP-OPTION...] prints the processes of ranks.
ranks_of_case() {
  local rank
  for rank in $(pgrep "$@" --exact lockstep_with_f); do
    [[ ! /proc/$rank/cwd -ef $place_of_case ]] || echo "$rank"
  done
}
# signal NAME lets scancel signal the ranks. Unlike Slurm's own signals, it comes without the SIGCONT that
# wakes rank 0.
signal() {
  on_head "scancel --signal=$1 $job"
  within 20 "a signal for rank 0" is_pending "$1"
  kill -CONT "$rank_0"
}
is_pending() {
  local mask
  mask=$(sed -n 's/^ShdPnd:[[:space:]]*//p' "/proc/$rank_0/status")
  (((0x$mask >> ($(kill -l "$1") - 1)) & 1))
}

# ---- the cases

requeue() {
  submit_stopping project/launch/slurm.sbatch job.textproto
  local run=$place_of_case/runs/job-slurm-$job
  await_stop
  on_head "scontrol requeue $job"
  start_now 1
  finishes
  expect "Slurm ends this job at step"
  expect "attempt 2 of job $job"
  attempts "$run" 2
  same_weights "$run"
}

preemption() {
  submit_stopping project/launch/slurm.sbatch job.textproto
  local run=$place_of_case/runs/job-slurm-$job
  await_stop
  on_head "cd '$place_of_case' && sbatch -p $high $place --exclusive -o /dev/null --wrap 'sleep 1'" >/dev/null
  start_now 1
  finishes
  attempts "$run" 2
  same_weights "$run"
}

# A preemption with a time of grace: the ranks get SIGTERM, and the script is not told.
grace() {
  submit_stopping project/launch/slurm.sbatch job.textproto
  local run=$place_of_case/runs/job-slurm-$job
  await_stop
  signal TERM
  start_now 1
  finishes
  expect "Slurm requeues this job"
  attempts "$run" 2
  same_weights "$run"
}

cancel() {
  submit_stopping project/launch/slurm.sbatch job.textproto --run-dir chosen
  await_stop
  on_head "scancel $job"
  within 40 "the job ends" is CANCELLED
  expect "After scancel nothing follows"
  grep -q '"stop_reason": "interrupted"' "$place_of_case/chosen/summary.json" || fail "the run was not saved"
  attempts "$place_of_case/chosen" 1
  # Submitted again with the same folder, the run continues.
  submit "$script" job.textproto --run-dir chosen
  finishes
  same_weights "$place_of_case/chosen"
}

# The rank stands still until Slurm sends its signal, together with a SIGCONT. Attempt 2 may be
# interrupted, too. Slurm looks at jobs every 30 s and signals those that could pass the time before
# the next look, so the signal comes 60 to 90 s after the start: with a limit of one minute it may
# come before there are ranks to receive it.
time_limit() {
  submit_stopping --time=2 --signal=USR1@30 project/launch/slurm.sbatch job.textproto
  local run=$place_of_case/runs/job-slurm-$job
  start_now 1 150
  within 90 "the job ends or waits" eval 'is COMPLETED || is PENDING'
  if is PENDING; then start_now 2; fi
  finishes
  expect "interrupted, saved at step"
  expect "attempt 2 follows"
  same_weights "$run"
}

# Without a signal before, the time limit ends everything. Slurm's SIGTERM comes with a SIGCONT, and
# so would another signal of a time limit to the ranks.
time_over() {
  submit_stopping --time=1 --signal=B:URG@1 project/launch/slurm.sbatch job.textproto
  local run=$place_of_case/runs/job-slurm-$job
  start_now 1 120
  finishes
  expect "the time limit was reached at step"
  attempts "$run" 2
  same_weights "$run"
}

# Another program holds the run directory, as rank 0 of an earlier start may do.
in_use() {
  mkdir "$place_of_case/chosen"
  on_head "exec flock -o '$place_of_case/chosen/lock' sleep 300" &
  local holder=$!
  within 20 "the lock is held" locked "$place_of_case/chosen/lock"
  submit "$script" job.textproto --run-dir chosen --set training.epochs=1
  within 60 "a refusal" says "the run directory is in use; the script waits"
  release "$place_of_case/chosen/lock"
  wait "$holder" || true
  finishes
}
locked() { [[ -e $1 ]] && ! flock -n "$1" true; }
# Ends the process that holds the lock: the kernel lists it by the inode of the file.
release() { kill "$(awk -v inode="$(stat -c %i "$1")" '$6 ~ ":" inode "$" { print $5 }' /proc/locks | head -n 1)"; }

attempts_limit() {
  submit_stopping --export=ALL,LOCKSTEP_MAX_ATTEMPTS=1 project/launch/slurm.sbatch job.textproto
  await_stop
  signal USR1
  within 40 "the job ends" is FAILED
  expect "this was attempt 1 of at most 1"
}

power_cut() {
  submit_stopping project/launch/slurm.sbatch job.textproto
  local run=$place_of_case/runs/job-slurm-$job
  await_stop
  power_off n3  # the node that runs the batch script
  on_head "scontrol update NodeName=n3 State=DOWN Reason=test"
  power_on n3
  on_head "scontrol update NodeName=n3 State=RESUME" 2>/dev/null || true
  start_now 1 90
  finishes
  attempts "$run" 2
  same_weights "$run"
}

# The allocation outlives a node.
lost_node() {
  submit_stopping --no-kill project/launch/slurm.sbatch job.textproto --keep-going
  local run=$place_of_case/runs/job-slurm-$job
  await_stop
  power_off n4
  kill -CONT "$rank_0"
  on_head "scontrol update NodeName=n4 State=DOWN Reason=test"
  finishes
  power_on n4
  on_head "scontrol update NodeName=n4 State=RESUME" 2>/dev/null || true
  expect "1 of 2 nodes did not answer; the run continues on n3"
  attempts "$run" 2
  same_weights "$run"
}

# As when a node is out of memory.
killed_rank() {
  submit_stopping project/launch/slurm.sbatch job.textproto --keep-going
  local run=$place_of_case/runs/job-slurm-$job
  await_stop
  kill -KILL "$(ranks_of_case | grep -vx "$rank_0")"
  kill -CONT "$rank_0"
  finishes
  expect "all nodes answer; the run continues with one rank less"
  attempts "$run" 2
  same_weights "$run"
}

no_program() {
  make_project
  submit project/launch/slurm.sbatch job.textproto
  within 30 "the job ends" is FAILED
  expect "project/build/release/lockstep is not built"
  [[ ! -e $place_of_case/runs ]] || fail "a run directory was made"
}

no_job_file() {
  submit "$script" absent.textproto
  within 30 "the job ends" is FAILED
  expect "there is no job file absent.textproto in $place_of_case"
}

no_project() {
  cp "$script" "$place_of_case/copy.sbatch"
  submit copy.sbatch job.textproto
  within 30 "the job ends" is FAILED
  expect "submit launch/slurm.sbatch itself"
  submit --export=ALL,LOCKSTEP_ROOT="$root" copy.sbatch job.textproto --set training.epochs=1
  finishes 60
}

no_pmix() {
  submit --export=ALL,LOCKSTEP_MPI=other "$script" job.textproto
  within 30 "the job ends" is FAILED
  expect "this Slurm cannot start MPI programs with --mpi=other; it knows:"
}

wrong_job() {
  echo 'name: 1' >"$place_of_case/wrong.textproto"
  submit "$script" wrong.textproto
  within 40 "the job ends" is FAILED
  expect "the run failed with exit code 2"
  [[ ! -e $place_of_case/runs/wrong-slurm-$job ]] || fail "an empty run directory stays"
}

unshared() {
  submit_stopping project/launch/slurm.sbatch job.textproto --run-dir "$own_folder/unshared"
  within 60 "a warning" says "unshared IS NOT SHARED: n2 does not see it"
  await_stop
  on_head "scontrol requeue $job"
  within 30 "the job is pending again" is PENDING
  on_head "scontrol update JobId=$job ReqNodeList=n3,n4"
  start_now 1
  within 60 "the job ends" is FAILED
  expect "unshared IS NOT ON n3"
}

# Without scontrol the continuation is a job of its own.
no_scontrol() {
  mkdir "$place_of_case/bin"
  ln -s /usr/bin/* "$place_of_case/bin"
  rm "$place_of_case/bin/scontrol"
  submit_stopping --export=ALL,PATH="$place_of_case/bin" project/launch/slurm.sbatch job.textproto
  local run=$place_of_case/runs/job-slurm-$job first=$job
  await_stop
  signal USR1
  within 40 "the job ends" is FAILED
  expect "the continuation is submitted as a new job"
  job=$(log | sed -n 's/^Submitted batch job //p')
  [[ $job ]] || fail "no job was submitted"
  finishes
  [[ ! -e $place_of_case/slurm-$job.out ]] || fail "the log is not appended"
  job=$first
  expect "attempt 2 of job $first"
  same_weights "$run"
}

# The stand-in is interrupted at once, every time.
no_gain() {
  # shellcheck disable=SC2016
  make_project 'for ((i = 1; i < $#; ++i)); do [[ ${!i} != --run-dir ]] || { ((++i)); dir=${!i}; }; done
[[ $SLURM_PROCID != 0 ]] || { echo "  \"state\": \"interrupted\"," >"$dir/new"; mv "$dir/new" "$dir/state.json"; exit 75; }
sleep 30'
  submit project/launch/slurm.sbatch job.textproto
  start_now 1
  within 40 "the job ends" is FAILED
  expect "two attempts in a row gained no step"
  attempts "$place_of_case/runs/job-slurm-$job" 2
}

sweep() {
  cat >"$place_of_case/sweep.textproto" <<'END'
name: "sweep" job: "job.textproto" set: "training.epochs=12" grid {}
parameter { name: "lambda" path: "regularization.l2_lambda" numbers { value: [0, 1] } }
metric: DEV_ERROR none {}
END
  submit "$root/launch/slurm-sweep.sbatch" sweep.textproto --run-dir undisturbed
  finishes
  submit_stopping project/launch/slurm-sweep.sbatch sweep.textproto
  local run=$place_of_case/runs/sweep-slurm-$job
  await_stop
  on_head "scontrol requeue $job"
  start_now 1
  finishes
  attempts "$run" 2
  cmp "$run/sweep.csv" "$place_of_case/undisturbed/sweep.csv" || fail "the tables differ"
}

# ---- all of them

# The cases of a line run side by side on the nodes of the line, those of the next line afterwards.
# A line that ends in "&" mostly waits, and may last until the end; "- CASE" waits for one case.
rounds=(
  "n1: time_limit time_over &"
  "n3,n4: power_cut &"
  "n2: no_program no_job_file no_pmix wrong_job no_gain in_use"
  "n2: killed_rank"
  "n2: cancel"
  "- power_cut"
  "n3,n4: lost_node"
  "n3,n4: preemption"
  "n3,n4: requeue grace"
  "n3,n4: sweep no_project no_scontrol"
  "- time_over"
  "n1,n2: unshared attempts_limit"
)
with_faults=$root/build/release/tests/system/lockstep_with_faults
for program in "$root/build/release/lockstep" "$with_faults"; do
  [[ -x $program ]] || fail "$program is not built"
done
new_folder
tidy() {
  [[ ${KEEP:-} != yes ]] || return
  cluster down
  rm -rf "$work"
}
rm -rf "$work"
mkdir -p "$work"
trap tidy EXIT
cluster up -n 4 -c 2
on_head 'scontrol update PartitionName=low GraceTime=0'  # a preempted job may be ended at once

# The four nodes share the cores of this machine.
export OMPI_MCA_mpi_yield_when_idle=1
cat >"$work/job.textproto" <<'END'
name: "slurm-batch"
data { train { synthetic { examples: 24000 teacher { features: 40 classes: 4 } } } split { dev { fraction: 0.1 } } }
network { layer { units: 128 } layer { units: 128 } output { units: 4 } }
optimizer { adam { learning_rate: 0.001 } }
training { batch_size: 240 shards: 12 epochs: 60 }
END

# begin CASE gives the case a folder of its own.
begin() {
  case_name=$1
  place_of_case=$work/$1
  mkdir -p "$place_of_case"
  cp "$work/job.textproto" "$place_of_case"
}

# on_nodes LIST lets submit use these nodes. Two ranks do not fit on one twice, but one rank does.
on_nodes() {
  case $1 in
    *,*) place="--nodelist=$1" ;;
    n1) place="--nodes=1 --nodelist=$1" ;;
    *) place="--nodes=1 --ntasks-per-node=2 --nodelist=$1" ;;
  esac
}

on_nodes n1,n2
begin undisturbed
submit "$script" job.textproto
finishes
expect "finished, exit code 0"
expected=$(digest "$place_of_case/runs/job-slurm-$job")
echo "undisturbed: $expected, $SECONDS s"

failed=()
declare -A pid=()
await() {
  local one
  for one; do
    wait "${pid[$one]}" || failed+=("$one")
    unset "pid[$one]"
  done
}
for round in "${rounds[@]}"; do
  if [[ $round == "- "* ]]; then
    [[ ! ${pid[${round#- }]:-} ]] || await "${round#- }"
    continue
  fi
  on_nodes "${round%%:*}"
  started=()
  for one in ${round#*:}; do
    [[ $one != "&" ]] || continue
    (($# == 0)) || [[ " $* " == *" $one "* ]] || continue
    (
      begin "$one"
      trap - EXIT
      "$one"
      echo "passed: $one, $SECONDS s"
    ) &
    pid[$one]=$!
    started+=("$one")
  done
  [[ $round == *"&" ]] || await "${started[@]}"
done
await "${!pid[@]}"
echo "failed: ${failed[*]:-nothing}; $SECONDS s"
((${#failed[@]} == 0))
