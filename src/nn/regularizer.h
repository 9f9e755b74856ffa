#pragma once
// L2 and L1 regularization (lecture 1.4, 1.5):
//
//   J = mean loss + 1/(2 m) * sum over layers l of
//       l2_lambda[l] ||W[l]||_F^2 + l1_lambda[l] ||W[l]||_1
//
// with m training examples. The lecture allows m or 2 m under the L1 sum, "just a scaling
// constant"; 2 m gives both parts the same factor.

#include <cstdint>
#include <span>
#include <vector>

#include "base/range.h"
#include "nn/parameters.h"
#include "nn/spec.h"

namespace lockstep {

struct RegularizationSpec {
  std::vector<LayerPenalty> layers;  // first to last; empty: no penalty
  bool include_biases = false;
};

// The parts of J besides the loss.
struct Penalty {
  double l2 = 0;
  double l1 = 0;

  [[nodiscard]] double sum() const { return l2 + l1; }
};

// The penalty for one network and training set. Never communicates.
class Regularizer {
 public:
  Regularizer(const RegularizationSpec& spec, const ParameterTable& table,
              std::uint64_t train_examples);

  // The penalty of all weights, summed in double in the order of the tensors.
  template <typename T>
  [[nodiscard]] Penalty penalty(std::span<const T> weights) const;

  // gradient += l2_lambda / m * w + l1_lambda / (2 m) * sign(w), over the part `range` of the flat
  // vector; both spans are that part. sign(0) is 0, the smallest subgradient, so a weight that is
  // 0 is not pushed. It works element by element, so that any cut of the vector gives the same
  // bits.
  template <typename T>
  void add_gradient(Range range, std::span<const T> weights, std::span<T> gradient) const;

 private:
  // A penalized tensor.
  struct Part {
    Range range;
    LayerPenalty lambda;
  };

  std::vector<Part> parts_;  // ascending
  double train_examples_;
};

}  // namespace lockstep
