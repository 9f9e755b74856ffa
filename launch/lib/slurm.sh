# shellcheck shell=bash
# What launch/slurm.sbatch and launch/slurm-sweep.sbatch do in a Slurm job: they run one
# command of Lockstep in a run directory that stays the same when Slurm starts the job
# again, and ask for the next start when the run was interrupted. docs/cluster.md says how
# it looks from outside.
# shellcheck disable=SC2154  # root and program come from common.sh

# shellcheck source=launch/lib/mpi.sh
source "$root/launch/lib/mpi.sh"
# shellcheck source=launch/lib/attempts.sh
source "$root/launch/lib/attempts.sh"
# shellcheck source=launch/lib/pause.sh
source "$root/launch/lib/pause.sh"

# Slurm's name for its copy of the script would tell the reader nothing.
say() { printf '%s: [%(%F %T)T] %s\n' "$script" -1 "$*" >&2; }

# slurm_run SCRIPT COMMAND FILE [ARGUMENT...] is all that a batch script does. SCRIPT is its
# file name, COMMAND is train or sweep, FILE is the job or the sweep.
slurm_run() {
  script=$1 command=$2
  shift 2
  (($#)) || usage_error "a $(kind) file is missing; usage: sbatch [SBATCH-OPTION...] launch/$script FILE [ARGUMENT...]"
  [[ ${SLURM_JOB_ID:-} ]] || usage_error "this script runs inside a Slurm job; submit it: sbatch launch/$script $1"
  file=$1
  restarts=${SLURM_RESTART_COUNT:-0}
  # The number of one task of an array can be that of the whole array, so this name is used instead.
  own_job=$SLURM_JOB_ID
  [[ ! ${SLURM_ARRAY_JOB_ID:-} ]] || own_job=${SLURM_ARRAY_JOB_ID}_$SLURM_ARRAY_TASK_ID
  chain=${LOCKSTEP_CHAIN:-$own_job}
  read_arguments "${@:2}"
  read_layout
  tell_mpi
  check_before_start
  open_run_directory
  check_nodes
  ended_by_slurm=''
  while true; do
    begin_attempt
    run_once
    conclude
  done
}

count() { (($1 == 1)) && echo "$1 $2" || echo "$1 $2s"; }

kind() { [[ $command == sweep ]] && echo sweep || echo job; }

# ---- what was asked for

# Sets run_dir, resume, threads, groups, part and keeps_going from the user's arguments; the others go
# to rest. With a part, run_dir is that of the part, in sweep_dir; `place` names it for a submission.
read_arguments() {
  run_dir='' resume='' threads='' groups='' part='' keeps_going='' rest=()
  while (($#)); do
    case $1 in
      --run-dir | --resume | --threads | --groups | --part)
        (($# > 1)) || usage_error "$1 needs a value"
        keep_option "$1" "$2"
        shift
        ;;
      --run-dir=* | --resume=* | --threads=* | --groups=* | --part=*) keep_option "${1%%=*}" "${1#*=}" ;;
      --keep-going) keeps_going=yes ;;
      *) rest+=("$1") ;;
    esac
    shift
  done
  run_dir_is_given=${run_dir:+yes}
  # A later job of a chain has another number, and the same directory.
  : "${run_dir:=${LOCKSTEP_RUN_DIR:-}}"
  if [[ -z $run_dir ]]; then
    local name=${file##*/}
    run_dir=runs/${name%.textproto}-slurm-${SLURM_ARRAY_JOB_ID:-$SLURM_JOB_ID}
  fi
  [[ $run_dir == /* ]] || run_dir=$PWD/$run_dir
  place="--run-dir $run_dir"
  sweep_dir='' part_options=() collects=''
  take_part
}

# In a job array, each task trains a part of a sweep in a folder of its own.
take_part() {
  if [[ ${SLURM_ARRAY_JOB_ID:-} && ! $part ]]; then
    [[ $command == sweep ]] || usage_error "a job array trains the parts of a sweep; submit launch/slurm-sweep.sbatch, or one job without --array"
    if ((SLURM_ARRAY_TASK_MIN != 1 || SLURM_ARRAY_TASK_MAX != SLURM_ARRAY_TASK_COUNT)); then
      usage_error "the tasks of the array are the parts of the sweep, from 1: submit with --array=1-N for N parts; to train one part again, submit without --array and with the arguments --part I/N --run-dir DIR"
    fi
    part=$SLURM_ARRAY_TASK_ID/$SLURM_ARRAY_TASK_COUNT
  fi
  [[ $part ]] || return 0
  [[ $part =~ ^[0-9]+/[0-9]+$ ]] || usage_error "--part $part is not a part of a sweep; --part 2/3 is the second of three parts"
  sweep_dir=$run_dir
  run_dir=$sweep_dir/part-${part%/*}
  place+=" --part $part"
  part_options=(--part "$part")
}

keep_option() {
  case $1 in
    --run-dir) run_dir=$2 ;;
    --resume) resume=$2 ;;
    --threads) threads=$2 ;;
    --groups) groups=$2 ;;
    --part) part=$2 ;;
  esac
}

# Slurm decides the layout: one rank for each task, one thread for each CPU of a task.
read_layout() {
  cpus_per_task=${SLURM_CPUS_PER_TASK:-1}
  : "${threads:=$cpus_per_task}"
  nodes=${SLURM_JOB_NUM_NODES:-1}
  ranks=${SLURM_NTASKS:-1}
  node_list=${SLURM_JOB_NODELIST:-$(hostname)}
  step_size=()
  # SLURM_TASKS_PER_NODE is a list such as 4(x2),3.
  local part
  ranks_on_a_node=0
  for part in ${SLURM_TASKS_PER_NODE//,/ }; do
    part=${part%%(*}
    ((part <= ranks_on_a_node)) || ranks_on_a_node=$part
  done
  # The ranks of a node exchange through its memory, so a trial in one node is fastest.
  if [[ $command == sweep ]]; then : "${groups:=$nodes}"; fi
}

# Exports what Open MPI reads. Variables that are set already win.
tell_mpi() {
  mpi=${LOCKSTEP_MPI:-pmix}
  local cores
  cores=$(usable_cores)
  mpi_environment "$ranks_on_a_node" "$cores"
  # PMIx's shared-memory store fails where tasks of two nodes share a /tmp.
  export PMIX_MCA_gds=${PMIX_MCA_gds:-hash}
  # With Slurm's default fence, ranks of three and more nodes sometimes crash in MPI_Init, because
  # one sends before another is ready.
  export SLURM_PMIX_FENCE=${SLURM_PMIX_FENCE:-tree}
  mpi_over_tcp
  ((ranks_on_a_node <= cores)) || mpi_yield
}

# ---- before the start

check_before_start() {
  [[ -r $file ]] || usage_error "there is no $(kind) file $file in $PWD on ${SLURMD_NODENAME:-$(hostname)}; paths are relative to the folder of sbatch"
  [[ -x $program ]] || usage_error "$program is not built; build it on a machine like the nodes: $root/launch/quickstart"
  local known
  # Some versions of Slurm write the list to stderr, with "srun:" before every line.
  known=$(srun --mpi=list 2>&1 | sed 's/^srun: *//; /types are/d; /available/d' | tr -s '[:space:]' ' ')
  # Some versions list pmix_v4 only as a version of pmix.
  if [[ " $known " != *" ${mpi%_v[0-9]*} "* ]]; then
    usage_error "this Slurm cannot start MPI programs with --mpi=$mpi; it knows:${known% }. Open MPI needs PMIx, so ask the administrator for Slurm's pmix plugin, or choose another kind with the variable LOCKSTEP_MPI"
  fi
}

# Refuses to lose a run, then makes the run directory.
open_run_directory() {
  if [[ ! -d $run_dir ]] && ((restarts > 0)) && [[ ${LOCKSTEP_START_AFRESH:-} != yes ]]; then
    say "THE RUN DIRECTORY $run_dir IS NOT ON $(hostname), although Slurm has started this job before (restart $restarts)."
    say "It probably lies on a disk of the earlier node, which the nodes do not share. Resubmit with --run-dir in a shared folder."
    say "To start again from nothing, create it and requeue the job: mkdir -p $run_dir && scontrol requeue $own_job; or submit with LOCKSTEP_START_AFRESH=yes"
    exit 66
  fi
  # Numbers of jobs begin again in a new cluster, so a directory that is there at the first start
  # may be another job's, and Lockstep refuses it unless the user has named it.
  local again=
  if ((restarts > 0)) || [[ ${LOCKSTEP_CHAIN:-} ]]; then again=yes; fi
  if [[ $again ]]; then
    resume=auto
  elif [[ $run_dir_is_given ]]; then
    : "${resume:=auto}"
  else
    : "${resume:=never}"
  fi
  mkdir -p "$run_dir" || exit 74
  attempt=1
  if [[ $again && -e $run_dir/attempts ]]; then
    attempt=$(($(grep -c " of job $chain " "$run_dir/attempts" || true) + 1))
  fi
  touch "$run_dir/attempts" || exit 74
}

# Notes the attempt in the run directory.
begin_attempt() {
  steps_before=$(steps_done "$run_dir")
  printf '%(%F %T)T attempt %s of job %s as job %s on %s from step %s\n' -1 "$attempt" "$chain" \
    "$SLURM_JOB_ID" "$node_list" "$steps_before" >>"$run_dir/attempts" || exit 74
  say "attempt $attempt of job $chain, on $node_list: $(count "$ranks" rank) x $(count "$threads" thread), run directory $run_dir, from step $steps_before"
}

# Each node says what it does not see.
check_nodes() {
  local lost node
  # shellcheck disable=SC2016  # expanded on the nodes
  lost=$(srun --mpi=none --nodes="$nodes" --ntasks="$nodes" --ntasks-per-node=1 --cpus-per-task=1 \
    bash -c 'see() { [ "$1" "$3" ] || echo "$2 ${SLURMD_NODENAME:-$(hostname)}"; }
      see -x program "$1"; see -r file "$2"; see -e run_dir "$3"' \
    check "$program" "$file" "$run_dir/attempts") || say "not every node could be asked what it sees"
  node=$(awk '$1 == "program" { print $2 }' <<<"$lost" | sort | paste -sd ' ')
  [[ -z $node ]] || refuse "$program is missing on $node; the project must lie in a folder that all nodes see under the same path"
  node=$(awk '$1 == "file" { print $2 }' <<<"$lost" | sort | paste -sd ' ')
  [[ -z $node ]] || refuse "the $(kind) file $file is missing in $PWD on $node; it must lie in a folder that all nodes see under the same path"
  node=$(awk '$1 == "run_dir" { print $2 }' <<<"$lost" | sort | paste -sd ' ')
  if [[ $node ]]; then
    say "THE RUN DIRECTORY $run_dir IS NOT SHARED: $node does not see it."
    say "The run cannot be resumed when Slurm starts this job again on other nodes. Choose a shared folder with --run-dir."
  fi
}

refuse() {
  forget_empty_directory
  usage_error "$1"
}

# Removes the run directory if nothing but this script has written to it.
forget_empty_directory() {
  [[ $(ls -A "$run_dir") != attempts ]] || { rm -f "$run_dir/attempts" && rmdir "$run_dir"; } || true
  [[ ! $sweep_dir ]] || rmdir --ignore-fail-on-non-empty "$sweep_dir" 2>/dev/null || true
}

# ---- the run

# Runs the ranks, again where the first try did not come to a run. Traps run while this shell waits,
# not while it runs srun.
run_once() {
  state_before=$(state_version "$run_dir")
  trap 'ended_by_slurm=yes; wake' TERM
  # For --signal=B:..., which reaches this shell alone.
  trap 'say "signal USR1: the ranks are asked to save and end"; scancel --signal=USR1 "$own_job" || true' USR1
  local unstarted=0 refused=0
  while true; do
    run_step
    [[ -z $ended_by_slurm ]] || return 0
    case $(end_of_attempt) in
      # An earlier start of this job may have left PMIx's socket on a node. It is named after the
      # step, so that the next step starts. srun's exit code is 0 after such a failure.
      unstarted)
        say "srun has not started the ranks (try $((++unstarted)) of 3); its message is above"
        ((unstarted < 3)) || return 0
        ;;
      # Rank 0 of an earlier start may still live on a node that Slurm has lost.
      in_use)
        ((++refused < 7)) || return 0
        say "the run directory is in use; the script waits 10 s and tries again (try $refused of 6)"
        pause 10
        ;;
      *) return 0 ;;
    esac
  done
}

# Sets code to srun's exit code.
run_step() {
  local pid
  # srun does not inherit -c from sbatch, and without --kill-on-bad-exit it leaves the
  # other ranks running when one fails.
  srun --mpi="$mpi" --cpus-per-task="$cpus_per_task" --kill-on-bad-exit=1 "${step_size[@]}" \
    "$program" "$command" "$file" --threads "$threads" --run-dir "$run_dir" --resume "$resume" \
    ${groups:+--groups "$((groups < ranks ? groups : ranks))"} "${part_options[@]}" "${rest[@]}" &
  pid=$!
  code=0
  wait "$pid" || code=$?
  while kill -0 "$pid" 2>/dev/null; do
    code=0
    wait "$pid" || code=$?
  done
}

# Prints how the attempt ended; see end_of_start.
end_of_attempt() { end_of_start "$run_dir" "$state_before" "$code"; }

# Ends the script, asks for another attempt, or returns when one follows in this job.
conclude() {
  local end steps
  end=$(end_of_attempt)
  steps=$(steps_done "$run_dir")
  if [[ $end == failed ]]; then
    [[ $(state_version "$run_dir") == "$state_before" ]] || code=$(state_value "$run_dir" exit_code)
    # These say that the job, its data or its training is wrong, on any node.
    case $code in
      70 | 74) [[ -n $ended_by_slurm ]] || stays_wrong || end=lost ;;
      76) end=stalled ;;
    esac
  elif [[ $end == killed && -z $ended_by_slurm ]] && ! stays_wrong; then
    end=lost
  fi
  if [[ $ended_by_slurm && $end != finished && $end != failed && $end != stalled ]] && time_is_over; then end=out_of_time; fi
  case $end in
    finished)
      say "finished, exit code $code"
      if collects_next; then return 0; fi
      exit "$code"
      ;;
    failed)
      say "the run failed with exit code $code; another attempt would fail in the same way, so there is none"
      forget_empty_directory
      exit "$code"
      ;;
    out_of_time) say "the time limit was reached at step $steps" ;;
    lost) say "a node or a rank was lost (exit code $code); the run is at step $steps" ;;
    stalled) say "the run stalled at step $steps: a rank was lost or stopped; its message is above" ;;
    interrupted | unstarted | in_use | killed)
      [[ -z $ended_by_slurm ]] || end_with_slurm "$steps"
      if [[ $end == in_use ]]; then
        say "the run directory $run_dir is still in use by the program that is named above, so there is no further attempt; end that program, and submit again with $place"
        exit 73
      fi
      if [[ $end == killed ]]; then
        say "srun ended with exit code $code at step $steps, and Lockstep has not said why (out of memory, or killed); there is no further attempt"
        say "to continue from the last checkpoint: scontrol requeue $own_job, or submit again with $place"
        exit "$code"
      fi
      [[ $end == unstarted ]] || say "interrupted, saved at step $steps"
      ;;
  esac
  if [[ $keeps_going && -z $ended_by_slurm && ($end == lost || $end == stalled) ]]; then
    continue_here "$steps"
  else
    continue_later "$steps"
  fi
}

