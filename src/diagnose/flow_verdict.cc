#include "diagnose/flow_verdict.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <optional>
#include <span>
#include <vector>

#include <fmt/format.h>

#include "base/number_text.h"
#include "nn/activations.h"
#include "nn/layers.h"
#include "numerics/functions.h"

namespace lockstep {
namespace {

// Below this, float rounds the smaller values of a layer to zero, and the rms becomes meaningless.
constexpr double kLeastSound = 1e-35;

// The change of a signal's rms on its way through the hidden layers.
struct Trend {
  std::vector<std::size_t> order;  // layers (from 0) in the order in which the signal passes them
  std::vector<double> rms;         // in that order
  std::size_t sound = 0;           // number of sound values from the first: finite, not tiny
  std::optional<std::size_t> overflow_at;  // position where it first is not finite
  std::optional<std::size_t> zero_at;      // position where it first is 0

  [[nodiscard]] std::optional<double> factor() const {
    if (sound < 2) return std::nullopt;
    return numerics::pow(rms[sound - 1] / rms[0], 1.0 / static_cast<double>(sound - 1));
  }
  // The position that shows the trend best: the last sound one if the signal is lost after it,
  // else the one whose rms differs most from the first.
  [[nodiscard]] std::size_t far() const {
    if (sound < rms.size()) return sound - 1;
    const auto distance = [&](double value) { return std::abs(numerics::log(value / rms[0])); };
    return static_cast<std::size_t>(std::ranges::max_element(rms, {}, distance) - rms.begin());
  }
  [[nodiscard]] double ratio() const { return sound == 0 ? 1 : rms[far()] / rms[0]; }
  [[nodiscard]] bool explodes() const { return overflow_at || ratio() >= kFlowBound; }
  [[nodiscard]] bool vanishes() const {
    return !overflow_at && (sound < rms.size() || ratio() <= 1 / kFlowBound);
  }
};

Trend trend_of(const std::vector<LayerFlow>& layers, std::vector<std::size_t> order,
               double LayerFlow::*rms) {
  Trend trend;
  trend.order = std::move(order);
  for (const std::size_t layer : trend.order) trend.rms.push_back(layers[layer].*rms);
  const auto is_sound = [](double value) { return std::isfinite(value) && value >= kLeastSound; };
  while (trend.sound < trend.rms.size() && is_sound(trend.rms[trend.sound])) ++trend.sound;
  for (std::size_t i = trend.sound; i < trend.rms.size(); ++i) {
    if (trend.rms[i] == 0 && !trend.zero_at) trend.zero_at = i;
    if (!std::isfinite(trend.rms[i]) && !trend.overflow_at) trend.overflow_at = i;
  }
  return trend;
}

// Layers are counted from 1 in texts.
std::size_t number(std::size_t layer) { return layer + 1; }

// Text such as "rms 0.8 in layer 1, 2e+26 in layer 150: a factor of 1.5 per layer".
std::string describe(const Trend& trend) {
  if (trend.sound == 0) {
    return fmt::format("rms {:.3g} in layer {}", std::abs(trend.rms[0]), number(trend.order[0]));
  }
  std::string text = fmt::format("rms {:.3g} in layer {}", trend.rms[0], number(trend.order[0]));
  if (const std::size_t far = trend.far(); far > 0) {
    text += fmt::format(", {:.3g} in layer {}: a factor of {:.3g} per layer", trend.rms[far],
                        number(trend.order[far]),
                        numerics::pow(trend.ratio(), 1.0 / static_cast<double>(far)));
  }
  if (trend.zero_at) {
    text += fmt::format("; exactly 0 in layer {}", number(trend.order[*trend.zero_at]));
  }
  if (trend.overflow_at) {
    text +=
        fmt::format("; too large for float in layer {}", number(trend.order[*trend.overflow_at]));
  }
  return text;
}

// Whether weights in front of an activation start as the lecture recommends (1.11).
bool starts_well(const InitializerSpec& initializer, Activation activation) {
  if (initializer.multiplier != 1) return false;
  if (facts_of(activation).rectifies) return initializer.variance == WeightVariance::he;
  return initializer.variance == WeightVariance::xavier ||
         initializer.variance == WeightVariance::glorot ||
         initializer.variance == WeightVariance::lecun;
}

// The same for all hidden layers whose weights are drawn.
bool start_well(const NetworkSpec& network) {
  const std::vector<LayerNeeds> needs = needs_of(network);
  for (std::size_t i = 0; i + 1 < needs.size(); ++i) {
    for (const TensorNeed& tensor : needs[i].tensors) {
      const auto* drawn = std::get_if<DrawnWith>(&tensor.initial);
      if (drawn == nullptr) continue;
      if (!starts_well(drawn->initializer, network.layers[i].epilogue.activation)) return false;
    }
  }
  return true;
}

// The activations that have a property, such as "SIGMOID and TANH".
template <typename HasProperty>
std::string activations_with(HasProperty has) {
  std::string names;
  for (const ActivationFacts& facts : kActivations) {
    if (!has(facts)) continue;
    if (!names.empty()) names += " and ";
    names += facts.name;
  }
  return names;
}

class Judge {
 public:
  Judge(const NetworkSpec& spec, FlowRecord& record)
      : spec_(spec), record_(record), hidden_(spec.layers.size() - 1) {}

