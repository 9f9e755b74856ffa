#pragma once
// Checked entries made up by a formula, for tests of what is said about them.

#include <cmath>
#include <cstdint>
#include <functional>
#include <vector>

#include "diagnose/numerical_entries.h"
#include "nn/dense_network.h"
#include "nn/parameters.h"

namespace lockstep {

// 4-6-6-3, by default.
inline ParameterTable made_up_table(std::uint64_t outputs = 3) {
  return parameter_table(network_spec(4, {{6, Activation::tanh}, {6, Activation::tanh}}, outputs,
                                      Loss::softmax_cross_entropy));
}

constexpr double kMadeUpEpsilon = 1e-5;

// Every entry of the layout, right to the last bit unless `spoil` changes it.
inline std::vector<CheckedEntry> made_up_entries(
    const ParameterTable& table, const std::function<void(CheckedEntry&)>& spoil = {}) {
  std::vector<CheckedEntry> entries;
  for (std::uint64_t i = 0; i < table.size; ++i) {
    const auto x = static_cast<double>(i);
    const double slope = 0.1 * std::sin(1 + 7 * x);
    entries.push_back({.entry = i,
                       .weight = std::cos(3 * x),
                       .numerical = slope,
                       .analytic = slope,
                       .epsilon = kMadeUpEpsilon,
                       .rounding = rounding_of_difference(1, kMadeUpEpsilon)});
    if (spoil) spoil(entries.back());
  }
  return entries;
}

}  // namespace lockstep
