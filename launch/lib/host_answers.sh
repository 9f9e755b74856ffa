# shellcheck shell=bash
# launch/hosts sends this file, after mpi.sh and ipv4.sh, to `bash -s` on every host. It prints a line for everything
# that the start depends on. A line begins with "lockstep-host:", because a login may print more.
# usage: bash -s -- FOLDER PROGRAM MPIRUN FILE RUN-DIRECTORY MARKER
#   FOLDER         the folder in which the ranks start
#   FILE           the job, or what the command reads, or empty
#   RUN-DIRECTORY  may be empty if the command writes none
#   MARKER         a file to look for, or "make" to make one near the run directory, or empty

tell() { echo "lockstep-host: $*"; }

# nearest_folder PATH prints the folder PATH, or the nearest one above it that exists.
nearest_folder() {
  local folder=$1
  [[ $folder == /* ]] || folder=$PWD/$folder
  until [[ -d $folder ]]; do folder=$(dirname -- "$folder"); done
  echo "$folder"
}

# Prints each IPv4 network of this host, its interface and the host's address in it.
networks() {
  local interface address
  ip -o -4 address show up scope global 2>/dev/null |
    while read -r _ interface _ address _; do
      [[ $(cat "/sys/class/net/$interface/operstate" 2>/dev/null) == down ]] ||
        echo "$(network_of "$address") $interface ${address%/*}"
    done
}

answer() {
  local program=$2 mpirun=$3 file=$4 run_dir=$5 marker=$6 version network
  tell cores "$(usable_cores)"
  ! may_use_all_cpus || tell all_cpus yes
  ! cd -- "$1" 2>/dev/null || tell folder yes
  [[ ! -x $program ]] || tell program "$(sha256sum <"$program" | cut -d ' ' -f 1)"
  [[ $file && ! -r $file ]] || tell file yes
  if [[ -x ${mpirun%/*}/orted ]] && version=$("$mpirun" --version 2>/dev/null); then
    tell mpi "${version%%$'\n'*}"
  fi
  networks | while read -r network; do tell network "$network"; done
  if [[ $marker == make ]]; then
    ! marker=$(mktemp "$(nearest_folder "$run_dir")/.lockstep-shared-XXXXXXXX" 2>/dev/null) || tell marker "$marker"
  elif [[ $marker && -e $marker ]]; then
    tell marker "$marker"
  fi
  tell end
}

answer "$@"
