#!/bin/bash
# usage: cluster_usage_test.sh
# Help and wrong usage of the commands in cluster/, which need neither root nor packages.
set -euo pipefail
# shellcheck source=tests/cluster/common.sh
source "$(dirname -- "${BASH_SOURCE[0]}")/common.sh"
folder=/nowhere

# refused TEXT COMMAND ARGUMENT... checks that the exit code is 2 and the message has TEXT.
refused() {
  local message code=0
  message=$(cluster "${@:2}" 2>&1) || code=$?
  ((code == 2)) || fail "cluster/${*:2} ends with exit code $code, not 2: $message"
  [[ $message == *"$1"* ]] || fail "cluster/${*:2} does not say '$1': $message"
}

for command in up down on link mpirun hosts power-off power-on; do
  [[ $(cluster "$command" --help) == *"usage: cluster/$command"* ]] || fail "$command --help"
done
refused "from 1 to 99, not '0'" up -n 0
refused "from 1 to 99, not 'two'" up -c two
refused "-n needs a value" up -n
refused "no folder '/nowhere'" up -s /nowhere
refused "no option '--nodes'" up --nodes 3
refused "no argument 'now'" down now
refused "a host and a command are needed" on n1
refused "n1, n2 and so on, not 'node1'" on node1 hostname
refused "a host is needed" power-off
refused "n1, n2 and so on, not 'all'" power-off all
refused "such as 100mbit, but not '1Gb'" link n1 1Gb
