#pragma once
// Which trials are trained when, which are hopeless, and how they rank: pure
// functions of what is known of the trials. Nothing here depends on time, on
// groups or on ranks, so that every layout, and every sweep that was interrupted,
// comes to the same end.

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "config/sweep.h"
#include "sweep/trial_record.h"

namespace lockstep {

// Trials that may be trained side by side. A sweep is a sequence of phases; the
// next one depends on how the last one ended.
struct SweepPhase {
  std::vector<std::uint32_t> trials;  // numbers, rising
  // Successive halving: each pauses at its first evaluation from this epoch on.
  std::optional<double> pause_epoch;
  // Median rule: those of the trials before this number judge; 0: nobody does.
  std::uint32_t judges = 0;
};

// What is still to be trained, given the records of all trials; none at the end.
// Trials of the current phase that have their result already are left out.
std::optional<SweepPhase> next_phase(const SweepConfig& sweep,
                                     std::span<const TrialRecord> records);

// The median rule for the trial of `curve` at its last evaluation, against those of
// earlier waves: whether the best it has reached is worse than the median of what
// those of them that got as far had reached by that epoch. Not before the grace
// period is over.
bool is_hopeless(const MedianRule& rule, SweepMetric metric, std::span<const TrialRecord> judges,
                 std::span<const CurvePoint> curve);

struct RankedTrial {
  std::uint32_t number = 0;
  TrialStatus status = TrialStatus::finished;  // never paused
  TrialResult result;                          // its last
};

// Every trial, the best first: finished ones by metric, then those that were
// terminated, the longest trained first and then by metric, then those that
// diverged; equal ones by number. After the last phase.
std::vector<RankedTrial> rank_trials(const SweepConfig& sweep,
                                     std::span<const TrialRecord> records);

// Which of `groups` trains each of some trials: the most expensive one first, always
// by the group with the least to do (the first of equals), so that groups end at
// about the same time. `costs` are estimates; results do not depend on them.
std::vector<int> share_out(std::span<const double> costs, int groups);

}  // namespace lockstep
