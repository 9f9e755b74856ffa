#pragma once
// Chooses the values that the trials of a sweep try (1.4), with pure functions of the sweep alone.

#include <cstdint>
#include <string>
#include <vector>

#include "config/sweep.h"

namespace lockstep {

// One parameter's value in one trial.
struct ParameterValue {
  std::string text;                      // for tables; numbers with all digits they need
  std::vector<std::string> assignments;  // what the value sets: "path=value"
};

// The values of a trial, in the order of the parameters.
using SearchPoint = std::vector<ParameterValue>;

// Returns `steps` numbers from min to max, both exact, with equal differences, or equal ratios on
// a log scale. With `integer` each is rounded, and some may be equal.
std::vector<double> grid_numbers(const NumberRange& range);

// Returns the number at `u` in [0, 1) of the range: if u is uniform, the numbers are uniform, or
// uniform in their logarithm, from min to max. With `integer` every whole number of a linear range
// is equally likely.
double number_at(const NumberRange& range, double u);

// Number of values that a grid has for the parameter.
std::uint64_t grid_size(const SweepParameter& parameter);

// Returns the points of all trials in order. Grid: every combination; the last parameter varies
// fastest. Random: values drawn by seed, trial and parameter, and drawn again if an earlier trial
// has the same values. No two trials are equal, and a larger number of trials only adds to the
// earlier ones. Returns fewer than asked for when no new points seem to be left. `extra` is the
// number of additional points of random search.
std::vector<SearchPoint> search_points(const SweepConfig& sweep, std::uint32_t extra = 0);

}  // namespace lockstep
