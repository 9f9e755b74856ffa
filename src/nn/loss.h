#pragma once
// Losses on logits, numerically stable, with the output's own non-linearity
// inside (softmax, sigmoid, none).

#include "linalg/matrix.h"
#include "nn/spec.h"

namespace lockstep {

// Sums over the rows of a batch; divide by the number of rows for means.
struct LossSums {
  double loss = 0;
  // Wrong decisions: misclassified rows; for independent units the fraction of
  // wrong units. Always 0 for squared error, which decides nothing.
  double errors = 0;

  LossSums& operator+=(const LossSums& other) {
    loss += other.loss;
    errors += other.errors;
    return *this;
  }
};

// Whether `loss` has an error rate beside its cost.
constexpr bool has_error_rate(Loss loss) { return loss != Loss::squared_error; }

// logits: [B, O]. labels: [B, 1] with a class number (a one-hot target for
// independent units and squared error with O > 1), or [B, O] with a target for
// each unit. The sums are taken in row order. When `gradient` ([B, O]) has
// data it becomes dLoss/dlogits of each row (not divided by B); it may be the
// same memory as logits.
template <typename T>
LossSums evaluate_loss(Loss loss, Matrix<const T> logits, Matrix<const float> labels,
                       Matrix<T> gradient);

}  // namespace lockstep
