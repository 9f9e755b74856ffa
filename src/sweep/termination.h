#pragma once
// Decides which trials are trained when, which are hopeless, and how they rank. These are pure
// functions of the trials' records. They do not depend on time, groups or ranks, so that every
// layout, and every sweep that was interrupted, has the same result.

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "config/sweep.h"
#include "sweep/trial_record.h"

namespace lockstep {

// Trials that may be trained side by side. A sweep is a sequence of phases; each phase depends on
// the results of the one before.
struct SweepPhase {
  std::vector<std::uint32_t> trials;  // numbers, ascending
  // Successive halving: each trial pauses at its first evaluation from this epoch on.
  std::optional<double> pause_epoch;
  // Median rule: the trials before this number judge; 0: none do.
  std::uint32_t judges = 0;
};

// The next trials to train, given the records of all trials; none at the end. Trials of the
// current phase that already have a result are left out.
std::optional<SweepPhase> next_phase(const SweepConfig& sweep,
                                     std::span<const TrialRecord> records);

// Applies the median rule to the trial of `curve` at its last evaluation: whether its best metric
// so far is worse than the median of the best metrics that trials of earlier waves had reached by
// the same epoch. Only trials that got that far count. False during the grace period.
bool is_hopeless(const MedianRule& rule, Metric metric, std::span<const TrialRecord> judges,
                 std::span<const CurvePoint> curve);

struct RankedTrial {
  std::uint32_t number = 0;
  TrialStatus status = TrialStatus::finished;  // never paused
  TrialResult result;                          // its last result
};

// Every trial, the best first: finished trials by metric, then terminated ones, the longest
// trained first and then by metric, then diverged ones; ties by number. Call it after the last
// phase.
std::vector<RankedTrial> rank_trials(const SweepConfig& sweep,
                                     std::span<const TrialRecord> records);

// Decides which of `groups` trains each trial: the most expensive trial first, always by the group
// with the least to do (the first in a tie), so that groups end at about the same time. `costs`
// are estimates; results do not depend on them.
std::vector<int> share_out(std::span<const double> costs, int groups);

}  // namespace lockstep
