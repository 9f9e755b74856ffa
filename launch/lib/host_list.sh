# shellcheck shell=bash
# Reads the hosts of launch/hosts and their numbers of ranks, from the command line or from a file in Open
# MPI's format.

hosts=()               # their names, in the order of their ranks
declare -A ranks_on=() # the number of ranks on each

# read_hosts HOST[:RANKS],... adds hosts. A host without a number has one rank.
read_hosts() {
  local item
  for item in ${1//,/ }; do
    case $item in
      *:*) add_host -H "${item%%:*}" "${item#*:}" ;;
      *) add_host -H "$item" 1 ;;
    esac
  done
}

# read_hostfile FILE adds the hosts of a file, whose lines are "HOST [slots=RANKS]". "#" begins a comment.
read_hostfile() {
  [[ -r $1 ]] || usage_error "-f: there is no file $1, or it cannot be read"
  local number=0 line host option slots
  while read -r line || [[ $line ]]; do
    ((++number))
    read -r host line <<<"${line%%#*}" || true
    [[ $host ]] || continue
    slots=1
    for option in $line; do
      case $option in
        slots=*) slots=${option#*=} ;;
        max[_-]slots=*) ;;  # a limit for mpirun's own choice, which is not used here
        *) usage_error "$1:$number: '$option' is not understood; a line is HOST slots=RANKS" ;;
      esac
    done
    add_host "$1:$number" "$host" "$slots"
  done <"$1"
}

# add_host PLACE NAME RANKS. PLACE is where the name stands, for messages.
add_host() {
  [[ $2 =~ ^[A-Za-z0-9][A-Za-z0-9._-]*$ ]] ||
    usage_error "$1: '$2' is not the name or the IPv4 address of a host; a user name or a port belongs in ~/.ssh/config"
  [[ $3 =~ ^[1-9][0-9]{0,3}$ ]] || usage_error "$1: $2 takes from 1 to 9999 ranks, not '$3'"
  [[ ! ${ranks_on[$2]:-} ]] || usage_error "$1: $2 is named twice; for several ranks on it, write $2:RANKS after -H, or slots=RANKS in a file"
  hosts+=("$2")
  ranks_on[$2]=$3
}
