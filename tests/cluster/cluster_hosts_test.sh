#!/bin/bash
# usage: cluster_hosts_test.sh PROGRAM
# launch/hosts on a virtual cluster: it gives the bits of a single process, refuses hosts that cannot take
# part before any rank starts, saves on SIGTERM, and with --keep-going continues without a lost host.
set -euo pipefail
# shellcheck source=tests/cluster/common.sh
source "$(dirname -- "${BASH_SOURCE[0]}")/common.sh"
new_folder
# A copy of the project, so that a host can have another program. All hosts see it.
project=$(mktemp -d --suffix=-lockstep-project)
trap 'cluster down; rm -rf "$project"' EXIT
mkdir -p "$project/build/release"
cp -r "$tests/../../launch" "$tests/../../cluster" "$project"
program=$project/build/release/lockstep
cp "$1" "$program"
commands=$project/cluster
up 3
cd "$folder/shared"
cp "$tests/job.textproto" .
mkdir own

digest() { sed -n 's/.*"weights_digest": "\([0-9a-f]*\)".*/\1/p' "$1/summary.json"; }

# same_digest RUN-DIRECTORY LOG
same_digest() {
  [[ $(digest "$1") == "$expected" ]] ||
    fail "$1: the digest is $(digest "$1"), but $expected in a single process" "$2"
}

# hosts CODE LOG ARGUMENT... runs launch/hosts and checks its exit code.
hosts() {
  local code=0
  cluster hosts "${@:3}" >"$2" 2>&1 || code=$?
  ((code == $1)) || fail "launch/hosts ${*:3} ends with exit code $code, not $1" "$2"
}

# says TEXT LOG
says() { grep -qF -- "$1" "$2" || fail "launch/hosts does not say '$1'" "$2"; }

# refused TEXT ARGUMENT... checks that the exit code is 2, that the message has TEXT, and that no rank has
# made a run directory.
refused() {
  hosts 2 refused.log "${@:2}"
  says "$1" refused.log
  ! grep -q '^files in' refused.log || fail "ranks have started" refused.log
}

same_bits_on_three_hosts() {
  "$program" train job.textproto --threads 1 --run-dir single >single.log 2>&1 ||
    fail "a single process fails" single.log
  expected=$(digest single)
  [[ $expected ]] || fail "summary.json of a single process has no digest" single/summary.json
  hosts 0 three.log -H n1,n2:2,n3 -t 1 job.textproto --run-dir three
  says '4 ranks x 1 thread' three.log
  says '3 hosts' three.log
  says 'launch/hosts -H n1:1,n2:2,n3:1 -t 1 train three/job.textproto --run-dir three --resume auto' three.log
  same_digest three three.log
  # A file, and this machine among the hosts, which then has rank 0.
  printf '# nodes\nn2 slots=1 max_slots=4 # one\n\nhead\n' >hostfile
  hosts 0 two.log -f hostfile -i 10.88.0.0/24 -t 1 job.textproto --run-dir two
  says 'the hosts are head:1,n2:1' two.log
  same_digest two two.log
  hosts 0 check.log -H n1:2,n2 -t 3 check job.textproto
  says '3 ranks x 3 threads' check.log
  ! compgen -G '.lockstep-shared-*' || fail "a marker is left"
  echo "3 hosts give the digest $expected of a single process"
}

# on NODE COMMAND... changes what a node sees; mounts of a node are its own.
on() { cluster on "$@"; }

