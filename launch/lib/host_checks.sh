# shellcheck shell=bash
# Asks the hosts of launch/hosts, before any rank starts, whether they can take part. Hosts are asked over
# the program with which mpirun starts its daemons there, ssh unless Open MPI is told another one.
# shellcheck disable=SC2154  # root, program and hosts come from the script that sources this file

# The seconds that a host has for its answer. ssh itself gives up a host that is off after 5.
answer_seconds=15

# Sets agent and exports it for mpirun.
choose_agent() {
  local words
  words=${OMPI_MCA_plm_rsh_agent:-$(ompi_info --param plm rsh --level 9 --parsable 2>/dev/null |
    sed -n 's/^mca:plm:rsh:param:plm_rsh_agent:value:"\{0,1\}\([^":]*[^": ]\).*/\1/p')}
  read -ra agent <<<"${words:-ssh}"
  # ssh must neither ask for a password nor wait for a host that is off.
  [[ ${agent[0]##*/} != ssh ]] || agent+=(-o BatchMode=yes -o ConnectTimeout=5)
  command -v "${agent[0]}" >/dev/null || usage_error "${agent[0]} is not installed; mpirun needs it to start ranks on other hosts"
  export OMPI_MCA_plm_rsh_agent="${agent[*]}"
}

# is_this_host NAME succeeds if mpirun would start ranks there without ssh.
is_this_host() {
  local address
  case $1 in localhost | "$(hostname)" | "$(hostname -s)") return ;; esac
  address=$(getent ahostsv4 "$1" | awk '{ print $1; exit }')
  [[ $address == 127.* || ($address && " $(hostname -I 2>/dev/null) " == *" $address "*) ]]
}

# on_host HOST COMMAND-LINE runs a command line there, with the input of this shell.
on_host() {
  if is_this_host "$1"; then
    timeout "$answer_seconds" bash -c "$2"
  else
    timeout "$answer_seconds" "${agent[@]}" "$1" "$2"
  fi
}

# ask HOST MARKER writes the answer of a host to $answers/HOST, and its errors to $answers/HOST.error. FILE
# and others are those of ask_hosts.
ask() {
  local words code=0
  words=$(printf ' %q' "$PWD" "$program" "$mpirun_path" "$file" "$run_dir" "$2")
  cat "$root"/launch/lib/{mpi,host_answers}.sh | on_host "$1" "bash -s --$words" \
    >"$answers/$1" 2>"$answers/$1.error" || code=$?
  ((code != 124)) || echo "no answer within $answer_seconds s" >"$answers/$1.error"
}

# ask_hosts FILE RUN-DIRECTORY asks all hosts at a time, but the first one before the others if there is a
# run directory (RUN-DIRECTORY is not empty): it makes a file there for which the others look.
ask_hosts() {
  file=$1 run_dir=$2 marker=''
  local host others=("${hosts[@]}")
  if [[ $run_dir ]]; then
    ask "${hosts[0]}" make
    marker=$(answer_of "${hosts[0]}" marker)
    others=("${hosts[@]:1}")
  fi
  for host in "${others[@]}"; do ask "$host" "$marker" & done
  wait
}

# Removes the marker. The first host made it, so it can remove it.
remove_marker() {
  [[ ! ${marker:-} ]] || on_host "${hosts[0]}" "rm -f $(printf %q "$marker")" </dev/null >/dev/null 2>&1 || true
  marker=''
}

# answer_of HOST NAME prints the lines that a host told under a name.
answer_of() { sed -n "s/^lockstep-host: $2 \{0,1\}//p" "$answers/$1" 2>/dev/null || true; }

# has_answered HOST
has_answered() { grep -qsx 'lockstep-host: end' "$answers/$1"; }

# Prints a sentence for everything that prevents the start.
troubles() {
  local host digest version here
  here=$(sha256sum <"$program" | cut -d ' ' -f 1)
  version=$("$mpirun_path" --version | head -n 1)
  for host in "${hosts[@]}"; do
    if ! has_answered "$host"; then
      echo "$host does not answer over ${agent[0]##*/} ($(tail -n 1 "$answers/$host.error" | tr -d '\r')); $(remedy_of_silence "$host")"
      continue
    fi
    [[ $(answer_of "$host" mpi) == "$version" ]] ||
      echo "$host does not have the same Open MPI: $(or_nothing "$(answer_of "$host" mpi)"), and this machine has $mpirun_path, $version; install the same version at the same path"
    digest=$(answer_of "$host" program)
    if [[ ! $digest ]]; then
      echo "$host does not have $program; the project must lie under the same path on all hosts, in a shared folder or as a copy"
    elif [[ $digest != "$here" ]]; then
      echo "$host has another build of $program; copy this machine's file to it"
    fi
    [[ $(answer_of "$host" folder) ]] ||
      echo "$host does not have the folder $PWD, in which the ranks start; start from a folder that all hosts have"
    [[ $(answer_of "$host" file) ]] ||
      echo "$host does not have $file in $PWD; it must be under the same path on all hosts, in a shared folder or as a copy"
  done
  if [[ $run_dir && ! $marker ]] && has_answered "${hosts[0]}"; then
    echo "${hosts[0]} cannot write where the run directory $run_dir is to be; choose another folder with --run-dir"
  fi
}

or_nothing() { echo "${1:-it has none there}"; }

remedy_of_silence() {
  case ${agent[0]##*/} in
    ssh) echo "\`ssh $1 true\` must work without a password: ssh-copy-id $1 installs your key, and a first \`ssh $1\` by hand accepts the host's" ;;
    *) echo "\`${agent[*]} $1 true\` must work without a password" ;;
  esac
}

# Prints the hosts on which the run directory is not that of the first host.
unshared_on() {
  local host
  [[ $marker ]] || return 0
  for host in "${hosts[@]:1}"; do
    [[ $(answer_of "$host" marker) ]] || echo "$host"
  done
}
