# shellcheck shell=bash
# A pause of a script that a signal ends.

sleeper='' woken=''

# pause SECONDS waits that long, or until a trap calls wake; if one has called it before, not at all.
pause() {
  sleep "$1" &
  sleeper=$!
  [[ $woken ]] || wait "$sleeper" || true
  kill "$sleeper" 2>/dev/null || true
  sleeper=''
}

# For traps: a signal may come when pause has not begun to wait.
wake() {
  woken=yes
  [[ ! $sleeper ]] || kill "$sleeper" 2>/dev/null || true
}
