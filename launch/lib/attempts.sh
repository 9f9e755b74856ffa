# shellcheck shell=bash
# Functions of scripts that start a run more than once: they read where it stands, in the directory
# of a run, a sweep or a recipe. docs/results.md describes the files.

# state_version DIRECTORY prints what changes whenever state.json is replaced.
state_version() { stat -c '%i %y' "$1/state.json" 2>/dev/null || true; }

# state_value DIRECTORY NAME prints a value of state.json; nothing if there is none.
state_value() { sed -n "s/^ *\"$2\": \"\{0,1\}\([^\",]*\).*/\1/p" "$1/state.json" 2>/dev/null || true; }

# steps_done DIRECTORY prints the number of steps that the newest checkpoint holds; in a sweep or a
# recipe, the sum over its runs.
steps_done() {
  local latest sum=0 step
  for latest in "$1"/ckpt/latest "$1"/trials/*/ckpt/latest "$1"/run-*/ckpt/latest; do
    step=$(grep -os '[0-9]\+' "$latest" | head -n 1) || continue
    ((sum += 10#$step)) || true
  done
  echo "$sum"
}

# end_of_start DIRECTORY VERSION CODE prints how a start of Lockstep ended: finished, interrupted,
# failed, in_use, unstarted or killed. VERSION is the state_version before the start, CODE is the
# exit code of mpirun or srun. The first rank that ends makes them kill the others, so CODE says
# little: state.json decides, if this start has written it.
end_of_start() {
  local state=''
  [[ $(state_version "$1") == "$2" ]] || state=$(state_value "$1" state)
  case $state:$3 in
    *:73) echo in_use ;;
    finished:* | interrupted:* | failed:*) echo "$state" ;;
    starting:* | running:*) echo killed ;;
    # The start ended before the run directory was known.
    *:0) echo unstarted ;;
    *:75 | *:138 | *:143) echo interrupted ;;  # SIGUSR1 and SIGTERM end a program that is being loaded
    *:2 | *:65 | *:66 | *:70 | *:74 | *:76 | *:77) echo failed ;;
    *) echo killed ;;
  esac
}

# delay_after ATTEMPT prints the seconds between this attempt and the next one.
delay_after() { echo $(($1 < 7 ? 1 << ($1 - 1) : 60)); }
