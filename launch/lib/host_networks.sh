# shellcheck shell=bash
# What launch/hosts knows of the networks between the hosts, from their answers (host_checks.sh).
# shellcheck disable=SC2154  # root and hosts come from launch/hosts

# shellcheck source=launch/lib/ipv4.sh
source "$root/launch/lib/ipv4.sh"

# troubles_with_network NETWORK,... prints a sentence for each host that is in none of the networks. A network is an
# interface, or addresses such as 10.0.0.0/24.
troubles_with_network() {
  local host
  for host in "${hosts[@]}"; do
    # A host without the program ip does not know its networks.
    if [[ $(answer_of "$host" network) ]] && ! is_in_networks "$host" "$1"; then
      echo "$host is not in the network $1 (-i); it has $(networks_of "$host")"
    fi
  done
}

# is_in_networks HOST NETWORK,...
is_in_networks() {
  local wanted interface address
  while read -r _ interface address; do
    for wanted in ${2//,/ }; do
      if [[ $wanted == "$interface" ]] || { [[ $wanted == */* ]] && is_in_network "$address" "$wanted"; }; then
        return 0
      fi
    done
  done < <(answer_of "$1" network)
  return 1
}

# networks_of HOST prints its networks, as in "10.0.0.0/24 (eth0), 172.17.0.0/16 (docker0)".
networks_of() { answer_of "$1" network | awk '{ printf "%s%s (%s)", (NR > 1 ? ", " : ""), $1, $2 }'; }

# Says how to choose the network if a host has several and Open MPI is not told which.
advise_network() {
  local host
  for host in "${hosts[@]}"; do
    (($(answer_of "$host" network | wc -l) > 1)) || continue
    [[ ! $(mpi_parameter btl tcp btl_tcp_if_include) ]] || return 0
    say "$host has several networks: $(networks_of "$host"). If the ranks do not start, or are slow, name the one that connects the hosts$(for_example)."
    return
  done
}

# Prints ", as in -i NETWORK" for a network that all hosts have, if there is one.
for_example() {
  local host network
  while read -r network _; do
    for host in "${hosts[@]:1}"; do
      answer_of "$host" network | grep -q "^$network " || continue 2
    done
    echo ", as in -i $network"
    return
  done < <(answer_of "${hosts[0]}" network)
}
