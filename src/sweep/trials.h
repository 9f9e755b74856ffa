#pragma once
// The trials of a sweep with their jobs, all checked before any is trained.

#include <cstdint>
#include <filesystem>
#include <optional>
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
  // Other combinations of values that make the very same job (but for its name): "0.1"
  // and "1e-1", or AUTO and what it stands for. They are no trials of their own.
  std::vector<SearchPoint> also = {};
};

// Reads the base job and makes every trial's, one for each job: random search draws
// as many more as it takes. Throws Error(missing_input) when
// there is no such job file, and Error(usage) with everything that is wrong in
// whatever trial, each problem once: where the parameter stands, and the first
// trial that has it; and then as check_trials does. Local.
std::vector<Trial> resolve_trials(const LoadedSweep& loaded);

// The parameter whose value in a trial sets exactly this; null when it is another's.
const SweepParameter* setter_of(const SweepConfig& sweep, const SearchPoint& values,
                                const std::string& assignment);

// "l2_lambda=0.1 keep_prob=0.8"; numbers to six digits.
std::string describe_values(const SweepConfig& sweep, const SearchPoint& values);

// The number that a value's text is; none if it is something else.
std::optional<double> number_in(const std::string& text);

// A value for people: a number to six digits, a text as it is.
std::string short_text(const std::string& text);

// "trial 3 (l2_lambda=0.1 keep_prob=0.8)"
std::string describe_trial(const SweepConfig& sweep, const Trial& trial);

// In the run directory of the sweep: "trials/0003".
std::filesystem::path trial_directory(std::uint32_t number);

}  // namespace lockstep
