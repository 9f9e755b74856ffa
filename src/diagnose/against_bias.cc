#include "diagnose/remedies.h"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include <fmt/format.h>

#include "diagnose/either_way.h"
#include "diagnose/optimizer_fields.h"
#include "diagnose/training_length.h"
#include "diagnose/wider_network.h"
#include "nn/activations.h"
#include "nn/layers.h"
#include "records/stop_reason.h"

namespace lockstep {
namespace {

std::string too_large(const Diagnosis& diagnosis) {
  const std::string error = percent(diagnosis.train);
  if (!diagnosis.of_values) return fmt::format("high bias: {} of the training set is wrong", error);
  return fmt::format(
      "high bias: the RMSE on the training set is {} of the deviation of the targets", error);
}

void bigger_network(RecipeDraft& recipe) {
  const auto& hidden = recipe.job.network.hidden;
  const std::string expected = "lower training error, and so less bias";
  if (hidden.empty()) {
    const std::uint64_t units = std::clamp<std::uint64_t>(2 * recipe.facts.features, 16, 256);
    recipe.add(
        "bigger network", fmt::format("a hidden layer of {} units", units),
        "high bias: without a hidden layer the network is logistic regression, which is nearly "
        "linear (1.3: bigger network)",
        expected, {fmt::format("{}={{units: {}}}", layer_path(0), units)});
    return;
  }
  // If there is one wide layer, a second one helps more than twice the width, at a lower cost.
  const auto only = hidden.size() == 1 ? layer_width(hidden.front().kind) : std::nullopt;
  if (only && only->units >= kWideLayer) {
    deeper_network(recipe, "bigger network", "high bias", expected);
  }
  const auto [widths, lines] = wider_network(recipe);
  if (lines.empty()) return;
  recipe.add("bigger network", fmt::format("hidden layers of {} units", listed(widths)),
             too_large(recipe.diagnosis) + " (1.3: bigger network)", expected, lines);
}

void longer_training(RecipeDraft& recipe) {
  const std::string expected = "lower J and training error";
  if (recipe.facts.stop_reason == kStoppedEarly && recipe.job.early_stopping) {
    const std::uint64_t patience = 2ULL * recipe.job.early_stopping->patience;
    recipe.add("train longer", fmt::format("early stopping with a patience of {}", patience),
               "high bias: training stopped early, before the training set was fitted (1.3: train "
               "longer; 1.8: stopping early couples the two tasks)",
               expected, {fmt::format("early_stopping.patience={}", patience)});
    return;
  }
  const bool constant = std::holds_alternative<ConstantFactor>(recipe.job.schedule.kind);
  if (recipe.facts.cost_was_falling == false && constant) return;  // longer training would not help
  const char* why = recipe.facts.cost_was_falling == true
                        ? "high bias, and J was still falling at the end (1.3: train longer)"
                    : recipe.facts.cost_was_falling == false
                        ? "high bias; J no longer fell, but with the small learning rate of the "
                          "schedule's end (1.3: train longer)"
                        : "high bias (1.3: train longer)";
  const auto [length, lines] = twice_as_long(recipe.job.training);
  recipe.add("train longer", length, why, expected, lines);
}

void other_optimizer(RecipeDraft& recipe) {
  const std::string expected = "J falls faster, to a lower training error";
  if (std::holds_alternative<KeepInputs>(recipe.job.data.normalization)) {
    recipe.add(
        "normalize", "normalized inputs",
        "high bias: with features of different ranges gradient descent must take small steps (1.9)",
        expected, {"data.normalization.standardize={}"});
  }
  const auto try_optimizer = [&](const std::string& name, const std::string& line) {
    recipe.add("other optimizer", name, "high bias (1.3: other optimizers)", expected, {line});
  };
  // Adam and AdamW average both gradients and their squares.
  const Optimizer& optimizer = recipe.job.optimizer;
  if (averages_squares(optimizer) && slot_names(optimizer).size() > 1) return;
  try_optimizer("Adam", "optimizer.adam={}");
  if (std::holds_alternative<GradientDescent>(recipe.job.optimizer)) {
    try_optimizer("momentum", fmt::format("optimizer.momentum.learning_rate={:g}",
                                          base_learning_rate(recipe.job.optimizer)));
  }
}

void other_learning_rate(RecipeDraft& recipe) {
  for (const double factor : {1.0 / 3, 3.0}) {
    const double rate = rough(base_learning_rate(recipe.job.optimizer) * factor);
    recipe.add("learning rate", fmt::format("a learning rate of {:g}", rate),
               factor < 1 ? "high bias: steps may be too large to reach the minimum of J (1.3: "
                            "other optimizers)"
                          : "high bias: steps may be too small to get far (1.3: other optimizers)",
               "J falls faster, or to a lower training error",
               {learning_rate_line(recipe.job.optimizer, rate)});
  }
}

// Smaller batches make more steps in the same number of epochs. If batches are already small,
// larger ones make the steps less noisy.
void other_batch_size(RecipeDraft& recipe) {
  const auto& training = recipe.job.training;
  constexpr std::uint32_t kSmall = 64;
  constexpr std::uint64_t kMinibatch = 256;
  if (!training.batch_size) {
    recipe.add("batch size", fmt::format("batches of {}", kMinibatch),
               "high bias: with the full training set there is one step per epoch (1.3: other "
               "optimizers)",
               "many more steps in the same epochs, a lower training error",
               {fmt::format("training.batch_size={}", kMinibatch)});
    return;
  }
  const std::uint64_t batch = *training.batch_size;
  const bool smaller = batch > kSmall && training.epochs;
  const std::uint64_t other = smaller ? batch / 4 : 4 * batch;
  if (!smaller && other > recipe.facts.train_examples) return;
  recipe.add("batch size", fmt::format("batches of {}", other),
             smaller
                 ? "high bias: smaller batches make more steps per epoch (1.3: other optimizers)"
                 : "high bias: gradients of larger batches are less noisy (1.3: other "
                   "optimizers)",
             "lower training error", {fmt::format("training.batch_size={}", other)});
}

void less_regularization(RecipeDraft& recipe) {
  std::vector<std::string> lines;
  std::string what;
  const auto say = [&](const std::string& part) { what += (what.empty() ? "" : ", ") + part; };
  bool dropout = false;
  bool dropout_is_left = false;
  const auto raise = [&](const std::string& path, double keep_prob) {
    if (keep_prob >= 1) return;
    dropout = true;
    const double halfway = std::round(50 * (1 + keep_prob)) / 100;
    dropout_is_left = dropout_is_left || halfway < 1;
    lines.push_back(fmt::format("{}={:g}", path, halfway));
  };
  raise("network.input_keep_prob", recipe.job.network.input_keep_prob);
  for (std::size_t i = 0; i < recipe.job.network.hidden.size(); ++i) {
    raise(layer_field(i, "keep_prob"), recipe.job.network.hidden[i].epilogue.keep_prob);
  }
  if (dropout) say(dropout_is_left ? "half the dropout" : "no dropout");
  if (recipe.largest_lambda(&LayerPenalty::l2_lambda) > 0) {
    const double lambda = rough(recipe.largest_lambda(&LayerPenalty::l2_lambda) / 3);
    for (const std::string& line : recipe.lambda_lines("l2_lambda", lambda)) lines.push_back(line);
    say(fmt::format("L2 with lambda {:g}", lambda));
  }
  if (recipe.largest_lambda(&LayerPenalty::l1_lambda) > 0) {
    const double lambda = rough(recipe.largest_lambda(&LayerPenalty::l1_lambda) / 3);
    for (const std::string& line : recipe.lambda_lines("l1_lambda", lambda)) lines.push_back(line);
    say(fmt::format("L1 with lambda {:g}", lambda));
  }
  if (lines.empty()) return;
  recipe.add(
      "less regularization", what,
      "high bias although the network is regularized, which makes it simpler than it could be "
      "(1.5)",
      "lower training error; variance may rise", lines);
}

void other_architecture(RecipeDraft& recipe) {
  const auto& hidden = recipe.job.network.hidden;
  const std::string expected = "lower training error";
  if (hidden.empty()) return;
  std::vector<std::string> lines;
  for (std::size_t i = 0; i < hidden.size(); ++i) {
    if (!facts_of(hidden[i].epilogue.activation).rectifies) {
      lines.push_back(layer_field(i, "activation=RELU"));
    }
  }
  if (!lines.empty()) {
    recipe.add("other architecture", "ReLU in every hidden layer",
               "high bias: saturated units learn slowly (1.3: another architecture, perhaps)",
               expected, lines);
  }
  deeper_network(recipe, "other architecture", "high bias", expected);
}

}  // namespace

void against_bias(RecipeDraft& recipe) {
  bigger_network(recipe);
  longer_training(recipe);
  other_optimizer(recipe);
  other_learning_rate(recipe);
  decaying_learning_rate(recipe, "high bias");
  other_batch_size(recipe);
  less_regularization(recipe);
  other_architecture(recipe);
}

}  // namespace lockstep
