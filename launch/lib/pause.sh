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

# wake ends the pause and all later ones. Traps call it, because a signal may come before pause waits.
wake() {
  woken=yes
  [[ ! $sleeper ]] || kill "$sleeper" 2>/dev/null || true
}
