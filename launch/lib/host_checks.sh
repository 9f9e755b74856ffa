# shellcheck shell=bash
# Asks the hosts of launch/hosts, before any rank starts, whether they can take part. Hosts are asked over
# the program with which mpirun starts its daemons there, ssh unless Open MPI is told another one.
# shellcheck disable=SC2154  # root, program, mpirun_path, hosts and the folder answers come from launch/hosts

# The seconds that a host has for its answer. ssh itself gives up a host that is off after 5.
answer_seconds=15

# Sets agent and exports it for mpirun.
choose_agent() {
  local words
  words=$(mpi_parameter plm rsh plm_rsh_agent)
  read -ra agent <<<"${words%% : *}"  # "ssh : rsh" is ssh, or rsh where there is no ssh
  [[ ${agent[*]} ]] || agent=(ssh)
  # ssh must neither ask for a password nor wait for a host that is off.
  [[ ${agent[0]##*/} != ssh ]] || agent+=(-o BatchMode=yes -o ConnectTimeout=5)
  command -v "${agent[0]}" >/dev/null || usage_error "${agent[0]} is not installed; mpirun needs it to start ranks on other hosts"
  export OMPI_MCA_plm_rsh_agent="${agent[*]}"
}

# is_this_host NAME succeeds if mpirun would start ranks there without ssh.
is_this_host() {
  local address
  case $1 in localhost | "$(hostname)" | "$(hostname -s)") return 0 ;; esac
  address=$(getent ahostsv4 "$1" | awk '{ print $1; exit }')
  [[ $address == 127.0.0.1 || ($address && " $(hostname -I 2>/dev/null) " == *" $address "*) ]]
}

# on_host HOST COMMAND-LINE runs a command line there, with the input of this shell.
on_host() {
  if is_this_host "$1"; then
    timeout "$answer_seconds" bash -c "$2"
  else
    timeout "$answer_seconds" "${agent[@]}" "$1" "$2"
  fi
}

# ask HOST MARKER writes the answer of a host to $answers/HOST, and its errors to $answers/HOST.error. MARKER
# is described in host_answers.sh.
ask() {
  local words code=0
  words=$(printf ' %q' "$PWD" "$program" "$mpirun_path" "$input" "$output" "$2")
  cat "$root"/launch/lib/{mpi,ipv4,host_answers}.sh | on_host "$1" "bash -s --$words" \
    >"$answers/$1" 2>"$answers/$1.error" || code=$?
  ((code != 124)) || echo "no answer within $answer_seconds s" >"$answers/$1.error"
}

# ask_hosts INPUT OUTPUT asks all hosts at a time. INPUT is the file that the command reads, or empty. OUTPUT is the
# folder that it writes, or empty; then the first host is asked before the others, and makes a file there,
# the marker, for which the others look.
ask_hosts() {
  input=$1 output=$2 marker=''
  local host others=("${hosts[@]}")
  if [[ $output ]]; then
    ask "${hosts[0]}" make
    marker=$(answer_of "${hosts[0]}" marker)
    others=("${hosts[@]:1}")
  fi
  for host in "${others[@]}"; do ask "$host" "$marker" & done
  until wait; do :; done  # a trap interrupts it
}

# Removes the marker.
remove_marker() {
  [[ ! ${marker:-} ]] ||
    on_host "${hosts[0]}" "rm -f $(printf %q "$marker")" </dev/null >/dev/null 2>&1 || true
  marker=''
}

# answer_of HOST NAME prints what a host answered under a name.
answer_of() { sed -n "s/^lockstep-host: $2 \{0,1\}//p" "$answers/$1" 2>/dev/null || true; }

has_answered() { grep -qsx 'lockstep-host: end' "$answers/$1"; }

# hosts_with NAME ANSWER prints the hosts with just this answer; an empty ANSWER stands for
# nothing.
hosts_with() {
  local host
  for host in "${hosts[@]}"; do
    if has_answered "$host" && [[ $(answer_of "$host" "$1") == "$2" ]]; then echo "$host"; fi
  done | paste -sd ' '
}

# hosts_without NAME ANSWER prints the hosts that gave another answer than ANSWER.
hosts_without() {
  local host
  for host in "${hosts[@]}"; do
    if has_answered "$host" && [[ $(answer_of "$host" "$1") != "$2" ]]; then echo "$host"; fi
  done | paste -sd ' '
}

# Prints a sentence for everything that prevents the start.
troubles() {
  local host some
  for host in "${hosts[@]}"; do
    has_answered "$host" ||
      echo "$host does not answer over ${agent[0]##*/}: $(last_words "$host"); $(remedy_of_silence "$host")"
  done
  troubles_with_programs
  some=$(hosts_with folder '')
  [[ ! $some ]] ||
    echo "the folder $PWD, in which the ranks start, is missing on $some; start from a folder that all hosts have"
  some=$(hosts_with file '')
  [[ ! $some ]] ||
    echo "$input is missing in $PWD on $some; it must be under the same path on all hosts, in a shared folder or as a copy"
  if [[ $output && ! $marker ]] && has_answered "${hosts[0]}"; then
    echo "${hosts[0]} cannot write to $output, where the results are to be; choose another folder with --run-dir"
  fi
}

troubles_with_programs() {
  local host version digest some
  version=$("$mpirun_path" --version | head -n 1)
  for host in $(hosts_without mpi "$version"); do
    echo "$host has $(said_or_none "$host" mpi) at $mpirun_path, and this machine has $version; install the same version at the same path"
  done
  some=$(hosts_with program '')
  [[ ! $some ]] ||
    echo "$program is missing on $some; the project must lie under the same path on all hosts, in a shared folder or as a copy"
  digest=$(sha256sum <"$program" | cut -d ' ' -f 1)
  for host in $(hosts_without program "$digest"); do
    [[ ! $(answer_of "$host" program) ]] ||
      echo "$host has another build of $program than this machine; copy this machine's file to it"
  done
}

said_or_none() {
  local said
  said=$(answer_of "$1" "$2")
  echo "${said:-no Open MPI}"
}

last_words() {
  local words
  words=$(tail -n 1 "$answers/$1.error" | tr -d '\r')
  words=${words:-it gave no reason}
  echo "${words%.}"
}

remedy_of_silence() {
  case ${agent[0]##*/} in
    ssh) echo "\`ssh $1 true\` must work without a password; ssh-copy-id $1 installs your key there" ;;
    *) echo "\`${agent[*]} $1 true\` must work without a password" ;;
  esac
}

# Prints the hosts that do not see the marker.
unshared_on() { [[ ! $marker ]] || hosts_without marker "$marker"; }
