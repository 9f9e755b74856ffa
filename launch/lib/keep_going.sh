# shellcheck shell=bash
# What --keep-going does in launch/local and launch/hosts: it runs one command of Lockstep under mpirun,
# and when a rank dies, starts it again in the same run directory on what is left. docs/commands.md says
# how it looks from outside. The script that sources this file has two functions: set_launch sets the
# array launch, mpirun with its arguments for the layout, and reduce_layout chooses the layout of the next
# attempt, or returns 1 if nothing is left.
# shellcheck disable=SC2154  # root, program, ranks, threads and launch come from that script

# shellcheck source=launch/lib/attempts.sh
source "$root/launch/lib/attempts.sh"
# shellcheck source=launch/lib/run_ranks.sh
source "$root/launch/lib/run_ranks.sh"

# The seconds after which a silent rank is lost; empty for Lockstep's own default.
silence=''

# refuse_misplaced ARGUMENT... ends the script if one of its own options stands behind the job or the
# subcommand, whose arguments are Lockstep's.
refuse_misplaced() {
  local argument
  for argument in "$@"; do
    case $argument in
      --keep-going | --attempts | --attempts=*)
        usage_error "$argument goes before the job or the subcommand: launch/${0##*/} --keep-going [OPTION...] JOB [ARGUMENT...]"
        ;;
    esac
  done
}

# keep_going MOST COMMAND FILE [ARGUMENT...] ends the script with the exit code of the run. MOST is the
# largest number of attempts, COMMAND is train, sweep, crossval or recipe.
keep_going() {
  most=$1 command=$2 file=$3
  read_arguments "${@:4}"
  open_run_directory
  pass_on_signals
  idle=0
  for ((attempt = 1; ; ++attempt)); do
    steps_before=$(steps_done "$run_dir")
    say "attempt $attempt of at most $most: $ranks x $threads (ranks x threads), run directory $run_dir, from step $steps_before"
    run_attempt
    conclude
    resume=auto
    reduce_layout || leave "$code" "no host answers; to continue: --run-dir $run_dir --resume auto"
    stop_if_asked
  done
}

# Sets run_dir, resume, groups and silence from the user's arguments; the others go to rest.
read_arguments() {
  run_dir='' resume=never groups='' rest=()
  local name
  while (($#)); do
    name=${1%%=*}
    case $name in
      --run-dir | --resume | --groups | --silence-limit)
        if [[ $1 == *=* ]]; then
          keep_option "$name" "${1#*=}"
        else
          (($# > 1)) || usage_error "$1 needs a value"
          keep_option "$name" "$2"
          shift
        fi
        ;;
      *) rest+=("$1") ;;
    esac
    shift
  done
}

keep_option() {
  case $1 in
    --run-dir) run_dir=$2 ;;
    --resume) resume=$2 ;;
    --groups) groups=$2 ;;
    --silence-limit) silence=$2 ;;
  esac
}

# The directory must be known before the start, so that the next attempt can resume it.
open_run_directory() {
  made_directory=''
  [[ -z $run_dir ]] || return 0
  [[ $resume == never ]] || usage_error "--resume needs the --run-dir of the run to resume"
  [[ -r $file ]] || usage_error "there is no file $file"
  local name=${file##*/} number=1
  name=${name%.textproto}
  [[ $command != recipe && $command != crossval ]] || name+=-$command
  mkdir -p runs || exit 74
  until mkdir "runs/$name-$number" 2>/dev/null; do
    [[ -e runs/$name-$number ]] || { say "the directory runs/$name-$number cannot be made" && exit 74; }
    ((++number))
  done
  run_dir=runs/$name-$number
  made_directory=yes
}

# Sets code to mpirun's exit code.
run_attempt() {
  version=$(state_version "$run_dir")
  set_launch
  run_ranks "${launch[@]}" \
    "$program" "$command" "$file" --threads "$threads" --run-dir "$run_dir" --resume "$resume" \
    ${silence:+--silence-limit "$silence"} \
    ${groups:+--groups "$((groups < ranks ? groups : ranks))"} "${rest[@]}"
}

# Ends the script unless another attempt follows, and waits before that.
conclude() {
  local end why delay
  end=$(end_of_start "$run_dir" "$version" "$code")
  steps=$(steps_done "$run_dir")
  [[ $end != failed || $(state_version "$run_dir") == "$version" ]] || code=$(state_value "$run_dir" exit_code)
  why="a rank was lost (exit code $code)"
  case $end in
    finished) leave 0 "finished" ;;
    interrupted) leave 75 "interrupted, saved at step $steps" ;;
    failed)
      case $code in
        70 | 74 | 76) ;;
        *) leave "$code" "the run failed with exit code $code; another attempt would fail in the same way, so there is none" ;;
      esac
      ;;
    in_use)
      ((attempt > 1)) || leave 73 "the run directory is in use, so there is no further attempt"
      why="a rank of the attempt before still uses the run directory"
      ;;
    unstarted) code=70 ;;  # mpirun ended with 0
  esac
  stop_if_asked
  idle=$((steps > steps_before ? 0 : idle + 1))
  ((idle < 2)) || leave "$code" "two attempts in a row gained no step, so there is no further attempt"
  ((attempt < most)) || leave "$code" "this was attempt $attempt of at most $most (--attempts); to continue: --run-dir $run_dir --resume auto"
  delay=$(delay_after "$attempt")
  say "$why; the run is at step $steps and continues in $delay s"
  pause "$delay"
  stop_if_asked
}

stop_if_asked() { [[ -z $asked ]] || leave 75 "interrupted; the run is at step $steps"; }

# leave CODE MESSAGE ends the script.
leave() {
  say "$2"
  [[ -z $made_directory ]] || rmdir --ignore-fail-on-non-empty "$run_dir" 2>/dev/null || true
  exit "$1"
}