# Succeeds if this job has trained the last part of its sweep that was left, and prepares the run that
# makes the table. Parts that finish at the same moment may all come here: the lock of the directory
# admits one after the other, and the table is the same.
collects_next() {
  [[ $part && ! $collects ]] || return
  local parts=() finished=0 number
  for ((number = 1; number <= ${part#*/}; ++number)); do
    parts+=("$sweep_dir/part-$number")
    [[ $(state_value "$sweep_dir/part-$number" state) != finished ]] || ((++finished))
  done
  say "$finished of $(count "${#parts[@]}" part) of the sweep have finished; the last one makes the table in $sweep_dir"
  if ((finished < ${#parts[@]})); then
    say "to make it by hand when all have finished: $program sweep $file --run-dir $sweep_dir --resume auto --collect ${parts[*]}"
    return 1
  fi
  collects=yes run_dir=$sweep_dir part_options=(--collect "${parts[@]}") resume=auto attempt=1
}

# end_with_slurm STEPS ends the script, because Slurm ends the job.
end_with_slurm() {
  say "Slurm ends this job at step $1 (its own message above says why). After scancel nothing follows; after a preemption, a lost node or scontrol requeue Slurm starts the job again by itself"
  exit 75
}

# Succeeds if another attempt would probably end as this one did. With --keep-going, one is made anyway.
stays_wrong() { [[ ! $keeps_going ]] && nodes_answer; }

# Succeeds if every node still runs a command.
nodes_answer() {
  timeout --kill-after=5 60 srun --mpi=none --nodes="$nodes" --ntasks="$nodes" \
    --ntasks-per-node=1 --cpus-per-task=1 true >/dev/null 2>&1
}

# Succeeds if the time limit ends this job. For this script, scancel looks the same.
time_is_over() { [[ $(squeue -h -j "$own_job" -o %r 2>/dev/null) == TimeLimit ]]; }

# continue_here STEPS sets the size of the next attempt: the nodes that are left, with as many ranks on
# each, or one rank less where all nodes are left.
continue_here() {
  check_gain "$1"
  local list count
  list=$(nodes_left)
  count=$(wc -w <<<"${list//,/ }")
  if ((count == 0)); then
    say "no node answers"
    continue_later "$1"
  fi
  if ((count < nodes)); then
    say "$((nodes - count)) of $nodes nodes did not answer; the run continues on $list"
    ranks=$((ranks * count / nodes))
    ((ranks > 0)) || ranks=1
  else
    ranks=$((ranks > 1 ? ranks - 1 : 1))
    say "all nodes answer; the run continues with one rank less"
  fi
  nodes=$((count < ranks ? count : ranks))
  list=$(cut -d , -f "1-$nodes" <<<"$list")
  # The CPUs of the lost step stay with it until Slurm has heard from all of its nodes.
  step_size=(--overlap --nodes="$nodes" --ntasks="$ranks" --ntasks-per-node="$ranks_on_a_node" --nodelist="$list")
  node_list=$list
  resume=auto
  pause "$(delay_after "$attempt")"
  [[ -z $ended_by_slurm ]] || end_with_slurm "$1"
  ((++attempt))
}

# Prints the nodes of this job that still run a command, separated by commas.
nodes_left() {
  local node
  for node in $(scontrol show hostnames "$SLURM_JOB_NODELIST"); do
    { ! timeout --kill-after=5 20 srun --mpi=none --nodes=1 --ntasks=1 --ntasks-per-node=1 \
      --cpus-per-task=1 --overlap --nodelist="$node" true >/dev/null 2>&1 || echo "$node"; } &
  done | sort | paste -sd ,
}

# check_gain STEPS ends the script if the attempts lead nowhere.
check_gain() {
  local most=${LOCKSTEP_MAX_ATTEMPTS:-100}
  if (($1 <= steps_before)) && idle_before; then
    say "two attempts in a row gained no step, so there is no further attempt; give the job more time (sbatch --time), or more seconds to save (--signal=USR1@SECONDS)"
    exit 75
  fi
  if ((attempt >= most)); then
    say "this was attempt $attempt of at most $most (LOCKSTEP_MAX_ATTEMPTS), so there is no further attempt; to continue, submit again with $place"
    exit 75
  fi
}

# continue_later STEPS asks Slurm for another attempt, unless the attempts lead nowhere.
continue_later() {
  check_gain "$1"
  local error
  # From here on, SIGTERM means that the requeueing has begun.
  trap '' TERM
  if ! command -v scontrol >/dev/null; then
    say "there is no scontrol on this node, so the continuation is submitted as a new job"
    submit_continuation
    exit 75
  fi
  say "attempt $((attempt + 1)) follows: Slurm requeues this job, and starts it in two minutes or later"
  if error=$(scontrol requeue "$own_job" 2>&1); then exit 75; fi
  # Slurm has requeued it meanwhile, as after a preemption with a time of grace.
  [[ $error != *pending* ]] || exit 75
  say "Slurm does not requeue this job ($error); to continue, submit again with $place"
  exit 75
}

# Succeeds if the attempt before this one gained no step either.
idle_before() {
  ((attempt > 1)) || return
  local before
  before=$(grep " of job $chain " "$run_dir/attempts" | tail -n 2 | head -n 1)
  [[ ${before##* } == "$steps_before" ]]
}

# Submits the same command as a job of its own. Its size is taken from this job; other options of
# sbatch are not known here.
submit_continuation() {
  local log limit
  # squeue has a wrong name for the log of a task of an array.
  log=$(readlink "/proc/$$/fd/1") && [[ -e $log ]] || log=
  limit=$(squeue -h -j "$own_job" -o %l 2>/dev/null) || limit=
  unset "${!SLURM_ARRAY_@}"  # the new job is no task of the array, and would inherit them
  LOCKSTEP_CHAIN=$chain LOCKSTEP_RUN_DIR=${sweep_dir:-$run_dir} sbatch --dependency="afterany:$own_job" \
    --job-name="${SLURM_JOB_NAME:-lockstep}" --nodes="$nodes" --ntasks="$SLURM_NTASKS" \
    ${SLURM_NTASKS_PER_NODE:+--ntasks-per-node="$SLURM_NTASKS_PER_NODE"} \
    --cpus-per-task="$cpus_per_task" --partition="$SLURM_JOB_PARTITION" ${limit:+--time="$limit"} \
    ${log:+--output="$log"} --chdir="$PWD" \
    "$root/launch/$script" "$file" --run-dir "${sweep_dir:-$run_dir}" --resume auto --threads "$threads" \
    ${groups:+--groups "$groups"} ${part:+--part "$part"} "${rest[@]}" >&2
}
