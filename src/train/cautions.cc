#include "train/cautions.h"

#include <algorithm>

#include <fmt/format.h>

#include "base/binomial.h"
#include "base/number_text.h"

namespace lockstep {
namespace {

std::string describe(const SetScore& score) {
  return fmt::format("{} of {}", format_percent(error_rate(score).value_or(0)), score.examples);
}

}  // namespace

bool has_dropout(const NetworkConfig& network) {
  return network.input_keep_prob < 1 ||
         std::ranges::any_of(network.hidden,
                             [](const DenseConfig& layer) { return layer.keep_prob < 1; });
}

bool has_penalty(const NetworkConfig& network) {
  const auto penalises = [](const LayerPenalty& penalty) {
    return penalty.l2_lambda > 0 || penalty.l1_lambda > 0;
  };
  return penalises(network.output.penalty) ||
         std::ranges::any_of(network.hidden, penalises, &DenseConfig::penalty);
}

std::vector<std::string> job_cautions(const Job& job) {
  std::vector<std::string> cautions;
  if (job.network.input_keep_prob <= 0.5) {
    cautions.push_back(
        fmt::format("caution: network.input_keep_prob is {}, which throws away half of the input "
                    "or more; the lecture keeps 1.0 or 0.9 of it and never about half (1.7)",
                    job.network.input_keep_prob));
  }
  if (job.early_stopping && has_penalty(job.network)) {
    cautions.emplace_back(kOrthogonalizationCaution);
  }
  return cautions;
}

bool overfits(const SetScore& train, const SetScore& dev) {
  const Interval interval =
      difference_interval(wrong_examples(train), train.examples, wrong_examples(dev), dev.examples);
  return interval.low > 0;
}

std::optional<std::string> dropout_caution(const NetworkConfig& network, const Scores& scores) {
  const bool counts_errors = network.output.loss != Loss::squared_error;
  if (!counts_errors || scores.dev.examples == 0 || scores.train.examples == 0) return std::nullopt;
  if (!has_dropout(network) || overfits(scores.train, scores.dev)) return std::nullopt;
  return fmt::format(
      "caution: dropout without overfitting: the dev error, {}, is not above the training error, "
      "{}, by more than chance. Dropout is a remedy for overfitting (1.7); if a run with "
      "--no-dropout does not overfit either, leave it out",
      describe(scores.dev), describe(scores.train));
}

}  // namespace lockstep
