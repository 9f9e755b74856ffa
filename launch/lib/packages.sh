# shellcheck shell=bash
# Debian packages from lists.

# install_packages LIST...: installs what is missing, as root or through sudo, or
# prints the command that does and exits 2. Says nothing when nothing is missing.
install_packages() {
  local wanted missing
  mapfile -t wanted < <(sed 's/#.*//' "$@" | grep -o '[^[:space:]]\+')
  if ! command -v dpkg-query >/dev/null; then
    say "not a Debian system: going on in the hope that all of $* is there"
    return
  fi
  mapfile -t missing < <(missing_packages "${wanted[@]}")
  ((${#missing[@]})) || return 0

  say "${#missing[@]} packages are missing: ${missing[*]}"
  local install=(apt-get install -y --no-install-recommends "${missing[@]}")
  if ! may_be_root; then
    say "installing them takes root. Run:"
    say "  sudo apt-get update && sudo ${install[*]}"
    exit 2
  fi
  as_root apt-get update || say "apt-get update failed; trying to install all the same"
  as_root env DEBIAN_FRONTEND=noninteractive "${install[@]}"
}

# Those of the named packages that are not installed, one a line.
missing_packages() {
  local package state
  declare -A installed=()
  while read -r package state; do
    [[ $state == installed ]] && installed[$package]=1
  done < <(dpkg-query -W -f='${Package} ${db:Status-Status}\n' "$@" 2>/dev/null)
  for package in "$@"; do
    [[ ${installed[$package]:-} ]] || echo "$package"
  done
}

# sudo may ask for a password, but only on a terminal.
may_be_root() {
  ((EUID == 0)) && return
  command -v sudo >/dev/null || return
  if [[ -t 0 && -t 2 ]]; then sudo -v; else sudo -n true 2>/dev/null; fi
}

as_root() {
  if ((EUID == 0)); then "$@"; else sudo "$@"; fi </dev/null
}