wrong_hosts_are_refused() {
  cp "$program" other
  echo >>other
  on n2 mount --bind "$PWD/other" "$program"
  on n3 mount --bind "$PWD/own" "${program%/*}"
  refused "n2 has another build of $program" -H n1,n2,n3 job.textproto
  says "$program is missing on n3; the project must lie under the same path" refused.log
  on n2 umount "$program"
  on n3 umount "${program%/*}"

  # n3 has a folder of its own where the others share one.
  mkdir jobs
  cp job.textproto jobs
  on n3 mount --bind "$PWD/own" "$PWD/jobs"
  refused "jobs/job.textproto is missing in $PWD on n3" -H n1,n2,n3 jobs/job.textproto
  refused "NOT SHARED: n3 does not see what n1 writes" -H n1,n3 --keep-going job.textproto --run-dir jobs/run
  says '--keep-going needs a folder that all hosts' refused.log
  hosts 0 unshared.log -H n1,n3 -t 1 job.textproto --run-dir jobs/run
  says 'THE RUN DIRECTORY jobs/run IS NOT SHARED: n3 does not see what n1 writes there.' unshared.log

  SLURM_JOB_ID=7 refused "this shell belongs to Slurm's job 7" -H n1 job.textproto
  refused "n2 is not in the network 10.99.0.0/24 (-i); it has 10.88.0.0/24 (eth0)" \
    -H n1,n2 -i 10.99.0.0/24 job.textproto
  cluster power-off n3
  refused 'n3 does not answer over rsh' -H n1,n2,n3 job.textproto
  echo "hosts that cannot take part are refused"
}

several_networks_get_an_advice() {
  on n1 ip address add 10.99.0.1/24 dev eth0
  OMPI_MCA_btl_tcp_if_include='' hosts 0 advice.log -H n1,n2 check job.textproto
  says 'n1 has several networks: 10.88.0.0/24 (eth0), 10.99.0.0/24 (eth0).' advice.log
  says 'as in -i 10.88.0.0/24' advice.log
  on n1 ip address del 10.99.0.1/24 dev eth0
}

# mpirun notices a lost node after 3 s.
export OMPI_MCA_oob_tcp_keepalive_time=1 OMPI_MCA_oob_tcp_keepalive_intvl=1 OMPI_MCA_oob_tcp_keepalive_probes=2

# begin RUN-DIRECTORY ARGUMENT... starts launch/hosts on a training of 20000 epochs, and waits until it trains.
begin() {
  name=$1
  LOCKSTEP_CLUSTER=$folder timeout --kill-after=5 $((slowness * 60)) "$commands/hosts" "${@:2}" -t 1 job.textproto \
    --run-dir "$name" --set training.epochs=20000 >"$name.log" 2>&1 &
  job=$!
  until_it_says '"epoch"' "$name/metrics.jsonl"
}

# until_it_says TEXT FILE waits until the file has the text.
until_it_says() {
  waits_for 30 grep -qsF -- "$1" "$2" || fail "$name: '$1' does not come" "$name.log"
}

# ends_with_75 sends SIGTERM to cluster/hosts, below timeout, and checks that the ranks save.
ends_with_75() {
  local code=0
  pkill -TERM --parent "$job" || fail "cluster/hosts does not run"
  wait "$job" || code=$?
  ((code == 75)) || fail "$name ends with $code, not 75" "$name.log"
  says 'the ranks are asked to save and end' "$name.log"
  [[ -e $name/ckpt/latest ]] || fail "$name has no checkpoint" "$name.log"
}

a_signal_lets_the_ranks_save() {
  begin signal -H n1,n2
  ends_with_75
  echo "SIGTERM ends with 75 after saving"
}

a_lost_host_is_left_out() {
  cluster power-on n3
  begin going -H n1,n2,n3 --keep-going
  cluster power-off n3
  until_it_says '1 of 3 hosts did not answer; the run continues on n1 n2' going.log
  until_it_says 'resuming going/ckpt' going.log
  ends_with_75
  echo "--keep-going continues without a lost host"
}

no_rank_is_left() {
  local node
  for node in n1 n2; do
    ! on "$node" pgrep -x lockstep || fail "a rank is left on $node"
  done
  ! pgrep -f "$project/launch/hosts" || fail "launch/hosts is left"
}

same_bits_on_three_hosts
several_networks_get_an_advice
wrong_hosts_are_refused
a_signal_lets_the_ranks_save
a_lost_host_is_left_out
no_rank_is_left
