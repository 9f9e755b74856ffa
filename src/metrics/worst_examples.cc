#include "metrics/worst_examples.h"

#include <algorithm>
#include <cmath>
#include <numeric>

namespace lockstep {
namespace {

struct Farthest {
  double deviation = 0;
  std::size_t output = 0;
};

Farthest farthest_of(const Predictions& all, std::size_t example,
                     std::span<const double> deviations) {
  const auto values = std::span(all.values).subspan(example * all.outputs, all.outputs);
  const auto labels = std::span(all.labels).subspan(example * all.label_width, all.label_width);
  if (!predicts_values(all.loss) && !all.by_unit) {
    const auto truth = static_cast<std::size_t>(labels[0]);
    // A model of one unit has the probability of the second class.
    const double probability =
        all.outputs > 1 ? values[truth] : (truth == 1 ? values[0] : 1.0 - values[0]);
    return {1 - probability, 0};
  }
  // Values may have a class number for a label, which stands for a one-hot target.
  const bool one_hot = labels.size() != values.size();
  Farthest farthest;
  for (std::size_t i = 0; i < values.size(); ++i) {
    const double target = !one_hot ? labels[i] : labels[0] == static_cast<float>(i) ? 1 : 0;
    const double difference = std::abs(values[i] - target);
    const double deviation = deviations.empty() ? difference : difference / deviations[i];
    if (deviation > farthest.deviation) farthest = {deviation, i};
  }
  return farthest;
}

}  // namespace

std::vector<WorstExample> worst_examples(const Predictions& predictions,
                                         std::span<const std::uint32_t> examples,
                                         std::span<const double> deviations, std::size_t most) {
  std::vector<Farthest> all(examples.size());
  for (std::size_t i = 0; i < all.size(); ++i) all[i] = farthest_of(predictions, i, deviations);
  std::vector<std::size_t> order(examples.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  const auto middle = order.begin() + static_cast<std::ptrdiff_t>(std::min(most, order.size()));
  std::ranges::partial_sort(order, middle, [&](std::size_t a, std::size_t b) {
    if (all[a].deviation != all[b].deviation) return all[a].deviation > all[b].deviation;
    return examples[a] < examples[b];
  });
  std::vector<WorstExample> worst;
  for (auto at = order.begin(); at != middle; ++at) {
    const auto part = [&](const std::vector<float>& values, std::uint64_t width) {
      const auto begin = values.begin() + static_cast<std::ptrdiff_t>(*at * width);
      return std::vector<float>(begin, begin + static_cast<std::ptrdiff_t>(width));
    };
    worst.push_back({.example = examples[*at],
                     .place = "",
                     .deviation = all[*at].deviation,
                     .output = all[*at].output,
                     .labels = part(predictions.labels, predictions.label_width),
                     .predictions = part(predictions.values, predictions.outputs)});
  }
  return worst;
}

}  // namespace lockstep
