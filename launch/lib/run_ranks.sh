# shellcheck shell=bash
# Runs mpirun so that signals to the script let the ranks save and end. mpirun itself would kill the
# ranks a second after SIGTERM.

# shellcheck source=launch/lib/pause.sh disable=SC2154  # root comes from the script that sources this file
source "$root/launch/lib/pause.sh"

asked='' mpirun=''

# The seconds after which an mpirun without any process below it counts as hanging.
mpirun_limit=${LOCKSTEP_MPIRUN_LIMIT:-20}
positive LOCKSTEP_MPIRUN_LIMIT "$mpirun_limit"

# Makes signals to this script let the ranks save; asked is then not empty.
pass_on_signals() { trap ask_to_stop TERM INT HUP USR1 USR2 XCPU; }

# reads_stdin ARGUMENT... succeeds if an argument names stdin. Otherwise mpirun must not have it: it would
# read what is meant for the next command of a loop.
reads_stdin() {
  local argument
  for argument in "$@"; do
    case $argument in - | --data=- | /dev/stdin | --data=/dev/stdin) return 0 ;; esac
  done
  return 1
}

# run_ranks COMMAND... sets code to the exit code of COMMAND, which is mpirun with arguments. It is in a
# session of its own, so that Ctrl-C reaches only this script, and ends with it.
run_ranks() {
  local watcher input
  if reads_stdin "$@"; then exec {input}<&0; else exec {input}</dev/null; fi
  setsid setpriv --pdeathsig TERM "$@" <&"$input" {input}<&- &
  mpirun=$!
  exec {input}<&-
  end_if_it_hangs "$mpirun" &
  watcher=$!
  [[ -z $asked ]] || forward_request  # it came before mpirun
  # A trap interrupts the wait.
  while true; do
    signalled='' code=0
    wait "$mpirun" 2>/dev/null || code=$?  # without the shell's own word on a signal that killed it
    [[ $signalled ]] || break
  done
  mpirun=''
  # SIGUSR1 ends a rank that is still being loaded, and mpirun before it has begun. Nothing is lost then.
  ((code != 138)) || [[ -z $asked ]] || code=75
  [[ $asked != twice ]] || code=130
  kill "$watcher" 2>/dev/null || true
  # shellcheck disable=SC2034  # code is for the script that sources this file
  wait "$watcher" || (($? != 76 || code != 137)) || code=76  # mpirun may have ended by itself meanwhile
  wait
}

# end_if_it_hangs PID kills an mpirun that waits although no rank is there, and then ends with 76. Open MPI
# 4.1.4 sometimes does not notice that a rank died in the first 30 ms.
end_if_it_hangs() {
  local alone=0 states
  command -v ps >/dev/null || return 0
  while kill -0 "$1" 2>/dev/null; do
    # A child that mpirun has not noticed stays as a zombie.
    states=$(ps -o state= --ppid "$1" | tr -d '\n') || true
    if [[ $states =~ ^Z*$ ]]; then ((++alone)); else alone=0; fi
    if ((alone > mpirun_limit)); then
      say "mpirun has had no process below it for $mpirun_limit s, and does not end: probably a rank died just after its start, which Open MPI 4.1 may miss. mpirun was ended (exit code 76); start again"
      trap '' TERM  # run_ranks ends this watcher as soon as mpirun is gone, but needs its code
      kill -KILL "$1" 2>/dev/null || true
      exit 76
    fi
    sleep 1 >/dev/null 2>&1
  done
}

# Handles a signal: the ranks save and end. At the second signal, mpirun ends them, and the code is 130.
ask_to_stop() {
  signalled=yes
  if [[ ! $mpirun ]]; then
    asked=yes
    wake
  elif [[ $asked ]]; then
    asked=twice
    kill -TERM "$mpirun" 2>/dev/null || true
  else
    asked=yes
    say "the ranks are asked to save and end"
    forward_request
  fi
}

# Asks the ranks to save and end, again and again: mpirun forwards a signal only to ranks that have
# begun.
forward_request() { while kill -USR1 "$mpirun" 2>/dev/null; do sleep 1; done & }
