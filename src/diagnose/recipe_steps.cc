#include "diagnose/recipe_steps.h"

#include <algorithm>
#include <cmath>
#include <utility>
#include <variant>

#include <fmt/format.h>

#include "base/binomial.h"
#include "base/error.h"
#include "train/build.h"
#include "train/cautions.h"
#include "train/dev_size.h"

namespace lockstep {
namespace {

using Lines = std::vector<std::string>;

constexpr std::uint32_t kLargestLayer = 4096;  // beyond that, a person should decide
constexpr std::size_t kMostLayers = 8;

bool is_high(const std::optional<ErrorGap>& gap) { return gap && gap->level == GapLevel::high; }
bool is_uncertain(const std::optional<ErrorGap>& gap) {
  return gap && gap->level == GapLevel::uncertain;
}

std::string percent(double error) { return fmt::format("{:.2f}%", 100 * error); }
std::string percent(const std::optional<MeasuredError>& measured) {
  return measured ? percent(measured->error) : "-";
}

// To one significant digit, so that a suggestion looks like what it is: rough.
double rough(double value) {
  const double scale = std::pow(10, std::floor(std::log10(value)));
  return std::round(value / scale) * scale;
}

std::string layer_field(std::size_t layer, const char* field) {
  return fmt::format("network.layer[{}].{}", layer, field);
}

// What is changed in hidden layers, as one line for all of them where all of
// `layers`, more than one, get the same: with `lines` "network.layer[I].FIELD".
std::vector<std::string> for_all_layers(std::vector<std::string> lines, std::size_t layers) {
  if (layers < 2 || lines.size() != layers) return lines;
  const auto field_of = [&](std::size_t i) -> std::string_view {
    const std::string layer = layer_field(i, "");
    return lines[i].starts_with(layer) ? std::string_view(lines[i]).substr(layer.size()) : "";
  };
  for (std::size_t i = 0; i < layers; ++i) {
    if (field_of(i).empty() || field_of(i) != field_of(0)) return lines;
  }
  return {fmt::format("network.layer[*].{}", field_of(0))};
}

// "600, 200"; of very many, as in "3, 49 times 600".
std::string listed(const std::vector<std::string>& values) {
  constexpr std::ptrdiff_t kMany = 4;
  std::string text;
  for (auto value = values.begin(); value != values.end();) {
    const auto next = std::find_if(value, values.end(), [&](const auto& v) { return v != *value; });
    const std::ptrdiff_t times = next - value;
    const bool many = times >= kMany;
    if (!text.empty()) text += ", ";
    text += many ? fmt::format("{} times {}", times, *value) : *value;
    value = many ? next : value + 1;
  }
  return text;
}

// Collects the steps of one job.
class Recipe {
 public:
  Recipe(const LoadedJob& loaded, const Diagnosis& diagnosis, const RunFacts& facts)
      : loaded_(loaded), job_(loaded.job), diagnosis_(diagnosis), facts_(facts) {}

  std::vector<RecipeStep> steps() {
    if (facts_.stop_reason == "interrupted") {
      add("finish", "finish the run: go on with --resume auto",
          "it was interrupted, and these are the errors of an unfinished training (1.3)",
          "the errors of the finished run", {});
    }
    make_measurable();
    against_ = "bias";
    if (is_high(diagnosis_.avoidable_bias)) against_bias();
    against_ = "variance";
    if (is_high(diagnosis_.variance)) against_variance();
    against_ = "mismatch";
    if (is_high(diagnosis_.mismatch)) against_mismatch();
    return std::move(steps_);
  }

 private:
  // Adds a step unless its lines do not fit the job or change nothing.
  void add(const std::string& kind, const std::string& action, const std::string& reason,
           const std::string& expected, const Lines& lines, bool comparable = true) {
    const Lines set = for_all_layers(lines, job_.network.hidden.size());
    if (!set.empty() && !changed(set)) return;
    steps_.push_back({against_, kind, action, reason, expected, set, comparable});
  }

  // The job with `lines`; none when they do not load or change nothing.
  [[nodiscard]] std::optional<Job> changed(const Lines& lines) const {
    try {
      LoadedJob other = parse_job(loaded_.resolved_text, "resolved job", "/", lines);
      if (other.resolved_text == loaded_.resolved_text) return std::nullopt;
      return std::move(other.job);
    } catch (const Error&) {
      return std::nullopt;
    }
  }

  // ---- before there is a verdict (1.1) ----

