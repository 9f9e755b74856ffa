#!/bin/bash
# usage: cluster_doctor_test.sh PROGRAM
# On a virtual cluster, `lockstep doctor` measures all pairs of nodes under srun and under mpirun, and
# names a slow link, a run directory that is not shared, and CPU instructions that differ. A launch whose
# ranks do not find each other ends with 2.
set -euo pipefail
# shellcheck source=tests/cluster/common.sh
source "$(dirname -- "${BASH_SOURCE[0]}")/common.sh"
program=$1
new_folder
up 3
cd "$folder/shared"
cp "$program" lockstep
cp "$tests/job.textproto" .

by_srun() { cluster on head srun --mpi=pmix --ntasks-per-node=1 "$@"; }
by_mpirun() { cluster mpirun "$@"; }

# doctor CODE LAUNCH ARGUMENT... runs a command that is to end with CODE. Its stdout goes to log.
doctor() {
  local expected=$1 code=0
  "${@:2}" >log 2>errors || code=$?
  ((code == expected)) || fail "${*:2}: it ended with $code, not $expected" log errors
}

# says TEXT checks that the last run has found that.
says() { grep -q -- "$1" log || fail "nothing says: $1" log errors; }

# has EXPRESSION checks a Python expression about the JSON of the last run, j.
has() {
  python3 -c "import json, sys; j = json.load(open('place.json')); sys.exit(not ($1))" ||
    fail "it does not hold: $1" place.json
}

# 12.5 MB/s, and no more than 42 by a measurement: a transfer takes 15 ms or longer, of which at
# most half is subtracted for the way of the first byte, and the limit lets 125 kB pass at once. Other
# work on this machine makes any link slower, and none faster.
cluster link n2 100mbit
slow='l["bytes_per_second"] < 50e6 and l["bytes_per_second_back"] < 50e6'
named='any(f["kind"] in ("slow_link", "slow_links_of_host") and "n2" in f["text"] for f in j["findings"])'

for launch in "by_srun -N 3" "by_mpirun -n 3"; do
  # shellcheck disable=SC2086 # a command and its first arguments
  doctor 0 $launch ./lockstep doctor job.textproto --json place.json
  has "$named"
  has '[h["name"] for h in j["hosts"]] == ["n1", "n2", "n3"]'
  has '[(l["from"], l["to"]) for l in j["links"]] == [("n1", "n2"), ("n1", "n3"), ("n2", "n3")]'
  has 'all(l["latency_seconds"] > 0 and l["bytes_per_second_both"] > 0 for l in j["links"])'
  has "all($slow for l in j[\"links\"] if \"n2\" in (l[\"from\"], l[\"to\"]))"
  has 'all(h["run_directory"] == "shared" for h in j["hosts"])'
  has 'all(abs(h["clock_difference_seconds"]) <= h["clock_uncertainty_seconds"] + 1e-9 for h in j["hosts"])'
done

# Of two nodes, neither is to blame more than the other.
for launch in "by_srun -N 2 -w n1,n2" "by_mpirun -n 2 --host n1,n2"; do
  # shellcheck disable=SC2086
  doctor 0 $launch ./lockstep doctor --run-dir /tmp/private --json place.json
  says "The link between n1 and n2 is slow"
  says "/tmp of n1 is not what n2 sees there"
  has 'j["hosts"][1]["run_directory"] == "another"'
done
cluster link n2 on

# More ranks than shards.
doctor 2 by_srun -N 2 ./lockstep doctor job.textproto --set training.shards=1
says "REFUSED  There are 2 ranks, but training.shards of cluster is 1"

# Nodes whose CPUs have other instructions train together.
doctor 0 by_mpirun -n 1 --host n1 env LOCKSTEP_KERNELS=avx2 ./lockstep doctor : \
  -n 1 --host n2 env LOCKSTEP_KERNELS=plain ./lockstep doctor
says "The ranks compute with different instructions: avx2 on n1; plain on n2"

# Ranks that believe to be alone.
# shellcheck disable=SC2016 # expanded by the shell of each rank
doctor 2 by_mpirun -n 2 bash -c \
  'for name in ${!PMIX_*} ${!OMPI_MCA_*}; do unset "$name"; done; exec ./lockstep doctor'
grep -q "MPI sees 1 rank, mpirun started 2" errors || fail "the clash of sizes is not named" errors
doctor 2 by_srun --mpi=none -N 2 ./lockstep doctor
grep -q "without PMIx" errors || fail "the missing PMIx is not named" errors

# Nothing is left in the folder.
left=$(find . -name '.lockstep*')
[[ -z $left ]] || fail "doctor leaves $left"
