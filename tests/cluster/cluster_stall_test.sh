#!/bin/bash
# usage: cluster_stall_test.sh PROGRAM [all]
# On a virtual cluster, a job that cannot continue ends by itself, and no process stays on any node: a
# rank is stopped, a node loses its power, or a link is cut, under srun and under mpirun. The ranks
# that are left name the one that is lost. Without "all", two cases are left out in which srun waits
# half a minute for the node that is lost, after the ranks have ended.
set -euo pipefail
# shellcheck source=tests/cluster/common.sh
source "$(dirname -- "${BASH_SOURCE[0]}")/common.sh"
program=$1
new_folder
up 3
cd "$folder/shared"
cp "$program" lockstep
cp "$tests/job.textproto" .

# Commands of the cluster that may take long.
by_srun() {
  LOCKSTEP_CLUSTER=$folder timeout --kill-after=5 300 "$commands/on" head \
    srun --mpi=pmix --kill-on-bad-exit=1 -N 3 --ntasks-per-node=1 "$@"
}
# mpirun itself would wait for ever for the daemon on a lost node, unless it asks for it.
by_mpirun() {
  LOCKSTEP_CLUSTER=$folder timeout --kill-after=5 300 "$commands/mpirun" -n 3 \
    --mca oob_tcp_keepalive_time 1 --mca oob_tcp_keepalive_intvl 1 \
    --mca oob_tcp_keepalive_probes 2 "$@"
}

# begin NAME LAUNCH starts a training that does not end by itself, and waits until it trains.
begin() {
  name=$1
  "$2" ./lockstep train job.textproto --threads 1 --run-dir "$name" --silence-limit 4 \
    --set training.epochs=100000 >"$name.log" 2>&1 &
  job=$!
  waits_for 30 test -s "$name/metrics.jsonl" || fail "$name: it does not train" "$name.log"
}

# Slurm's daemon on a node listens on this port.
reaches() { cluster on "$1" timeout 1 bash -c "true >/dev/tcp/$2/6818" 2>/dev/null; }
see_each_other() { reaches "$1" "$2" && reaches "$2" "$1"; }

# mend_link NODE OTHER... mends the link and waits until the nodes see each other again.
mend_link() {
  local other
  cluster link "$1" on
  for other in "${@:2}"; do
    waits_for 30 see_each_other "$1" "$other" ||
      fail "$1 and $other do not see each other, although the link is on"
  done
}

no_rank_on() { ! cluster on "$1" pgrep -x lockstep >/dev/null 2>&1; }
has_ended() { ! kill -0 "$job" 2>/dev/null; }

# ends LOST NODE... checks that the job ends and names the lost host, and that no rank stays.
ends() {
  local lost=$1 code=0 node began=$SECONDS
  waits_for 60 has_ended || fail "$name: it does not end" "$name.log"
  wait "$job" || code=$?
  ((code != 0)) || fail "$name: it ended with 0" "$name.log"
  if grep -q "the job has stalled: .* on $lost .*has not been heard from for" "$name.log"; then
    grep -q '"exit_code": 76' "$name"/error.rank*.json ||
      fail "$name: no error file has 76" "$name.log"
  elif [[ $name != by_mpirun-link && $name != by_mpirun-power ]]; then
    # mpirun may notice a lost node before the ranks do, in several ways.
    fail "$name: no message names $lost" "$name.log"
  fi
  for node in "${@:2}"; do
    waits_for 30 no_rank_on "$node" || fail "$name: a rank stays on $node" "$name.log"
  done
  echo "$name: ended with $code after $((SECONDS - began)) s"
}

for launch in by_srun by_mpirun; do
  begin "$launch-stopped" "$launch"
  cluster on n2 pkill -STOP -x lockstep
  ends n2 n1 n2 n3

  [[ $launch != by_srun || ${2:-} == all ]] || continue

  begin "$launch-link" "$launch"
  cluster link n2 off
  ends n2 n1 n2 n3
  mend_link n2 n1 n3

  begin "$launch-power" "$launch"
  cluster power-off n3
  ends n3 n1 n2
  cluster power-on n3
done