  void make_measurable() {
    if (!diagnosis_.train) return;  // no error rate: no set would help
    if (!diagnosis_.variance) {
      add("dev set", "hold out a dev set",
          "without one, nothing tells variance, or which model is best (1.1)",
          "a verdict on variance", {fmt::format("data.split.dev.count={}", sensible_dev_size())},
          false);
    }
    if (diagnosis_.variance_may_be_mismatch && is_high(diagnosis_.variance)) {
      add("train-dev set", "hold a train-dev set out of the training source",
          "dev has another source than train: only examples held out of the training source tell "
          "variance from mismatch (1.1)",
          "a verdict on each of the two",
          {fmt::format("data.split.train_dev.count={}",
                       std::min(facts_.dev_examples, facts_.train_examples / 10 + 1))},
          false);
    }
    if (diagnosis_.variance && is_uncertain(diagnosis_.variance)) {
      suggest_larger_dev_set(diagnosis_.variance->value);
    }
  }

  // 20 % of few examples, a few percent of many, 10,000 of very many (1.1).
  [[nodiscard]] std::uint64_t sensible_dev_size() const {
    const std::uint64_t m = facts_.train_examples;
    const std::uint64_t size = m <= 10'000 ? m / 5 : std::min<std::uint64_t>(m / 10, 10'000);
    return std::max<std::uint64_t>(size, 1);
  }

  void suggest_larger_dev_set(double variance) {
    const std::uint64_t needed = examples_for_half_width(
        diagnosis_.dev ? diagnosis_.dev->error : 0.5, std::max(variance / 2, 0.001));
    const bool from_train = job_.data.split.dev && !job_.data.held_out;
    const bool enough = needed < (facts_.train_examples + facts_.dev_examples) / 2;
    Lines lines;
    if (from_train && enough && needed > facts_.dev_examples) {
      lines.push_back(fmt::format("data.split.dev.count={}", needed));
    }
    add("dev set", fmt::format("a dev set of about {} examples", needed),
        fmt::format("{} dev examples cannot tell a variance of {} from chance (1.1)",
                    facts_.dev_examples, percent(variance)),
        "a verdict on variance", lines, false);
  }

  // ---- high bias (1.3) ----

  void against_bias() {
    bigger_network();
    longer_training();
    other_optimizer();
    less_regularization();
    architecture_against_bias();
  }

  void bigger_network() {
    const auto& hidden = job_.network.hidden;
    const std::string expected = "lower training error, and so less bias";
    if (hidden.empty()) {
      const std::uint64_t units = std::clamp<std::uint64_t>(2 * facts_.features, 16, 256);
      add("bigger network", fmt::format("a hidden layer of {} units", units),
          "high bias: without a hidden layer the network is logistic regression, which is nearly "
          "linear (1.3: bigger network)",
          expected, {fmt::format("network.layer[0]={{units: {}}}", units)});
      return;
    }
    Lines lines;
    std::vector<std::string> widths;
    for (std::size_t i = 0; i < hidden.size(); ++i) {
      const std::uint32_t factor = hidden[i].units < 64 ? 4 : 2;
      const std::uint32_t units =
          std::max(hidden[i].units, std::min(kLargestLayer, hidden[i].units * factor));
      widths.push_back(std::to_string(units));
      if (units > hidden[i].units)
        lines.push_back(layer_field(i, "units") + fmt::format("={}", units));
    }
    if (lines.empty()) return;
    add("bigger network", fmt::format("hidden layers of {} units", listed(widths)),
        fmt::format("high bias: {} of the training set is wrong (1.3: bigger network)",
                    percent(diagnosis_.train)),
        expected, lines);
  }

  void longer_training() {
    const auto& training = job_.training;
    const std::string expected = "lower J and training error";
    if (facts_.stop_reason == "early_stopping" && job_.early_stopping) {
      const std::uint64_t patience = 2ULL * job_.early_stopping->patience;
      add("train longer", fmt::format("early stopping with a patience of {}", patience),
          "high bias: training stopped early, before the training set was fitted (1.3: train "
          "longer; 1.8: stopping early couples the two tasks)",
          expected, {fmt::format("early_stopping.patience={}", patience)});
      return;
    }
    const bool constant = std::holds_alternative<ConstantSchedule>(job_.schedule.kind);
    if (facts_.cost_was_falling == false && constant) return;  // longer would not help
    const char* why = facts_.cost_was_falling == true
                          ? "high bias, and J was still falling at the end (1.3: train longer)"
                      : facts_.cost_was_falling == false
                          ? "high bias; J no longer fell, but with the small learning rate of the "
                            "schedule's end (1.3: train longer)"
                          : "high bias (1.3: train longer)";
    Lines lines;
    std::string length;
    if (training.epochs) {
      length = fmt::format("{} epochs", 2ULL * *training.epochs);
      lines = {fmt::format("training.epochs={}", 2ULL * *training.epochs)};
    } else if (training.steps) {
      length = fmt::format("{} steps", 2 * *training.steps);
      lines = {fmt::format("training.steps={}", 2 * *training.steps)};
    }
    add("train longer", length, why, expected, lines);
  }

