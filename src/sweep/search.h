#pragma once
// Which values the trials of a sweep try (1.4): pure functions of the sweep alone.

#include <cstdint>
#include <string>
#include <vector>

#include "config/sweep.h"

namespace lockstep {

// One parameter's value in one trial.
struct ParameterValue {
  std::string text;                      // for tables; numbers with every digit they need
  std::vector<std::string> assignments;  // what it sets: "path=value"
};

// The values of a trial, in the order of the parameters.
using SearchPoint = std::vector<ParameterValue>;

// `steps` numbers from min to max, both exactly, at equal differences, or for log
// at equal ratios. With `integer` each is rounded, and some may be equal.
std::vector<double> grid_numbers(const NumberRange& range);

// The number at `u` in [0, 1) of the range: uniform u make numbers that are uniform,
// or uniform in their logarithm, from min to max. With `integer` every whole number
// of a linear range is equally likely.
double number_at(const NumberRange& range, double u);

// How many values a grid has for the parameter.
std::uint64_t grid_size(const SweepParameter& parameter);

// The trials in order. Grid: every combination, the last parameter's values first.
// Random: values drawn by seed, trial and parameter, again where an earlier trial has
// them all, so that no two trials are equal and more trials only add to those there
// were; fewer than asked for when there seem to be no more.
// `extra`: so many more of random search.
std::vector<SearchPoint> search_points(const SweepConfig& sweep, std::uint32_t extra = 0);

}  // namespace lockstep
