# shellcheck shell=bash
# What the scripts that start ranks know of Lockstep's commands.

# is_parallel COMMAND succeeds if the command runs on several ranks.
is_parallel() {
  case $1 in
    train | verify | evaluate | importance | predict | diagnose | recipe | sweep | crossval | gradcheck | descent | flow | doctor) ;;
    *) return 1 ;;
  esac
}

# is_serial COMMAND succeeds if the command runs in one process, whatever the layout.
is_serial() {
  case $1 in
    init | inspect | export | preview | plan | slurm) ;;
    *) return 1 ;;
  esac
}

# is_command WORD succeeds if WORD is the name of a command.
is_command() { [[ $1 == check ]] || is_parallel "$1" || is_serial "$1"; }

# can_keep_going COMMAND ends the script if the command cannot be continued. Anything that is not a command
# is a job, which is trained.
can_keep_going() {
  case $1 in
    train | sweep | crossval | recipe) return 0 ;;
  esac
  if is_command "$1"; then
    usage_error "--keep-going is for train, sweep, crossval and recipe, not for $1"
  fi
}
