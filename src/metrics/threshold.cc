#include "metrics/threshold.h"

#include <algorithm>
#include <cmath>
#include <functional>
#include <limits>
#include <span>
#include <variant>

#include "metrics/decision_counts.h"

namespace lockstep {
namespace {

ClassScores scores_of_yes(const ThresholdCounts& counts) {
  return {.examples = counts.right_yes + counts.false_no,
          .decided = counts.right_yes + counts.false_yes,
          .right = counts.right_yes};
}

// How good the decisions are; none: they do not reach the goal.
struct Worth {
  std::optional<double> operator()(const LargestF1& /*goal*/) const {
    return scores_of_yes(counts).f1();
  }
  std::optional<double> operator()(const MinPrecision& goal) const {
    const ClassScores scores = scores_of_yes(counts);
    return scores.precision().value_or(0) >= goal.value ? scores.recall() : std::nullopt;
  }
  std::optional<double> operator()(const MinRecall& goal) const {
    const ClassScores scores = scores_of_yes(counts);
    return scores.recall().value_or(0) >= goal.value ? scores.precision() : std::nullopt;
  }
  std::optional<double> operator()(const DecisionCosts& goal) const {
    return -(goal.false_yes * static_cast<double>(counts.false_yes) +
             goal.false_no * static_cast<double>(counts.false_no));
  }

  const ThresholdCounts& counts;
};

// The midpoint between the largest score that is decided as no and the next one, which is yes.
float between(float no, float yes) {
  const float middle = no + (yes - no) / 2;
  return middle > no ? middle : yes;
}

// Above the largest score, for which there is no yes.
float above(float largest) {
  return largest < 1 ? between(largest, 1)
                     : std::nextafter(largest, std::numeric_limits<float>::infinity());
}

}  // namespace

ThresholdCounts counts_at(float threshold, const std::vector<RankedExample>& examples) {
  ThresholdCounts counts;
  for (const RankedExample& example : examples) {
    const bool yes = example.score >= threshold;
    if (example.positive) ++(yes ? counts.right_yes : counts.false_no);
    if (!example.positive) ++(yes ? counts.false_yes : counts.right_no);
  }
  return counts;
}

std::optional<float> best_threshold(const ThresholdGoal& goal,
                                    std::vector<RankedExample> examples) {
  std::ranges::sort(examples, std::greater(), &RankedExample::score);
  ThresholdCounts counts = counts_at(std::numeric_limits<float>::infinity(), examples);
  if (counts.false_no == 0) return std::nullopt;
  std::optional<float> best;
  std::optional<double> most;
  const auto consider = [&](float threshold) {
    const std::optional<double> worth = std::visit(Worth{counts}, goal);
    if (!worth || (most && *worth <= *most)) return;
    most = worth;
    best = threshold;
  };
  if (std::holds_alternative<DecisionCosts>(goal)) {
    consider(above(examples.front().score));
  }
  for (std::size_t i = 0; i < examples.size();) {
    const float score = examples[i].score;
    for (; i < examples.size() && examples[i].score == score; ++i) {
      --(examples[i].positive ? counts.false_no : counts.right_no);
      ++(examples[i].positive ? counts.right_yes : counts.false_yes);
    }
    consider(i < examples.size() ? between(examples[i].score, score) : score / 2);
  }
  return best;
}

std::vector<RankedExample> yes_or_no_of(const Predictions& predictions) {
  std::vector<RankedExample> examples(predictions.labels.size());
  const std::span<const float> values = predictions.values;
  for (std::size_t i = 0; i < examples.size(); ++i) {
    examples[i] = {values[(i + 1) * predictions.outputs - 1], predictions.labels[i] > 0.5F};
  }
  return examples;
}

void add_threshold(float threshold, const Predictions& predictions, SetMetrics& metrics) {
  const std::vector<RankedExample> examples = yes_or_no_of(predictions);
  const ThresholdCounts counts = counts_at(threshold, examples);
  const ClassScores scores = scores_of_yes(counts);
  metrics.threshold = threshold;
  metrics.threshold_error = static_cast<double>(counts.false_yes + counts.false_no) /
                            static_cast<double>(examples.size());
  metrics.threshold_precision = scores.precision();
  metrics.threshold_recall = scores.recall();
  metrics.threshold_f1 = scores.f1();
}

std::optional<float> threshold_of(const SetMetrics& metrics) {
  if (!metrics.threshold) return std::nullopt;
  return static_cast<float>(*metrics.threshold);
}

}  // namespace lockstep
