# shellcheck shell=bash
# Functions about IPv4 addresses.

# number_of ADDRESS prints an address as a number.
number_of() {
  local a b c d
  IFS=. read -r a b c d <<<"$1"
  echo $(((a << 24) + (b << 16) + (c << 8) + d))
}

# network_of ADDRESS/BITS prints its network: 10.0.0.0/24 for 10.0.0.7/24.
network_of() {
  local bits=${1#*/} number
  number=$(number_of "${1%/*}")
  number=$((number >> (32 - bits) << (32 - bits)))
  echo "$((number >> 24)).$((number >> 16 & 255)).$((number >> 8 & 255)).$((number & 255))/$bits"
}

# is_in_network ADDRESS NETWORK, as in is_in_network 10.0.0.7 10.0.0.0/24.
is_in_network() { [[ $(network_of "$1/${2#*/}") == $(network_of "$2") ]]; }
