# shellcheck shell=bash
# Runs mpirun so that signals to the script let the ranks save and end. mpirun itself would kill the
# ranks a second after SIGTERM.

asked='' mpirun=''

# Makes SIGTERM, SIGINT, SIGHUP and SIGUSR1 to this script let the ranks save; asked is then not empty.
pass_on_signals() { trap ask_to_stop TERM INT HUP USR1; }

# run_ranks COMMAND... sets code to the exit code of COMMAND, which is mpirun with arguments. It is in a
# session of its own, so that Ctrl-C reaches only this script, and ends with it.
run_ranks() {
  setsid setpriv --pdeathsig TERM "$@" </dev/null &
  mpirun=$!
  [[ -z $asked ]] || forward_request  # it came before mpirun
  # A trap interrupts the wait.
  while true; do
    signalled='' code=0
    # shellcheck disable=SC2034  # code is for the script that sources this file
    wait "$mpirun" || code=$?
    [[ $signalled ]] || break
  done
  mpirun=''
  wait
}

# Handles a signal: the ranks save and end. At the second signal, mpirun ends them.
ask_to_stop() {
  signalled=yes
  if [[ ! $mpirun ]]; then
    asked=yes
  elif [[ $asked ]]; then
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
