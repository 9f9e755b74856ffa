#!/bin/bash
# usage: cluster_plan_test.sh PROGRAM
# On a virtual cluster: Slurm takes the batch script that `lockstep slurm` writes, and it trains to
# the bits of a single process. `lockstep plan` reads what `lockstep doctor` has measured.
set -euo pipefail
# shellcheck source=tests/cluster/common.sh
source "$(dirname -- "${BASH_SOURCE[0]}")/common.sh"
program=$(readlink -f -- "$1")
root=$(cd -- "$commands/.." && pwd)
new_folder
up 2

# All nodes see this folder.
cd "$folder/shared"
cp "$tests"/{job,sweep}.textproto .
on_head() { cluster on head "$@"; }
digest() { grep -o '"weights_digest": "[0-9a-f]*"' "$1/summary.json"; }

"$program" train job.textproto --threads 1 --run-dir single >single.log 2>&1 ||
  fail "a single process fails" single.log

"$program" slurm job.textproto --nodes 2 --threads 1 --project "$root" --run-dir two \
  --partition low --out job.sbatch >slurm.log 2>&1 || fail "lockstep slurm fails" slurm.log
"$program" slurm sweep.textproto --sweep --nodes 2 --threads 1 --project "$root" \
  --time 00:10:00 --out sweep.sbatch >slurm.log 2>&1 || fail "lockstep slurm fails" slurm.log
"$program" slurm sweep.textproto --sweep --array 2 --nodes 1 --threads 1 --project "$root" \
  --time 00:10:00 --run-dir array --out array.sbatch >slurm.log 2>&1 || fail "lockstep slurm fails" slurm.log
for script in job.sbatch sweep.sbatch array.sbatch; do
  shellcheck "$script" || fail "shellcheck objects to $script" "$script"
  on_head sbatch --test-only "$script" || fail "Slurm does not take $script" "$script"
done

on_head sbatch --wait --output=job.log job.sbatch || fail "the job of job.sbatch fails" job.log
[[ $(digest two) == "$(digest single)" ]] || fail "the weights of job.sbatch differ"
grep -q '"ranks": 2,' two/summary.json || fail "there are not 2 ranks" two/summary.json

"$program" sweep sweep.textproto --threads 1 --run-dir table >table.log 2>&1 ||
  fail "a sweep in a single process fails" table.log
on_head sbatch --wait --output=array-%a.log array.sbatch || fail "the array fails" array-*.log
cmp array/sweep.csv table/sweep.csv || fail "the array has another table" array-*.log
if "$program" slurm sweep.textproto --sweep --array 5 --nodes 1 --threads 1 --project "$root" >wrong.log 2>&1; then
  fail "5 tasks are not refused although there are 4 trials" wrong.log
fi

if "$program" slurm job.textproto --nodes 13 --threads 1 --project "$root" >wrong.log 2>&1; then
  fail "13 nodes are not refused although there are 12 shards" wrong.log
fi
grep -q 'use at most 12 ranks' wrong.log || fail "the refusal does not say why" wrong.log

cluster mpirun -n 2 "$program" doctor job.textproto --threads 1 --run-dir "$folder/shared/runs" \
  --json "$folder/shared/place.json" >doctor.log 2>&1 || fail "lockstep doctor fails" doctor.log
"$program" plan job.textproto --nodes 1..4 --threads 1 --doctor place.json >plan.log 2>&1 ||
  fail "lockstep plan fails" plan.log
grep -q 'links measured in place.json' plan.log || fail "the plan has no measured links" plan.log
[[ $(grep -c '^ *[1-4] ' plan.log) == 4 ]] || fail "the plan has not four rows" plan.log
echo "job.sbatch and the plan are right"
