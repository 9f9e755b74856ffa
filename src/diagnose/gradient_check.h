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
#include "diagnose/numerical_entries.h"
#include "nn/gradient_comparison.h"
#include "nn/parameters.h"

namespace lockstep {

// Of all entries compared in one tensor, or in all of theta.
struct Comparison {
  std::uint64_t compared = 0;
  std::uint64_t at_kink = 0;
  std::uint64_t reduced = 0;   // with a smaller epsilon, because J has a kink or bends
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
// tensor's fault is lost in the norm of a large one. Unresolved where all is 0: nothing
// was compared with anything.
GradientVerdict worst_verdict(const GradientCheck& check);

// The entries of a tensor that differ most, worst first; those at a kink left
// out.
std::vector<CheckedEntry> worst_entries(const TensorCheck& tensor, std::size_t count);

// Collective. The gradient of J at `weights`, whole, on rank 0; elsewhere
// nothing.
using GradientOf = std::function<std::vector<double>(std::span<const double> weights)>;

// Collective. Compares `gradient_of(weights)` with the numerical gradient there; where
// that speaks against it, once more with refined entries, unless they are one-sided. The
// result is on rank 0, the same bits at every layout; elsewhere it is empty. Throws as
// take_numerical_gradient does.
GradientCheck check_gradient(CostProbe& probe, const Communicator& comm,
                             const ParameterLayout& layout, std::span<const double> weights,
                             const CheckSetting& setting, const GradientOf& gradient_of);

}  // namespace lockstep
