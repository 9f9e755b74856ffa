#include "train/cautions.h"

#include <algorithm>
#include <filesystem>
#include <map>
#include <variant>

#include <fmt/format.h>

#include "base/binomial.h"
#include "base/number_text.h"
#include "config/file_identity.h"

namespace lockstep {
namespace {

std::string describe(const SetScore& score) {
  return fmt::format("{} of {}", format_percent(error_rate(score).value_or(0)), score.examples);
}

// The caution for gradients that are clipped far below the epsilon of an optimizer that divides by
// their root mean square. A step then changes a weight by at most learning_rate max_norm / epsilon.
std::optional<std::string> clipping_caution(const Job& job) {
  if (!job.clipping) return std::nullopt;
  const double max_norm = job.clipping->max_norm;
  const auto caution = [&]<typename Kind>(const Kind& kind) -> std::optional<std::string> {
    if constexpr (requires { kind.epsilon; }) {
      constexpr double kFarBelow = 0.01;
      if (max_norm >= kFarBelow * kind.epsilon) return std::nullopt;
      bool decays = false;
      if constexpr (requires { kind.weight_decay; }) decays = kind.weight_decay > 0;
      return fmt::format(
          "caution: optimizer.clipping.max_norm is {:g}, far below optimizer.{}.epsilon, {:g}: the "
          "gradient moves a weight by at most {:.2g} times the learning rate in a step{}. Use a "
          "max_norm well above epsilon",
          max_norm, Kind::kName, kind.epsilon, max_norm / kind.epsilon,
          decays ? ", while weight decay still shrinks the weights" : "");
    } else {
      return std::nullopt;
    }
  };
  return std::visit(caution, job.optimizer);
}

// The file that has only the labels of a source; empty for other formats.
std::filesystem::path label_file(const DataSource& source) {
  const auto labels = [](const auto& format) -> std::filesystem::path {
    if constexpr (requires { format.labels; }) return format.labels;
    return {};
  };
  return std::visit(labels, source.format);
}

// Sets that share a file of features are refused (config/validate_split.cc), so those that share
// a file of labels have different features.
void add_label_file_cautions(const DataConfig& data, std::vector<std::string>& cautions) {
  std::map<std::string, const char*> seen;  // the set that reads a file
  const auto look = [&](const DataSource& source, const char* set) {
    const std::filesystem::path file = label_file(source);
    if (file.empty()) return;
    const auto [first, is_new] = seen.emplace(file_identity(file), set);
    if (is_new) return;
    cautions.push_back(
        fmt::format("caution: {0} and {1} have their labels in the same file, {2}, but different "
                    "features. That is right only if example i of both sets has the same label, "
                    "for every i; otherwise give {1} the file of its own labels",
                    first->second, set, file.string()));
  };
  look(data.train, "data.train");
  if (data.dev) look(*data.dev, "data.dev");
  if (data.test) look(*data.test, "data.test");
  if (data.held_out) look(*data.held_out, "data.held_out");
}

}  // namespace

bool has_dropout(const NetworkConfig& network) {
  return network.input_keep_prob < 1 ||
         std::ranges::any_of(network.hidden,
                             [](const LayerConfig& layer) { return layer.epilogue.keep_prob < 1; });
}

bool has_penalty(const NetworkConfig& network) {
  const auto penalizes = [](const LayerPenalty& penalty) {
    return penalty.l2_lambda > 0 || penalty.l1_lambda > 0;
  };
  return penalizes(network.output.penalty) ||
         std::ranges::any_of(network.hidden, penalizes, &LayerConfig::penalty);
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
  add_label_file_cautions(job.data, cautions);
  if (const auto caution = clipping_caution(job)) cautions.push_back(*caution);
  return cautions;
}

bool overfits(const SetScore& train, const SetScore& dev) {
  const Interval interval =
      difference_interval(wrong_examples(train), train.examples, wrong_examples(dev), dev.examples);
  return interval.low > 0;
}

std::optional<std::string> precision_caution(const NetworkConfig& network,
                                             Instructions instructions) {
  if (network.precision == Precision::float32 || instructions == Instructions::avx512bf16) {
    return std::nullopt;
  }
  return fmt::format(
      "caution: training.precision is BFLOAT16, but rank 0 multiplies with {} instructions, which "
      "have none for it (AVX512-BF16 has): the results are the same, and training is not faster "
      "than with FLOAT32",
      enum_name(instructions));
}

std::optional<std::string> dropout_caution(const NetworkConfig& network, const Scores& scores) {
  const bool counts_errors = !predicts_values(network.output.loss);
  if (!counts_errors || scores.dev.examples == 0 || scores.train.examples == 0) return std::nullopt;
  if (!has_dropout(network) || overfits(scores.train, scores.dev)) return std::nullopt;
  return fmt::format(
      "caution: dropout without overfitting: the dev error, {}, is not above the training error, "
      "{}, by more than chance. Dropout is a remedy for overfitting (1.7); if a run with "
      "--no-dropout does not overfit either, leave it out",
      describe(scores.dev), describe(scores.train));
}

}  // namespace lockstep
