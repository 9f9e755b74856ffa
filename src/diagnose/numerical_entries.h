#pragma once
// The numerical side of a gradient check (lecture 1.12, 1.13): differences of J for some entries
// of theta, in double.

#include <cstdint>
#include <functional>
#include <span>
#include <vector>

#include "comm/communicator.h"
#include "diagnose/cost_probe.h"
#include "nn/parameters.h"

namespace lockstep {

// The computed J is off by a few units of its last place; a difference is off by that divided by
// epsilon. (Measured on Fashion-MNIST: one unit, 2e-11 at epsilon 1e-5.) The digits of J do not
// get finer than those of the network's outputs, hence the 1.
constexpr double kRoundingUnits = 4;
double rounding_of_difference(double cost, double epsilon);

struct CheckedEntry {
  std::uint64_t entry = 0;  // position in the flat parameter vector
  double weight = 0;
  double numerical = 0;  // difference of J
  double analytic = 0;   // from the gradient that is checked
  double epsilon = 0;    // the epsilon of the difference
  double rounding = 0;   // possible change of `numerical` by J's rounding
  // J has a kink nearer than the smallest epsilon, so there is no derivative to compare with. Such
  // an entry is counted, and left out of every norm.
  bool at_kink = false;
};

// Called on every rank after each part of the work; may throw if it throws on all ranks.
using CheckProgress = std::function<void(std::uint64_t done, std::uint64_t total)>;

struct CheckSetting {
  double epsilon;
  bool one_sided = false;
  std::vector<std::uint64_t> entries;  // ascending
  CheckProgress on_progress;           // may be empty
};

struct NumericalGradient {
  double cost = 0;                    // J at the weights
  std::vector<CheckedEntry> entries;  // without `analytic`
};

// Collective. Returns differences of the probe's J at `weights`, two-sided unless requested
// otherwise. When a kink lies within epsilon of an entry, its epsilon is divided by 10, up to
// kReductions times. If the two-sided differences of a tensor are lost in J's rounding, for
// example where signals vanish (1.10), their epsilon is multiplied by 10, up to kLargestEpsilon,
// as long as no difference changes by more than its rounding. The result is on rank 0, with the
// same bits at every layout; it is empty on other ranks. Throws AgreedError(diverged) when J or a
// difference is not finite.
constexpr int kReductions = 3;
constexpr double kSmallestEpsilon = 1e-9;
constexpr double kLargestEpsilon = 0.1;
NumericalGradient take_numerical_gradient(CostProbe& probe, const Communicator& comm,
                                          const ParameterTable& table,
                                          std::span<const double> weights,
                                          const CheckSetting& setting);

// Collective. Returns entries of `numerical`, which rank 0 names, with smaller steps where J
// bends: epsilon is divided by 10, down to kSmallestEpsilon, as long as that changes the two-sided
// difference by more than rounding. This does not use the gradient to be checked. The result is on
// rank 0, with the same bits at every layout.
std::vector<CheckedEntry> refine_entries(CostProbe& probe, const Communicator& comm, double cost,
                                         std::vector<CheckedEntry> entries,
                                         const CheckProgress& on_progress);

}  // namespace lockstep
