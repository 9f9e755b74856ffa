# shellcheck shell=bash
# Functions that install Debian packages from lists.

# install_packages LIST... installs the packages that are missing, as root or through sudo.
# Otherwise it prints the command that installs them and exits with 2. It prints nothing
# when nothing is missing.
install_packages() {
  local wanted missing
  mapfile -t wanted < <(sed 's/#.*//' "$@" | grep -o '[^[:space:]]\+')
  if ! command -v dpkg-query >/dev/null; then
    say "this is not a Debian system, so packages are not checked; see $* for what is needed"
    return
  fi
  mapfile -t missing < <(missing_packages "${wanted[@]}")
  ((${#missing[@]})) || return 0

  say "packages to install (${#missing[@]}): ${missing[*]}"
  local install=(apt-get install -y --no-install-recommends "${missing[@]}")
  if ! may_be_root; then
    say "only root can install them. Run:"
    say "  sudo apt-get update && sudo ${install[*]}"
    exit 2
  fi
  as_root apt-get update || say "apt-get update failed; trying to install the packages anyway"
  as_root env DEBIAN_FRONTEND=noninteractive "${install[@]}"
}

# Prints those of the named packages that are not installed, one on each line.
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

# Succeeds if this user is root or can use sudo. sudo may ask for a password, but only on a
# terminal.
may_be_root() {
  ((EUID == 0)) && return
  command -v sudo >/dev/null || return
  if [[ -t 0 && -t 2 ]]; then sudo -v; else sudo -n true 2>/dev/null; fi
}

as_root() {
  if ((EUID == 0)); then "$@"; else sudo "$@"; fi </dev/null
}
