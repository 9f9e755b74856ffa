#pragma once
// Gradient checking (lecture 1.13, 1.14): compares a gradient with differences of J, which are
// two-sided unless requested otherwise (1.12), as a whole and tensor by tensor, in double.

#include <cstdint>
#include <functional>
#include <span>
#include <vector>

#include "comm/communicator.h"
#include "diagnose/cost_probe.h"
#include "diagnose/numerical_entries.h"
#include "nn/gradient_comparison.h"
#include "nn/parameters.h"

namespace lockstep {

// The comparison of all checked entries of one tensor, or of all of theta.
struct Comparison {
  std::uint64_t compared = 0;
  std::uint64_t at_kink = 0;
  std::uint64_t reduced = 0;   // with a smaller epsilon, because J has a kink or bends
  std::uint64_t enlarged = 0;  // with a larger one, because of J's rounding
  double numerical_norm = 0;
  double analytic_norm = 0;
  double difference_norm = 0;
  double rounding_norm = 0;  // norm of the possible rounding errors of the differences
  double ratio = 0;          // relative_difference; 0 when both norms are 0
  // The verdict by the ratio; unresolved when the ratio is above 1e-5 but the gradients differ by
  // no more than rounding, or when nothing was compared.
  GradientVerdict verdict = GradientVerdict::great;
};

struct TensorCheck {
  ParameterTensor tensor;
  std::vector<CheckedEntry> entries;  // the checked ones, ascending
  Comparison comparison;
};

struct GradientCheck {
  double cost = 0;  // J
  std::vector<TensorCheck> tensors;
  Comparison all;  // as in the lecture: all of theta as one vector
};

// Compares `entries`, ascending, for a J of value `cost`. `epsilon` is the requested one.
GradientCheck compare_entries(const ParameterTable& table, std::span<const CheckedEntry> entries,
                              double cost, double epsilon);

// The worst of the verdicts on theta as a whole and on each tensor: a small tensor's fault is lost
// in the norm of a large one. Unresolved if everything is 0, because nothing was compared.
GradientVerdict worst_verdict(const GradientCheck& check);

// The entries of a tensor that differ most, worst first, without those at a kink.
std::vector<CheckedEntry> worst_entries(const TensorCheck& tensor, std::size_t count);

// Collective. Returns the whole gradient of J at `weights` on rank 0, and nothing on other ranks.
using GradientOf = std::function<std::vector<double>(std::span<const double> weights)>;

// Collective. Compares `gradient_of(weights)` with the numerical gradient. If that speaks against
// it, compares once more with refined entries, unless they are one-sided. The result is on rank 0,
// with the same bits at every layout; it is empty on other ranks. Errors: as in
// take_numerical_gradient.
GradientCheck check_gradient(CostProbe& probe, const Communicator& comm,
                             const ParameterTable& table, std::span<const double> weights,
                             const CheckSetting& setting, const GradientOf& gradient_of);

}  // namespace lockstep