  void other_optimizer() {
    const std::string expected = "J falls faster, to a lower training error";
    if (std::holds_alternative<KeepInputs>(job_.data.normalization)) {
      add("normalise", "normalised inputs",
          "high bias: with features of unlike ranges gradient descent must take small steps (1.9)",
          expected, {"data.normalization.standardize={}"});
    }
    const auto try_optimizer = [&](const std::string& name, const std::string& line) {
      add("other optimizer", name, "high bias (1.3: other optimizers)", expected, {line});
    };
    const double rate = base_learning_rate(job_.optimizer);
    if (std::holds_alternative<AdamConfig>(job_.optimizer)) {
      for (const double factor : {3.0, 1.0 / 3.0}) {
        const double other = rough(rate * factor);
        try_optimizer(fmt::format("Adam with a learning rate of {:g}", other),
                      fmt::format("optimizer.adam.learning_rate={:g}", other));
      }
      return;
    }
    try_optimizer("Adam", "optimizer.adam={}");
    if (std::holds_alternative<GradientDescentConfig>(job_.optimizer)) {
      try_optimizer("momentum", fmt::format("optimizer.momentum.learning_rate={:g}", rate));
    }
  }

  void less_regularization() {
    Lines lines;
    std::string what;
    const auto say = [&](const std::string& part) { what += (what.empty() ? "" : ", ") + part; };
    bool dropout = false;
    const auto raise = [&](const std::string& path, double keep_prob) {
      if (keep_prob >= 1) return;
      dropout = true;
      const double halfway = std::round(50 * (1 + keep_prob)) / 100;
      lines.push_back(fmt::format("{}={:g}", path, halfway > 0.94 ? 1 : halfway));
    };
    raise("network.input_keep_prob", job_.network.input_keep_prob);
    for (std::size_t i = 0; i < job_.network.hidden.size(); ++i) {
      raise(layer_field(i, "keep_prob"), job_.network.hidden[i].keep_prob);
    }
    if (dropout) say("half the dropout");
    if (largest_lambda(&PenaltyConfig::l2_lambda) > 0) {
      const double lambda = rough(largest_lambda(&PenaltyConfig::l2_lambda) / 3);
      for (const std::string& line : lambda_lines("l2_lambda", lambda)) lines.push_back(line);
      say(fmt::format("L2 with lambda {:g}", lambda));
    }
    if (largest_lambda(&PenaltyConfig::l1_lambda) > 0) {
      const double lambda = rough(largest_lambda(&PenaltyConfig::l1_lambda) / 3);
      for (const std::string& line : lambda_lines("l1_lambda", lambda)) lines.push_back(line);
      say(fmt::format("L1 with lambda {:g}", lambda));
    }
    if (lines.empty()) return;
    add("less regularisation", what,
        "high bias although the network is regularised, which makes it simpler than it could be "
        "(1.5)",
        "lower training error; variance may rise", lines);
  }

  void architecture_against_bias() {
    const auto& hidden = job_.network.hidden;
    const std::string expected = "lower training error";
    if (hidden.empty()) return;
    Lines lines;
    for (std::size_t i = 0; i < hidden.size(); ++i) {
      const ActivationKind kind = hidden[i].activation;
      if (kind != ActivationKind::relu && kind != ActivationKind::leaky_relu) {
        lines.push_back(layer_field(i, "activation=RELU"));
      }
    }
    if (!lines.empty()) {
      add("other architecture", "ReLU in every hidden layer",
          "high bias: saturated units learn slowly (1.3: another architecture, perhaps)", expected,
          lines);
    }
    if (hidden.size() >= kMostLayers) return;
    add("other architecture", fmt::format("one more hidden layer of {} units", hidden.back().units),
        "high bias (1.3: another architecture, perhaps)", expected,
        {fmt::format("network.layer[{}]={{units: {}}}", hidden.size(), hidden.back().units)});
  }

