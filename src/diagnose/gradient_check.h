#pragma once
// Gradient checking (lecture 1.13, 1.14): a gradient against differences of J,
// two-sided unless asked otherwise (1.12), as a whole and tensor by tensor, in double.

#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <vector>

#include "comm/communicator.h"
#include "diagnose/cost_probe.h"
#include "nn/gradient_comparison.h"
#include "nn/parameters.h"

namespace lockstep {

// J as computed is off by a few units of its last place; a difference is off by
// that over epsilon. (Seen on Fashion-MNIST: one unit, 2e-11 at epsilon 1e-5.)
// The digits of J itself do not get finer than those of the network's outputs,
// hence the 1.
constexpr double kRoundingUnits = 4;
double rounding_of_difference(double cost, double epsilon);

struct CheckedEntry {
  std::uint64_t entry = 0;  // in the flat parameter vector
  double weight = 0;
  double numerical = 0;  // difference of J
  double analytic = 0;   // of the gradient that is checked
  double epsilon = 0;    // of the difference
  double rounding = 0;   // what J's rounding may have changed in `numerical`
  // J has a kink nearer than the smallest epsilon: there is no derivative to
  // compare with. Such an entry is counted, and left out of every norm.
  bool at_kink = false;
};

// Of all entries compared in one tensor, or in all of theta.
struct Comparison {
  std::uint64_t compared = 0;
  std::uint64_t at_kink = 0;
  std::uint64_t reduced = 0;   // compared with a smaller epsilon, because of a kink
  std::uint64_t enlarged = 0;  // with a larger one, because of J's rounding
  double numerical_norm = 0;
  double analytic_norm = 0;
  double difference_norm = 0;
  double rounding_norm = 0;  // of what rounding may have changed in the differences
  double ratio = 0;          // relative_difference; 0 when both norms are
  // By the ratio; unresolved when that is above 1e-5 but the gradients differ by
  // no more than rounding, or when nothing was compared.
  GradientVerdict verdict = GradientVerdict::great;
};

struct TensorCheck {
  ParameterTensor tensor;
  std::vector<CheckedEntry> entries;  // those looked at, ascending
  Comparison comparison;
};

struct GradientCheck {
  double cost = 0;  // J
  std::vector<TensorCheck> tensors;
  Comparison all;  // the lecture's: all of theta as one vector
};

// What is said of `entries`, ascending, of a J of that size. `epsilon` is the one
// asked for.
GradientCheck compare_entries(const ParameterLayout& layout, std::span<const CheckedEntry> entries,
                              double cost, double epsilon);

// The worse of the verdict on theta as a whole and those on each tensor: a small
// tensor's fault is lost in the norm of a large one.
GradientVerdict worst_verdict(const GradientCheck& check);

// The entries of a tensor that differ most, worst first; those at a kink left
// out.
std::vector<CheckedEntry> worst_entries(const TensorCheck& tensor, std::size_t count);

// Collective. The gradient of J at `weights`, whole, on rank 0; elsewhere
// nothing.
using GradientOf = std::function<std::vector<double>(std::span<const double> weights)>;
// Called on every rank after each part of the work; may throw if all ranks do.
using CheckProgress = std::function<void(std::uint64_t done, std::uint64_t total)>;

struct CheckSetting {
  double epsilon;
  bool one_sided = false;
  std::vector<std::uint64_t> entries;  // ascending
  CheckProgress on_progress;           // may be empty
};

// Collective. Compares `gradient_of(weights)` with differences of the probe's J.
// When a kink lies within epsilon of an entry, epsilon is divided by 10 for it,
// up to kReductions times. A tensor whose two-sided differences are lost in J's
// rounding, as where signals vanish (1.10), has epsilon multiplied by 10 as long as
// that changes no difference by more than its rounding, up to kLargestEpsilon. Neither
// depends on the gradient that is checked. The result is on rank 0, the same bits at every
// layout; elsewhere it is empty. Throws AgreedError(diverged) when J or a difference is
// not finite at `weights`.
constexpr int kReductions = 3;
constexpr double kLargestEpsilon = 0.1;
GradientCheck check_gradient(CostProbe& probe, const Communicator& comm,
                             const ParameterLayout& layout, std::span<const double> weights,
                             const CheckSetting& setting, const GradientOf& gradient_of);

}  // namespace lockstep
