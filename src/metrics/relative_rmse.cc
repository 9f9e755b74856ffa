#include "metrics/relative_rmse.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <vector>

#include "base/random.h"

namespace lockstep {
namespace {

constexpr std::uint64_t kMostGroups = 4096;
constexpr std::uint32_t kSamples = 400;

// Sums over some examples.
struct Group {
  double examples = 0;
  std::vector<double> squares;  // [targets], of residuals divided by the deviation
};

// The targets that are not the same in every example.
std::vector<std::uint64_t> varying_targets(const Predictions& predictions) {
  const std::uint64_t targets = predictions.outputs;
  std::vector<std::uint64_t> varying;
  for (std::uint64_t t = 0; t < targets; ++t) {
    for (std::uint64_t k = t; k < predictions.labels.size(); k += targets) {
      if (predictions.labels[k] == predictions.labels[t]) continue;
      varying.push_back(t);
      break;
    }
  }
  return varying;
}

// Example i is in group i mod the number of groups.
std::vector<Group> groups_of(const Predictions& predictions, std::span<const double> deviations,
                             std::span<const std::uint64_t> targets) {
  const std::uint64_t outputs = predictions.outputs;
  const std::uint64_t examples = predictions.labels.size() / outputs;
  std::vector<Group> groups(std::min(examples, kMostGroups),
                            Group{0, std::vector<double>(targets.size(), 0.0)});
  for (std::uint64_t i = 0; i < examples; ++i) {
    Group& group = groups[i % groups.size()];
    group.examples += 1;
    for (std::size_t s = 0; s < targets.size(); ++s) {
      const std::uint64_t k = i * outputs + targets[s];
      const double residual =
          static_cast<double>(predictions.labels[k]) - static_cast<double>(predictions.values[k]);
      const double relative = residual / deviations[targets[s]];
      group.squares[s] += relative * relative;
    }
  }
  return groups;
}

// The RMSE of the groups that group_of(k) names for k from 0 on, as many as there are.
template <typename GroupOf>
double rmse_of(const std::vector<Group>& groups, const GroupOf& group_of) {
  double examples = 0;
  std::vector<double> squares(groups.front().squares.size(), 0.0);
  for (std::size_t k = 0; k < groups.size(); ++k) {
    const Group& group = groups[group_of(k)];
    examples += group.examples;
    for (std::size_t t = 0; t < squares.size(); ++t) squares[t] += group.squares[t];
  }
  double sum = 0;
  for (const double of_target : squares) sum += std::sqrt(of_target / examples);
  return sum / static_cast<double>(squares.size());
}

std::size_t drawn_group(std::uint32_t seed, std::uint32_t sample, std::size_t k,
                        std::size_t groups) {
  const RandomWords words =
      random_words({seed, Purpose::bootstrap}, {sample, static_cast<std::uint32_t>(k), 0, 0});
  const auto place = uniform_from_words(words[0], words[1]) * static_cast<double>(groups);
  return std::min(static_cast<std::size_t>(place), groups - 1);
}

}  // namespace

std::optional<RelativeRmse> relative_rmse(const Predictions& predictions,
                                          std::span<const double> deviations, std::uint32_t seed) {
  if (predictions.labels.empty() || !are_finite(predictions)) return std::nullopt;
  const std::vector<std::uint64_t> targets = varying_targets(predictions);
  if (targets.empty()) return std::nullopt;
  const std::vector<Group> groups = groups_of(predictions, deviations, targets);
  RelativeRmse result;
  result.value = rmse_of(groups, [](std::size_t k) { return k; });
  double sum = 0;
  double squares = 0;
  for (std::uint32_t sample = 0; sample < kSamples; ++sample) {
    const double difference =
        rmse_of(groups,
                [&](std::size_t k) { return drawn_group(seed, sample, k, groups.size()); }) -
        result.value;
    sum += difference;
    squares += difference * difference;
  }
  const double mean = sum / kSamples;
  result.standard_error = std::sqrt(std::max(0.0, squares / kSamples - mean * mean));
  return result;
}

}  // namespace lockstep
