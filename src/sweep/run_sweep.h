#pragma once
// The trials of a sweep, trained by groups of ranks side by side.

#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "comm/communicator.h"
#include "config/sweep_file.h"
#include "records/observer.h"
#include "sweep/trial_record.h"
#include "sweep/trials.h"
#include "train/evaluate_checkpoint.h"
#include "train/step_probe.h"
#include "train/stop_request.h"

namespace lockstep {

struct SweepOptions {
  std::string program = "lockstep";  // how it was called, for hints
  std::filesystem::path run_dir;     // exists
  int groups = 1;
  int threads = 1;  // per rank
  int prefetch_threads = 0;
  bool resume = false;              // go on with what run_dir holds
  bool allow_changed_data = false;  // then
  std::uint64_t features = 1;       // of an example, to estimate what trials cost
  StopRequested stop_requested = nobody_asks_to_stop;  // also by those who wait for others
  // Makes the signal-flow monitor of jobs that have one; as in TrainOptions.
  MakeStepProbe make_monitor;
  // Makes the reports of one trial; called on the first rank of its group.
  std::function<std::unique_ptr<TrainingObserver>(const LoadedJob&)> trial_reports;
  // Takes a line on how the sweep goes; called on the first rank of any group.
  std::function<void(const std::string&)> log = [](const std::string&) {};
};

struct SweepOutcome {
  bool interrupted = false;  // asked to stop before the end; can be resumed
  std::vector<TrialRecord> records;
};

// Throws Error(usage) when `ranks` cannot make so many groups, or a group with so
// many threads per rank has more workers than some trial has shards. Local.
void check_groups(int groups, int ranks, int threads, const SweepConfig& sweep,
                  const std::vector<Trial>& trials);

// Collective over comm. Trains the trials, of group g those that share_out gives it.
// The outcome is the same on every rank, at every layout, and after any number of
// interruptions. A trial that diverges is one result of many. Any other error of a
// trial ends everything and names it: as an AgreedError, where the ranks that trained it
// agree on it, once the other groups have ended their step and saved; of several, that of
// the earliest trial is thrown.
SweepOutcome run_sweep(const LoadedSweep& loaded, const std::vector<Trial>& trials,
                       const Communicator& comm, const SweepOptions& options);

// Collective over comm. The scores of a finished trial's final weights on the test
// set of its job, on rank 0; none without such a set. Errors as in run_sweep.
std::optional<CheckpointScores> test_winner(const LoadedSweep& loaded, const Trial& trial,
                                            const TrialResult& result, const Communicator& comm,
                                            const SweepOptions& options);

}  // namespace lockstep