  // ---- high variance (1.3) ----

  void against_variance() {
    more_data();
    more_l2();
    more_dropout();
    augment();
    stop_early();
    smaller_network();
  }

  [[nodiscard]] std::string high_variance() const {
    const bool train_dev = diagnosis_.train_dev.has_value();
    return fmt::format("high variance: {} wrong on train, {} on {}", percent(diagnosis_.train),
                       percent(train_dev ? diagnosis_.train_dev : diagnosis_.dev),
                       train_dev ? "train-dev" : "dev");
  }

  void more_data() {
    add("more data", fmt::format("more than {} training examples", facts_.train_examples),
        high_variance() + " (1.3: more data, the surest remedy where it can be had)",
        "dev error closer to the training error", {});
    if (!job_.data.split.dev || job_.data.held_out || !diagnosis_.dev) return;
    const std::uint64_t needed =
        examples_for_half_width(diagnosis_.dev->error, decided_improvement(job_));
    if (facts_.dev_examples < 2 * needed) return;
    add("more data", fmt::format("a dev set of {} examples, the others for training", needed),
        fmt::format("{} dev examples are more than it takes to tell improvements of {:g} points "
                    "apart (1.1)",
                    facts_.dev_examples, 100 * decided_improvement(job_)),
        "a little less variance", {fmt::format("data.split.dev.count={}", needed)}, false);
  }

  [[nodiscard]] double largest_lambda(double PenaltyConfig::*lambda) const {
    double largest = job_.network.output.penalty.*lambda;
    for (const DenseConfig& layer : job_.network.hidden) {
      largest = std::max(largest, layer.penalty.*lambda);
    }
    return largest;
  }

  // Sets a lambda for all layers; where every layer has one of its own, those.
  [[nodiscard]] Lines lambda_lines(const std::string& name, double lambda) const {
    const std::string field = fmt::format("regularization.{}={:g}", name, lambda);
    if (changed({field})) return {field};
    Lines lines;
    for (std::size_t i = 0; i < job_.network.hidden.size(); ++i) {
      lines.push_back(layer_field(i, field.c_str()));
    }
    lines.push_back("network.output." + field);
    return lines;
  }

  // J has lambda / (2 m): what a lambda does depends on lambda / m. About 1e-4 is
  // where weight decay begins to show.
  void more_l2() {
    const double lambda = largest_lambda(&PenaltyConfig::l2_lambda);
    const double first = static_cast<double>(facts_.train_examples) * 1e-4;
    std::vector<double> values = {rough(first), rough(3 * first)};
    if (lambda > 0) values = {rough(3 * lambda), rough(10 * lambda)};
    const std::string coupled =
        job_.early_stopping ? "; better without early stopping, which couples tasks (1.8)" : "";
    for (const double value : values) {
      add("L2", fmt::format("L2 with lambda {:g}", value),
          high_variance() + " (1.3: regularisation; 1.4: lambda is chosen on the dev set)" +
              coupled,
          "smaller weights, a simpler function, lower dev error", lambda_lines("l2_lambda", value));
    }
  }

  // Lower where the weight matrix is largest (1.7); small layers keep all.
  void more_dropout() {
    const auto& hidden = job_.network.hidden;
    if (hidden.empty()) return;
    std::vector<std::uint64_t> sizes;
    std::uint64_t inputs = facts_.features;
    for (const DenseConfig& layer : hidden) {
      sizes.push_back(std::max<std::uint64_t>(inputs, 1) * layer.units);
      inputs = layer.units;
    }
    const std::uint64_t largest = *std::ranges::max_element(sizes);
    constexpr std::uint32_t kSmallLayer = 16;
    constexpr double kLowest = 0.5;
    Lines lines;
    std::vector<std::string> what;
    for (std::size_t i = 0; i < hidden.size(); ++i) {
      const double now = hidden[i].keep_prob;
      double next = std::max(kLowest, std::round(100 * (now - 0.1)) / 100);
      if (now >= 1) next = sizes[i] == largest && hidden.size() > 1 ? 0.7 : 0.8;
      if (hidden[i].units < kSmallLayer || next >= now) continue;
      lines.push_back(layer_field(i, "keep_prob") + fmt::format("={:g}", next));
      what.push_back(fmt::format("{:g}", next));
    }
    if (lines.empty()) return;
    add("dropout", "dropout with keep_prob " + listed(what),
        high_variance() + " (1.3: regularisation; 1.7: lower where the weights are most)",
        "weights spread; lower dev error, higher training error", lines);
  }