  void judge_signals() {
    if (hidden_ == 0) return judge_output();
    std::vector<std::size_t> forwards(hidden_);
    for (std::size_t i = 0; i < hidden_; ++i) forwards[i] = i;
    std::vector<std::size_t> backwards(forwards.rbegin(), forwards.rend());
    const Trend activations = trend_of(record_.layers, forwards, &LayerFlow::activation_rms);
    const Trend deltas = trend_of(record_.layers, backwards, &LayerFlow::delta_rms);
    record_.activation_factor = activations.factor();
    if (activations.explodes()) {
      add("exploding_activations", "activations explode: " + describe(activations) + " (1.10)",
          remedy());
    } else if (activations.vanishes()) {
      add("vanishing_activations", "activations vanish: " + describe(activations) + " (1.10)",
          remedy());
    }
    if (activations.overflow_at) return;  // no sound gradient comes back
    if (!std::isfinite(record_.layers.back().activation_rms)) return judge_output();
    record_.delta_factor = deltas.factor();
    if (deltas.explodes()) {
      add("exploding_gradients",
          "gradients explode on their way back: " + describe(deltas) + " (1.10)", remedy());
    } else if (deltas.vanishes()) {
      add("vanishing_gradients",
          "gradients vanish on their way back: " + describe(deltas) + " (1.10)", remedy());
    }
  }

  void judge_units() {
    judge_fraction(&LayerFlow::dead_fraction, kDeadBound, "dead_relus",
                   fmt::format("ReLU units are dead, zero for all {} examples", record_.examples),
                   record_.step <= 1
                       ? fmt::format("start {} layers with initializer {{ kind: HE }}, and look at "
                                     "the inputs' normalization; LEAKY_RELU cannot die",
                                     activations_with([](const ActivationFacts& facts) {
                                       return facts.can_die;
                                     }))
                       : "a smaller learning rate, from the start of the run; LEAKY_RELU cannot "
                         "die");
    judge_fraction(
        &LayerFlow::saturated_fraction, kSaturatedBound, "saturated_units",
        "activations are saturated, where the slope is nearly 0",
        record_.step <= 1
            ? fmt::format("start {} layers with initializer {{ kind: XAVIER }}, and normalize the "
                          "inputs (1.9); RELU does not saturate",
                          activations_with([](const ActivationFacts& facts) {
                            return facts.bounds.has_value();
                          }))
            : "a smaller learning rate, or regularization (1.5); RELU does not saturate");
  }

  void judge_updates(bool judges_small) {
    std::vector<std::size_t> small;
    std::size_t largest = 0;
    double largest_ratio = 0;
    for (std::size_t i = 0; i < record_.layers.size(); ++i) {
      const auto ratio = record_.layers[i].update_ratio;
      if (!ratio || !std::isfinite(*ratio)) continue;
      if (*ratio < kLeastUpdate) small.push_back(i);
      if (*ratio > largest_ratio) {
        largest = i;
        largest_ratio = *ratio;
      }
    }
    if (judges_small && !small.empty()) {
      add("no_updates",
          fmt::format("the weights of {} stand still: the step changed them by less than {:g} of "
                      "their size (1.10)",
                      names_of(small), kLeastUpdate),
          start_well(spec_) ? "a larger learning rate" : remedy() + ", or a larger learning rate");
    }
    if (largest_ratio > kLargestUpdate) {
      add("large_updates",
          fmt::format("the step changed the weights of layer {} by {:.3g} times their size",
                      number(largest), largest_ratio),
          "a smaller learning rate, or warm-up (optimizer.schedule.warmup_epochs)");
    }
  }

