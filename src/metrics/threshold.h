#pragma once
// The threshold of a model of two classes: the smallest probability at which the second one (yes)
// is decided. Pure.

#include <cstdint>
#include <optional>
#include <vector>

#include "config/job.h"
#include "metrics/ranking.h"
#include "metrics/set_metrics.h"
#include "records/set_metrics.h"

namespace lockstep {

// The decisions about examples: yes where the score is at least a threshold.
struct ThresholdCounts {
  std::uint64_t right_yes = 0;
  std::uint64_t false_yes = 0;
  std::uint64_t false_no = 0;
  std::uint64_t right_no = 0;
};
ThresholdCounts counts_at(float threshold, const std::vector<RankedExample>& examples);

// The threshold that reaches `goal` best: half-way from the smallest score that it takes for yes
// down to the next smaller one (or 0), so that a program that rounds otherwise decides the same.
// If no example should be a yes by these costs, it is half-way from the largest score to 1. Of
// equally good ones, the one with the fewest yes. None when none reaches the goal, or no example is
// positive.
std::optional<float> best_threshold(const ThresholdGoal& goal, std::vector<RankedExample> examples);

// The probabilities of the second of two classes, and whether it is the true one.
std::vector<RankedExample> yes_or_no_of(const Predictions& predictions);

// Adds the threshold and what deciding by it does.
void add_threshold(float threshold, const Predictions& predictions, SetMetrics& metrics);

// The threshold that was added.
std::optional<float> threshold_of(const SetMetrics& metrics);

}  // namespace lockstep