  void augment() {
    if (!facts_.images) return;
    const AugmentationConfig now = job_.data.augmentation.value_or(AugmentationConfig{});
    const std::string expected = "training examples stand for more; lower dev error";
    if (!now.shift && !now.rotation && !now.zoom && !now.crop) {
      add("augmentation", "training images shifted and turned a little",
          high_variance() + " (1.8: augmentation, cheaper than more data and worth less)", expected,
          {"data.augmentation.shift={horizontal: 1 vertical: 1}",
           "data.augmentation.rotation={probability: 0.5 degrees: 5}"});
    }
    if (!now.horizontal_flip) {
      add("augmentation", "training images mirrored half of the time",
          high_variance() +
              " (1.8: augmentation; only where a mirrored image is still of its class, not for "
              "digits and letters)",
          expected, {"data.augmentation.horizontal_flip={}"});
    }
  }

  void stop_early() {
    if (job_.early_stopping || !facts_.dev_was_best_before_the_end) return;
    add("early stopping", "early stopping",
        high_variance() +
            ", and the dev error had been better before the end (1.8: early "
            "stopping; it couples two tasks)",
        "the dev error of the best evaluation",
        {"early_stopping={metric: DEV_ERROR patience: 10}"});
  }

  void smaller_network() {
    Lines lines;
    std::vector<std::string> widths;
    constexpr std::uint32_t kSmallest = 16;
    for (std::size_t i = 0; i < job_.network.hidden.size(); ++i) {
      const std::uint32_t units = job_.network.hidden[i].units;
      const std::uint32_t half = units >= 2 * kSmallest ? units / 2 : units;
      widths.push_back(std::to_string(half));
      if (half < units) lines.push_back(layer_field(i, "units") + fmt::format("={}", half));
    }
    if (lines.empty()) return;
    add("other architecture", fmt::format("hidden layers of {} units", listed(widths)),
        high_variance() +
            " (1.3: another architecture, perhaps; a large network well regularised is better, "
            "where there is time for it)",
        "less variance; bias may rise", lines);
  }

  // ---- data mismatch (1.1) ----

  void against_mismatch() {
    const std::string why = fmt::format(
        "data mismatch: {} wrong on train-dev, {} on dev, which is of another "
        "distribution (1.1)",
        percent(diagnosis_.train_dev), percent(diagnosis_.dev));
    const auto& source = job_.data.held_out ? job_.data.held_out : job_.data.dev;
    if (source && source->corruption && !job_.data.train.corruption) {
      add("data like dev", "the noise of the dev set on training examples too",
          why + ": make training data like it", "dev error closer to the train-dev error",
          {fmt::format("data.train.corruption={{gaussian_noise: {:g} seed: {}}}",
                       source->corruption->gaussian_noise, source->corruption->seed + 1)});
    }
    add("data like dev", "training examples like those of dev: collect, make or simulate them",
        why + "; look at what dev examples that are wrong have in common",
        "dev error closer to the train-dev error", {});
    const AugmentationConfig now = job_.data.augmentation.value_or(AugmentationConfig{});
    if (facts_.images && !now.brightness && !now.contrast) {
      add("augmentation", "training images of varied brightness and contrast",
          why + ": make training data more varied (1.8)", "dev error closer to the train-dev error",
          {"data.augmentation.brightness={}", "data.augmentation.contrast={}"});
    }
  }

  const LoadedJob& loaded_;
  const Job& job_;
  const Diagnosis& diagnosis_;
  const RunFacts& facts_;
  std::string against_ = "doubt";
  std::vector<RecipeStep> steps_;
};

}  // namespace

std::optional<bool> cost_was_falling(std::span<const Evaluation> evaluations) {
  if (evaluations.size() < 3) return std::nullopt;
  const Evaluation& last = evaluations.back();
  const double fifth_before = 0.8 * static_cast<double>(last.step);
  const Evaluation* before = nullptr;
  for (const Evaluation& evaluation : evaluations.first(evaluations.size() - 1)) {
    if (before == nullptr || static_cast<double>(evaluation.step) <= fifth_before) {
      before = &evaluation;
    }
  }
  constexpr double kFall = 0.02;
  return before->cost - last.cost >= kFall * before->cost;
}

std::vector<RecipeStep> recipe_steps(const LoadedJob& loaded, const Diagnosis& diagnosis,
                                     const RunFacts& facts) {
  return Recipe(loaded, diagnosis, facts).steps();
}

}  // namespace lockstep
