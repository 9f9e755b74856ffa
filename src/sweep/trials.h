#pragma once
// The trials of a sweep with their jobs, all checked before the first is trained.

#include <cstdint>
#include <string>
#include <vector>

#include "config/job_file.h"
#include "config/sweep_file.h"
#include "sweep/search.h"

namespace lockstep {

constexpr std::uint64_t kMostTrials = 10'000;

struct Trial {
  std::uint32_t number = 0;
  SearchPoint values;
  LoadedJob loaded;
  // Other combinations of values that make the same job (except for its name): "0.1" and "1e-1",
  // or AUTO and the value that it stands for. They are not trials of their own.
  std::vector<SearchPoint> also = {};
};

// Reads the base job and makes the trials, one for each different job; random search draws more
// points until there are enough. Throws Error(missing_input) when there is no such job file, and
// Error(usage) with all problems of all trials, each once, with the place of the parameter and the
// first trial that has it, or that every trial has it; then throws as check_trials does. Local.
std::vector<Trial> resolve_trials(const LoadedSweep& loaded);

// The parameter whose value in a trial makes exactly this assignment; null if it comes from
// elsewhere.
const SweepParameter* setter_of(const SweepConfig& sweep, const SearchPoint& values,
                                const std::string& assignment);

// Text of the values, such as "l2_lambda=0.1 keep_prob=0.8"; numbers have six digits.
std::string describe_values(const SweepConfig& sweep, const SearchPoint& values);

// A value as shown to users: a number to six digits, a text unchanged.
std::string short_text(const std::string& text);

// Text of a trial, such as "trial 3 (l2_lambda=0.1 keep_prob=0.8)".
std::string describe_trial(const SweepConfig& sweep, const Trial& trial);

}  // namespace lockstep
