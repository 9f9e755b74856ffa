#pragma once
// How long a step of a job takes at several numbers of nodes. Nothing here communicates.

#include <cstdint>
#include <string>
#include <vector>

#include "config/job.h"
#include "train/step_prediction.h"

namespace lockstep {

struct PlanQuestion {
  Job job;
  std::vector<int> nodes;  // ascending
  int ranks_per_node = 1;
  int threads = 1;     // of each rank
  int cores = 1;       // of this machine, on which steps are measured
  std::string doctor;  // a file with measured links; empty: none
};

struct PlanRow {
  int nodes = 1;
  int ranks = 1;
  std::uint64_t memory_bytes = 0;  // of a rank
  StepPrediction step = {};
  double run_seconds = 0;
};

struct PlanReport {
  std::string job_name;
  int ranks_per_node = 1;
  int threads = 1;
  std::uint64_t rows_per_step = 0;
  std::uint64_t shards = 0;
  MachineRates rates;
  std::string doctor;         // the file with measured links; empty: they are assumed
  std::vector<PlanRow> rows;  // by nodes, ascending; not empty
  std::vector<int> too_many;  // numbers of nodes with more ranks than shards
};

// How much faster a step is with the nodes of `row` than with those of `first`, divided by how many
// times as many they are.
double efficiency(const PlanRow& first, const PlanRow& row);

// The largest number of nodes that pay. A row pays if it makes use of at least half of the nodes
// that it adds to the row before it that pays; the first row does.
int nodes_that_pay(const std::vector<PlanRow>& rows);

// Measures steps of the job on this machine, and predicts those of every number of nodes. Throws
// Error(usage) if all numbers of nodes have more ranks than the job has shards, and as
// measure_rates() and take_doctors_rates() do.
PlanReport plan_nodes(const PlanQuestion& question);

}  // namespace lockstep
