#!/bin/bash
# usage: cluster_digest_test.sh PROGRAM
# On a virtual cluster, results have the same bits as in a single process; and the cluster's
# links, power and partitions do what real ones do.
set -euo pipefail
# shellcheck source=tests/cluster/common.sh
source "$(dirname -- "${BASH_SOURCE[0]}")/common.sh"
program=$1
new_folder
up 4

# All nodes see this folder.
cd "$folder/shared"
cp "$program" lockstep
cp "$tests"/{job,sweep}.textproto .

# digest RUN-DIRECTORY prints the digest of the trained weights.
digest() { sed -n 's/.*"weights_digest": "\([0-9a-f]*\)".*/\1/p' "$1/summary.json"; }

# same_digest NAME COMMAND... trains the job with a command and compares its weights with
# those of a single process.
same_digest() {
  local name=$1
  "${@:2}" ./lockstep train job.textproto --threads 1 --run-dir "$name" >"$name.log" 2>&1 ||
    fail "$name: training fails" "$name.log"
  [[ $(digest "$name") == "$expected" ]] ||
    fail "$name: the digest is $(digest "$name"), but $expected in a single process"
  grep -q "\"ranks\": $ranks," "$name/summary.json" || fail "$name: there are not $ranks ranks"
  echo "$name: digest $expected in $(sed -n 's/.*"total": \([0-9.]*\).*/\1/p' "$name/summary.json") s"
}

# until_true SECONDS COMMAND... waits until a command succeeds.
until_true() {
  waits_for "$@" >/dev/null 2>&1 || fail "this still fails: ${*:2}" "$folder/log/slurmctld.log"
}

on_head() { cluster on head "$@"; }

# node_is STATE NODE, job_is STATE JOB
node_is() { on_head sinfo -h -n "$2" -p low -o %T | grep -qx "$1"; }
job_is() { on_head squeue -h -j "$2" -o %T | grep -qx "$1"; }

# Without the option, the other ranks wait for ever for one that has failed.
srun=(cluster on head srun --mpi=pmix --kill-on-bad-exit=1)

same_bits_at_every_layout() {
  ./lockstep train job.textproto --threads 1 --run-dir single >single.log 2>&1 ||
    fail "a single process fails" single.log
  expected=$(digest single)
  [[ $expected ]] || fail "summary.json of a single process has no digest" single/summary.json
  for ranks in 1 2 3 4; do
    same_digest "srun-$ranks" "${srun[@]}" -N "$ranks" --ntasks-per-node=1
    same_digest "mpirun-$ranks" cluster mpirun -n "$ranks"
  done
  ranks=4
  same_digest srun-2x2 "${srun[@]}" -N 2 --ntasks-per-node=2
}

same_table_of_a_sweep() {
  local sweep=(sweep sweep.textproto --threads 1 --set training.epochs=1)
  ./lockstep "${sweep[@]}" --run-dir sweep-single >sweep.log 2>&1 ||
    fail "the sweep fails in a single process" sweep.log
  "${srun[@]}" -N 4 --ntasks-per-node=1 ./lockstep "${sweep[@]}" --groups 2 \
    --run-dir sweep-groups >sweep.log 2>&1 || fail "the sweep fails on 4 nodes" sweep.log
  cmp sweep-single/sweep.csv sweep-groups/sweep.csv ||
    fail "the sweep's table differs on 4 nodes" sweep-{single,groups}/sweep.csv
  echo "the sweep has the same table in 2 groups on 4 nodes"
}

# Each node has a /tmp of its own.
data_on_one_node_is_refused() {
  local launch code rows='x,y,kind\n1,2,a\n2,1,b\n3,5,a\n4,4,b\n'
  cluster on n1 sh -c "printf '$rows' >/tmp/points.csv"
  cat >points.textproto <<'END'
name: "points"
data { train { csv { file: "/tmp/points.csv" table { column { name: "kind" role: CLASS_NAME } } } } }
network { output { units: 2 loss: SOFTMAX_CROSS_ENTROPY } }
optimizer { gradient_descent { learning_rate: 0.1 } }
training { full_batch: true shards: 2 steps: 1 }
END
  for launch in srun mpirun; do
    code=0
    if [[ $launch == srun ]]; then
      "${srun[@]}" -w n1,n2 -N 2 --ntasks-per-node=1 ./lockstep train points.textproto --threads 1 \
        >points.log 2>&1 || code=$?
    else
      cluster mpirun -n 2 --host n1,n2 ./lockstep train points.textproto --threads 1 \
        >points.log 2>&1 || code=$?
    fi
    ((code == 66)) || fail "$launch: data on one node alone ends with $code, not 66" points.log
    grep -q 'rank 1 on n2: /tmp/points.csv' points.log ||
      fail "$launch: the node without the data is not named" points.log
    [[ ! -e runs/points-1 ]] || fail "$launch: the refused run has left a directory"
  done
  echo "data that one node alone has is refused, and the other node is named"
}

# Slurm's daemon on a node listens on this port.
reachable() { on_head timeout 1 bash -c "true >/dev/tcp/$1/6818"; }

links_have_limits() {
  reachable n2 || fail "n2 cannot be reached"
  cluster link n2 off
  ! reachable n2 2>/dev/null || fail "n2 can be reached, although its link is off"
  cluster link n2 on
  until_true 5 reachable n2

  # 1 MB takes a second at 8 Mbit/s, and some milliseconds without a limit.
  local seconds
  cluster link n2 8mbit
  seconds=$(transfer_seconds)
  awk "BEGIN { exit !($seconds > 0.7 && $seconds < 5) }" ||
    fail "1 MB takes $seconds s at 8 Mbit/s, not about 1 s"
  cluster link n2 on
  seconds=$(transfer_seconds)
  awk "BEGIN { exit !($seconds < 0.5) }" || fail "1 MB takes $seconds s without a limit"
  echo "links can be cut and limited"
}

# Prints how long 1 MB takes from n1 to n2.
transfer_seconds() {
  cluster on n2 python3 "$tests/transfer.py" receive 7000 &
  until_true 5 cluster on n2 grep -q ':1B58 ' /proc/net/tcp  # port 7000
  cluster on n1 python3 "$tests/transfer.py" send n2 7000 1000000
  wait $!
}

a_power_cut_loses_a_node() {
  local job
  job=$(on_head sbatch --parsable -w n2 -D / -o /dev/null --wrap 'sleep 321')
  until_true 20 job_is RUNNING "$job"
  cluster power-off n2
  ! cluster on n2 true 2>/dev/null || fail "n2 runs without power"
  on_head scontrol update NodeName=n2 State=DOWN Reason=power
  until_true 20 job_is PENDING "$job"
  on_head scancel "$job"
  cluster power-on n2
  until_true 30 node_is idle n2
  echo "a node without power is lost, its job is requeued, and the node comes back"
}

a_high_job_stops_a_low_one() {
  local low high
  on_head scontrol update PartitionName=low GraceTime=0
  low=$(on_head sbatch --parsable -N 4 --exclusive -D / -o /dev/null --wrap 'sleep 321')
  until_true 20 job_is RUNNING "$low"
  high=$(on_head sbatch --parsable -p high -N 4 --exclusive -D / -o /dev/null --wrap 'sleep 321')
  until_true 20 job_is RUNNING "$high"
  until_true 20 job_is PENDING "$low"
  on_head scancel "$low" "$high"
  echo "a job of the partition high stops and requeues one of the partition low"
}

same_bits_at_every_layout
same_table_of_a_sweep
data_on_one_node_is_refused
links_have_limits
a_power_cut_loses_a_node
a_high_job_stops_a_low_one
