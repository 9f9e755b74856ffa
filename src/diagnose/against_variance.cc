#include "diagnose/remedies.h"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include <fmt/format.h>

#include "base/binomial.h"
#include "diagnose/either_way.h"
#include "diagnose/training_length.h"
#include "diagnose/wider_network.h"
#include "model/build.h"
#include "nn/layers.h"
#include "sets/dev_size.h"
#include "train/cautions.h"

namespace lockstep {
namespace {

std::string high_variance(const RecipeDraft& recipe) {
  const bool train_dev = recipe.diagnosis.train_dev.has_value();
  return fmt::format("high variance: {} wrong on train, {} on {}", percent(recipe.diagnosis.train),
                     percent(train_dev ? recipe.diagnosis.train_dev : recipe.diagnosis.dev),
                     train_dev ? "train-dev" : "dev");
}

void more_data(RecipeDraft& recipe) {
  recipe.add("more data",
             fmt::format("more than {} training examples", recipe.facts.train_examples),
             high_variance(recipe) + " (1.3: more data, the surest remedy if it is available)",
             "dev error closer to the training error", {});
  if (!recipe.job.data.split.dev || recipe.job.data.held_out || !recipe.diagnosis.dev) return;
  const std::uint64_t needed =
      examples_for_half_width(recipe.diagnosis.dev->error, decided_improvement(recipe.job));
  if (recipe.facts.dev_examples < 2 * needed) return;
  recipe.add("more data", fmt::format("a dev set of {} examples, the others for training", needed),
             fmt::format("{} dev examples are more than needed to detect improvements of {:g} "
                         "points (1.1)",
                         recipe.facts.dev_examples, 100 * decided_improvement(recipe.job)),
             "a little less variance", {fmt::format("data.split.dev.count={}", needed)}, false);
}

// J contains lambda / (2 m), so the effect of a lambda depends on lambda / m. At about 1e-4,
// weight decay begins to have an effect.
void more_l2(RecipeDraft& recipe) {
  const double lambda = recipe.largest_lambda(&LayerPenalty::l2_lambda);
  const double first = static_cast<double>(recipe.facts.train_examples) * 1e-4;
  std::vector<double> values = {rough(first), rough(3 * first)};
  if (lambda > 0) values = {rough(3 * lambda), rough(10 * lambda)};
  const std::string coupled =
      recipe.job.early_stopping ? "; better without early stopping, which couples tasks (1.8)" : "";
  for (const double value : values) {
    recipe.add("L2", fmt::format("L2 with lambda {:g}", value),
               high_variance(recipe) +
                   " (1.3: regularization; 1.4: lambda is chosen on the dev set)" + coupled,
               "smaller weights, a simpler function, lower dev error",
               recipe.lambda_lines("l2_lambda", value));
  }
}

struct MoreDropout {
  std::vector<std::string> keep_probs;
  std::vector<std::string> lines;  // for --set; empty: there is enough dropout already
};

// The number of weights of each layer.
std::vector<std::uint64_t> weight_counts(const NetworkSpec& network) {
  std::vector<std::uint64_t> counts;
  for (const LayerNeeds& layer : needs_of(network)) {
    std::uint64_t count = 0;
    for (const TensorNeed& tensor : layer.tensors) {
      if (tensor.role == ParameterRole::weight) count += size_of(tensor.shape);
    }
    counts.push_back(count);
  }
  return counts;
}

// Lowers keep_prob most where the weight matrix is largest (1.7); small layers keep all units.
MoreDropout more_dropout(const RecipeDraft& recipe) {
  const auto& hidden = recipe.job.network.hidden;
  if (hidden.empty()) return {};
  const NetworkSpec network =
      build_network(recipe.job.network, std::max<std::uint64_t>(recipe.facts.features, 1));
  const std::vector<std::uint64_t> units = layer_sizes(network);
  const std::vector<std::uint64_t> weights = weight_counts(network);
  const std::uint64_t largest = *std::ranges::max_element(std::span(weights).first(hidden.size()));
  constexpr std::uint64_t kSmallLayer = 16;
  constexpr double kLowest = 0.5;
  MoreDropout more;
  for (std::size_t i = 0; i < hidden.size(); ++i) {
    const double now = hidden[i].epilogue.keep_prob;
    double next = std::max(kLowest, std::round(100 * (now - 0.1)) / 100);
    if (now >= 1) next = weights[i] == largest && hidden.size() > 1 ? 0.7 : 0.8;
    if (units[i + 1] < kSmallLayer || next >= now) continue;
    more.lines.push_back(layer_field(i, "keep_prob") + fmt::format("={:g}", next));
    more.keep_probs.push_back(fmt::format("{:g}", next));
  }
  return more;
}

void drop_out(RecipeDraft& recipe) {
  const auto [keep_probs, lines] = more_dropout(recipe);
  if (lines.empty()) return;
  recipe.add(
      "dropout", "dropout with keep_prob " + listed(keep_probs),
      high_variance(recipe) + " (1.3: regularization; 1.7: lower where there are most weights)",
      "weights spread; lower dev error, higher training error", lines);
}

// With enough regularization a bigger network hardly hurts, because its additional capacity is
// kept in check. If dropout is new, training is longer, because each unit then misses some of the
// steps.
void bigger_and_regularized(RecipeDraft& recipe) {
  const auto [widths, lines] = wider_network(recipe);
  if (lines.empty()) return;
  const auto [keep_probs, dropout] = more_dropout(recipe);
  std::vector<std::string> all = lines;
  all.insert(all.end(), dropout.begin(), dropout.end());
  std::string action = fmt::format("hidden layers of {} units", listed(widths));
  if (!dropout.empty()) action += ", dropout with keep_prob " + listed(keep_probs);
  if (!dropout.empty() && !has_dropout(recipe.job.network)) {
    const TrainingLength longer = twice_as_long(recipe.job.training);
    all.insert(all.end(), longer.lines.begin(), longer.lines.end());
    action += ", " + longer.text;
  }
  recipe.add("bigger and regularized", action,
             high_variance(recipe) +
                 " (1.3: a bigger network that is well regularized hardly hurts; it costs compute)",
             "units that depend less on each other; lower dev error", all);
}

void augment(RecipeDraft& recipe) {
  if (!recipe.facts.images) return;
  const AugmentationRules now = recipe.job.data.augmentation.value_or(AugmentationRules{});
  const std::string expected = "each training example stands for more; lower dev error";
  if (!now.shift && !now.rotation && !now.zoom && !now.crop) {
    recipe.add(
        "augmentation", "training images shifted and turned a little",
        high_variance(recipe) + " (1.8: augmentation, cheaper than more data and worth less)",
        expected,
        {"data.augmentation.shift={horizontal: 1 vertical: 1}",
         "data.augmentation.rotation={probability: 0.5 degrees: 5}"});
  }
  if (!now.horizontal_flip) {
    recipe.add("augmentation", "training images mirrored half of the time",
               high_variance(recipe) +
                   " (1.8: augmentation; only where a mirrored image still has its class, not for "
                   "digits and letters)",
               expected, {"data.augmentation.horizontal_flip={}"});
  }
}

void stop_early(RecipeDraft& recipe) {
  if (recipe.job.early_stopping || !recipe.facts.dev_was_best_before_the_end) return;
  recipe.add("early stopping", "early stopping",
             high_variance(recipe) +
                 ", and the dev error had been better before the end (1.8: early "
                 "stopping; it couples two tasks)",
             "the dev error of the best evaluation",
             {"early_stopping={metric: DEV_ERROR patience: 10}"});
}

void smaller_network(RecipeDraft& recipe) {
  std::vector<std::string> lines;
  std::vector<std::string> widths;
  constexpr std::uint64_t kSmallest = 16;
  for (std::size_t i = 0; i < recipe.job.network.hidden.size(); ++i) {
    const std::optional<LayerWidth> width = layer_width(recipe.job.network.hidden[i].kind);
    if (!width) continue;
    const std::uint64_t units = width->units;
    const std::uint64_t half = units >= 2 * kSmallest ? units / 2 : units;
    widths.push_back(std::to_string(half));
    if (half < units) lines.push_back(layer_field(i, width->field) + fmt::format("={}", half));
  }
  if (lines.empty()) return;
  recipe.add(
      "other architecture", fmt::format("hidden layers of {} units", listed(widths)),
      high_variance(recipe) +
          " (1.3: another architecture, perhaps; a large, well regularized network is better "
          "if there is time for it)",
      "less variance; bias may rise", lines);
}

}  // namespace

void against_variance(RecipeDraft& recipe) {
  more_data(recipe);
  more_l2(recipe);
  drop_out(recipe);
  bigger_and_regularized(recipe);
  augment(recipe);
  stop_early(recipe);
  decaying_learning_rate(recipe, high_variance(recipe));
  deeper_network(recipe, "other architecture", high_variance(recipe),
                 "another function; dev error may be lower");
  smaller_network(recipe);
}

}  // namespace lockstep
