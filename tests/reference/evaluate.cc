#include "reference/evaluate.h"

#include <algorithm>
#include <cmath>
#include <optional>
#include <span>

#include "reference/gradient.h"
#include "reference/loss.h"
#include "reference/numbers.h"

namespace reference {

// The sum of the losses, in place of their mean.
static Score block_sum(const Job& job, const Data& data, const Parameters& weights,
                       std::span<const std::size_t> examples) {
  const Precision precision = job.evaluation_precision.value_or(job.training_precision);
  Score sum;
  for (const std::size_t example : examples) {
    const RowPass pass = forward(job, precision, weights, data.row(example), std::nullopt);
    const RowLoss row =
        times(data.weights[example], row_loss(job, pass.outputs, data.target(example)));
    sum.cost += row.loss;
    sum.wrong += row.wrong;
    sum.decisions += job.loss == Loss::softmax ? 1 : pass.outputs.size();
  }
  return sum;
}

Score evaluate(const Job& job, const Data& data, const Parameters& weights,
               const std::vector<Numbers>& lists) {
  constexpr std::size_t kBlock = 256;
  Score score;
  std::size_t n = 0;
  for (const Numbers& list : lists) {
    for (std::size_t first = 0; first < list.size(); first += kBlock) {
      const std::size_t length = std::min(kBlock, list.size() - first);
      const Score block = block_sum(job, data, weights, std::span(list).subspan(first, length));
      score.cost += block.cost;
      score.wrong += block.wrong;
      score.decisions += block.decisions;
    }
    n += list.size();
  }
  score.cost /= static_cast<double>(n);
  return score;
}

Penalty penalty(const Job& job, const Parameters& weights, std::size_t train_examples) {
  Penalty sum;
  for (std::size_t t = 0; t < weights.size(); ++t) {
    if (!is_penalized(job, t)) continue;
    sum.l2 += job.layers[t / 2].l2_lambda * sum_of_squares_in_lanes(weights[t]);
    sum.l1 += job.layers[t / 2].l1_lambda * sum_of_magnitudes_in_lanes(weights[t]);
  }
  const double divisor = 2.0 * static_cast<double>(train_examples);
  return {sum.l2 / divisor, sum.l1 / divisor};
}

double weights_norm(const Parameters& weights) {
  double squares = 0.0;
  for (std::size_t t = 0; t < weights.size(); t += 2) {
    squares += sum_of_squares_in_lanes(weights[t]);
  }
  return std::sqrt(squares);
}

double weights_near_zero(const Parameters& weights) {
  std::size_t near_zero = 0;
  std::size_t count = 0;
  for (std::size_t t = 0; t < weights.size(); t += 2) {
    const std::size_t inputs = weights[t].size() / weights[t + 1].size();
    double largest = 1.0 / std::sqrt(static_cast<double>(inputs));
    for (const float w : weights[t]) largest = std::max(largest, static_cast<double>(std::abs(w)));
    for (const float w : weights[t]) {
      if (static_cast<double>(std::abs(w)) <= 0.001 * largest) ++near_zero;
    }
    count += weights[t].size();
  }
  return static_cast<double>(near_zero) / static_cast<double>(count);
}

}  // namespace reference