 private:
  void add(std::string kind, std::string text, std::string remedy) {
    record_.findings.push_back({std::move(kind), std::move(text), std::move(remedy)});
  }

  void judge_output() {
    const LayerFlow& output = record_.layers.back();
    if (std::isfinite(output.activation_rms)) {
      if (output.delta_rms != 0) return;
      return add("vanishing_gradients",
                 "the gradient is exactly 0 at the output: the loss is at a minimum, or does not "
                 "depend on the outputs (1.10)",
                 "a look at the labels and at network.output");
    }
    const char* rate = record_.step <= 1 ? "" : ", or a smaller learning rate";
    add("exploding_activations",
        fmt::format("activations explode: too large for float in layer {}, the output (1.10)",
                    spec_.layers.size()),
        hidden_ == 0 ? std::string("normalize the inputs (1.9)") + rate : remedy());
  }

  // Text such as "layer 3" or "layers 3, 4 and 17 others".
  static std::string names_of(const std::vector<std::size_t>& layers) {
    if (layers.size() == 1) return fmt::format("layer {}", number(layers[0]));
    constexpr std::size_t kNamed = 3;
    std::string text = "layers ";
    const std::size_t named = layers.size() > kNamed + 1 ? kNamed : layers.size();
    for (std::size_t i = 0; i < named; ++i) {
      const bool last = i + 1 == layers.size();
      text += fmt::format("{}{}", i == 0 ? "" : last ? " and " : ", ", number(layers[i]));
    }
    if (named < layers.size()) text += fmt::format(" and {} others", layers.size() - named);
    return text;
  }

  void judge_fraction(std::optional<double> LayerFlow::*fraction, double bound, const char* kind,
                      const std::string& what, const std::string& remedy) {
    std::vector<std::size_t> found;
    double worst = 0;
    for (std::size_t i = 0; i < hidden_; ++i) {
      const auto value = record_.layers[i].*fraction;
      if (!value || *value < bound) continue;
      found.push_back(i);
      worst = std::max(worst, *value);
    }
    if (found.empty()) return;
    add(kind,
        fmt::format("in {} {}{} of the {} (1.11)", names_of(found),
                    found.size() > 1 ? "up to " : "", format_percent(worst, 0), what),
        remedy);
  }

  // The remedy against signals that grow or shrink from layer to layer.
  [[nodiscard]] std::string remedy() const {
    if (!start_well(spec_)) {
      return "initializer { kind: AUTO }, multiplier 1: HE, 2 / inputs, for RELU and its kind, "
             "XAVIER, 1 / inputs, for the others (1.11)";
    }
    const bool sigmoid = std::ranges::any_of(
        std::span(spec_.layers).first(hidden_),
        [](const LayerSpec& layer) { return layer.epilogue.activation == Activation::sigmoid; });
    if (sigmoid) return "TANH or RELU instead of SIGMOID, whose slope is at most 1/4";
    return record_.step <= 1 ? "fewer layers" : "a smaller learning rate";
  }

  const NetworkSpec& spec_;
  FlowRecord& record_;
  std::size_t hidden_;
};

std::string factor_text(const std::optional<double>& factor) {
  return factor ? fmt::format("{:.3g}", *factor) : "-";
}

}  // namespace

void judge_flow(const NetworkSpec& spec, bool judges_updates, FlowRecord& record) {
  record.findings.clear();
  Judge judge(spec, record);
  judge.judge_signals();
  judge.judge_units();
  judge.judge_updates(judges_updates);
}

std::string flow_verdict(const FlowRecord& record) {
  const std::string where =
      record.step == 0 ? "the initial weights" : fmt::format("step {}", record.step);
  if (record.findings.empty()) {
    std::string text = fmt::format("signal flow at {}: sound", where);
    if (record.activation_factor || record.delta_factor) {
      text += fmt::format(
          "; per layer, activations change by a factor of {}, gradients on their way back by {} "
          "(1.10)",
          factor_text(record.activation_factor), factor_text(record.delta_factor));
    }
    return text;
  }
  std::string text = fmt::format("signal flow at {}:", where);
  for (std::size_t i = 0; i < record.findings.size(); ++i) {
    const auto& [kind, what, remedy] = record.findings[i];
    text += "\n  " + what;
    // A remedy for several findings is shown once, after the last of them.
    const bool told_later =
        i + 1 < record.findings.size() && record.findings[i + 1].remedy == remedy;
    if (!told_later) text += "\n    try: " + remedy;
  }
  return text;
}

}  // namespace lockstep
