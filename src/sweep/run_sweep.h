#pragma once
// Trains the trials of a sweep in groups of ranks, side by side.

#include <cstdint>
#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "comm/communicator.h"
#include "config/sweep_file.h"
#include "evaluate/score_examples.h"
#include "records/observer.h"
#include "sweep/part.h"
#include "sweep/trial_record.h"
#include "sweep/trials.h"
#include "train/run_reporter.h"
#include "train/step_probe.h"
#include "train/stop_request.h"

namespace lockstep {

struct SweepOptions {
  std::string program = "lockstep";  // the name of the program as the user called it, for hints
  std::filesystem::path run_dir;     // exists
  int groups = 1;
  int threads = 1;  // per rank
  int prefetch_threads = 0;
  bool resume = false;                     // continue with the trials that run_dir holds
  bool allow_changed_data = false;         // when resuming
  bool allow_changed_environment = false;  // the same
  bool compares = true;                    // every trial needs the sweep's metric
  std::optional<SweepPart> part;           // trains only its trials; absent: all trials
  std::uint64_t features = 1;  // number of an example's features, to estimate the cost of trials
  StopRequested stop_requested = nobody_asks_to_stop;  // also asked while a group waits for others
  // Makes the signal-flow monitor of jobs that have one, as in TrainOptions.
  MakeStepProbe make_monitor;
  // Makes the observers of one trial; called on the first rank of its group.
  std::function<TrainingObservers(const LoadedJob&)> make_observers = [](const LoadedJob&) {
    return TrainingObservers();
  };
  // Takes a line on the progress of the sweep; called on the first rank of any group.
  std::function<void(const std::string&)> log = [](const std::string&) {};
};

struct SweepOutcome {
  bool interrupted = false;  // a stop was requested before the end; the sweep can be resumed
  std::vector<TrialRecord> records;
};

// Throws Error(usage) when `ranks` ranks cannot form `groups` groups, or when a group has
// more ranks than some trial has shards. Local.
void check_groups(int groups, int ranks, const SweepConfig& sweep,
                  const std::vector<Trial>& trials);

// Collective over comm. Trains the trials, or with `part` those of the part, whose records alone
// then have results; share_out decides which group trains which. The outcome is the same on every
// rank, at every layout, and after any number of interruptions. A trial that diverges counts as a
// result. Any other error of a trial ends the sweep and names the trial. If the ranks that trained
// the trial agree on the error, it is thrown as an AgreedError after the other groups have ended
// their step and saved; of several errors, that of the earliest trial is thrown.
SweepOutcome run_sweep(const LoadedSweep& loaded, const std::vector<Trial>& trials,
                       const Communicator& comm, const SweepOptions& options);

// What is done with a checkpoint, on the ranks of one group.
using UseCheckpoint =
    std::function<void(const std::filesystem::path&, const Communicator& group, const Layout&)>;

// Collective over comm. Calls `use` with the checkpoint of a finished trial's final weights, on the
// ranks of the first group, which has rank 0 as its own. Errors as in run_sweep.
void use_trained(const LoadedSweep& loaded, const Trial& trial, const TrialResult& result,
                 const Communicator& comm, const SweepOptions& options, const UseCheckpoint& use);

// Collective over comm. Returns the scores of a finished trial's final weights on the test set of
// its job, on rank 0; none without a test set. Errors as in run_sweep.
std::optional<CheckpointScores> test_winner(const LoadedSweep& loaded, const Trial& trial,
                                            const TrialResult& result, const Communicator& comm,
                                            const SweepOptions& options);

}  // namespace lockstep
