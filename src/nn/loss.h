#pragma once
// Numerically stable losses on logits, which include the output's non-linearity (softmax, sigmoid,
// none).

#include <cstdint>
#include <optional>
#include <span>

#include "linalg/matrix.h"
#include "nn/spec.h"

namespace lockstep {

// Sums over the rows of a batch; divide them by the number of rows for means.
struct LossSums {
  double loss = 0;
  // Decisions: one for each row, or one for each unit if units have labels of their own; none of
  // values. They are counts, so that equally many wrong ones are equal.
  std::uint64_t wrong = 0;
  std::uint64_t decisions = 0;

  LossSums& operator+=(const LossSums& other) {
    loss += other.loss;
    wrong += other.wrong;
    decisions += other.decisions;
    return *this;
  }
};

// The fraction of wrong decisions; none if nothing was decided.
inline std::optional<double> error_rate(const LossSums& sums) {
  if (sums.decisions == 0) return std::nullopt;
  return static_cast<double>(sums.wrong) / static_cast<double>(sums.decisions);
}

// Whether `loss` has an error rate in addition to its cost.
constexpr bool has_error_rate(Loss loss) { return !predicts_values(loss); }

// The loss of `network`. logits: [B, O]. labels: [B, 1] with a class number (a one-hot target for
// independent units and values with O > 1), or [B, O] with a target for each unit. The sums are
// taken in row order. If `gradient` ([B, O]) has data, it receives dLoss/dlogits of each row (not
// divided by B; 0 where an absolute error is 0); it may be the same memory as logits. weights: [B],
// factors of the rows' losses and gradients; empty: 1.
template <typename T>
LossSums evaluate_loss(const NetworkSpec& network, Matrix<const T> logits,
                       Matrix<const float> labels, Matrix<T> gradient,
                       std::span<const float> weights = {});

}  // namespace lockstep
