#include "diagnose/gradient_suspect.h"

#include <algorithm>
#include <cmath>
#include <span>

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace lockstep {
namespace {

// The rest of `a` that is not a multiple of `b` must be smaller than this part of `a`.
constexpr double kMisfit = 1e-2;

// Returns the factor of `b` in `a` (0 if b is zero), and removes that multiple from `a`.
double take_out(std::span<const double> b, std::vector<double>& a) {
  double ab = 0;
  double bb = 0;
  for (std::size_t i = 0; i < a.size(); ++i) {
    ab += a[i] * b[i];
    bb += b[i] * b[i];
  }
  const double factor = bb == 0 ? 0 : ab / bb;
  for (std::size_t i = 0; i < a.size(); ++i) a[i] -= factor * b[i];
  return factor;
}

// Whether `rest` is small enough for a fit to `all`.
bool is_little(std::span<const double> rest, std::span<const double> all) {
  return euclidean_norm(rest) <= kMisfit * euclidean_norm(all);
}

// One number for each compared entry.
template <typename Number>
std::vector<double> of_entries(const TensorCheck& tensor, const Number& number) {
  std::vector<double> numbers;
  for (const CheckedEntry& entry : tensor.entries) {
    if (!entry.at_kink) numbers.push_back(number(entry));
  }
  return numbers;
}

double difference(const CheckedEntry& entry) { return entry.analytic - entry.numerical; }

bool is_off(const TensorCheck& tensor) { return !passes(tensor.comparison.verdict); }

// The factor by which all biases are off, if it is the same for all.
std::optional<double> factor_of_biases(const GradientCheck& check) {
  std::optional<double> common;
  std::size_t biases = 0;  // one number alone is a multiple of any other
  for (const TensorCheck& tensor : check.tensors) {
    if (tensor.tensor.role != ParameterRole::bias) continue;
    if (tensor.comparison.numerical_norm == 0 && tensor.comparison.analytic_norm == 0) continue;
    const auto numerical = of_entries(tensor, [](const CheckedEntry& e) { return e.numerical; });
    const auto differences = of_entries(tensor, difference);
    std::vector<double> rest = differences;
    const double factor = 1 + take_out(numerical, rest);
    if (!is_off(tensor) || !is_little(rest, differences)) return std::nullopt;
    if (common && std::abs(factor - *common) > kMisfit * std::abs(*common)) return std::nullopt;
    if (!common) common = factor;
    biases += numerical.size();
  }
  return biases > 1 ? common : std::nullopt;
}

// Whether the error in a tensor consists of multiples of the weights (L2) and of their signs (L1).
bool is_penalty(const TensorCheck* tensor) {
  const auto differences = of_entries(*tensor, difference);
  constexpr std::size_t kFewest = 5;  // two vectors fit any two numbers
  if (differences.size() < kFewest) return false;
  const auto weights = of_entries(*tensor, [](const CheckedEntry& entry) { return entry.weight; });
  auto signs = of_entries(*tensor, [](const CheckedEntry& entry) {
    return entry.weight > 0 ? 1.0 : entry.weight < 0 ? -1.0 : 0.0;
  });
  std::vector<double> rest = differences;
  take_out(weights, rest);
  if (is_little(rest, differences)) return true;
  take_out(weights, signs);
  take_out(signs, rest);
  return is_little(rest, differences);
}

// Where to look for a fault of layer `top` (from 0) of `layers`, the uppermost one with a tensor in
// `off`.
std::string hint_about_layer(std::span<const TensorCheck* const> off, std::size_t top,
                             std::size_t layers) {
  const auto is_off_at_top = [&](ParameterRole role) {
    return std::ranges::any_of(off, [&](const TensorCheck* tensor) {
      return tensor->tensor.layer == top && tensor->tensor.role == role;
    });
  };
  const bool weights_off = is_off_at_top(ParameterRole::weight);
  const bool biases_off = is_off_at_top(ParameterRole::bias);
  if (off.size() == 1) {
    return fmt::format("only {} is off: look at how layer {} computes it from dz{}",
                       off.front()->tensor.name, top + 1,
                       weights_off ? " and the layer's input" : "");
  }
  if (top + 1 == layers) {
    return fmt::format(
        "the output layer (layer {}) is already off: look at the loss's gradient there, and at "
        "what all layers share: the sum over shards and ranks, and the division by the batch",
        layers);
  }
  const char* which = weights_off && biases_off ? "W and b" : weights_off ? "W" : "b";
  return fmt::format(
      "layer {} ({}) is off and no layer above it: look at the slope of layer {}'s activation, "
      "and at how the layers that take its output (layer {} in a chain) hand their dz down",
      top + 1, which, top + 1, top + 2);
}

}  // namespace

std::optional<Suspect> find_suspect(const GradientCheck& check, std::uint64_t rows) {
  Suspect suspect;
  std::vector<const TensorCheck*> off;
  std::size_t top = 0;  // the uppermost layer, from 0, with a tensor that is off
  for (std::size_t i = 0; i < check.tensors.size(); ++i) {
    if (!is_off(check.tensors[i])) continue;
    off.push_back(&check.tensors[i]);
    suspect.tensors.push_back(check.tensors[i].tensor.name);
    top = check.tensors[i].tensor.layer;
  }
  if (off.empty()) {
    if (passes(check.all.verdict)) return std::nullopt;
    suspect.hint = "no single tensor is off, only all of them together";
    return suspect;
  }
  if (const auto factor = factor_of_biases(check)) {
    const auto m = static_cast<double>(rows);
    suspect.hint =
        fmt::format("the gradient of every bias is {:.6g} times what it should be", *factor);
    if (std::abs(*factor - m) <= kMisfit * m) {
      suspect.hint += fmt::format(
          ": the sum over the batch was not divided by its {} examples "
          "(1/m)",
          rows);
    } else {
      suspect.hint += ": a sum or a division is wrong for all layers alike";
    }
    return suspect;
  }
  if (std::ranges::all_of(off, is_penalty)) {
    suspect.hint = fmt::format(
        "the error in {} is proportional to the weights or their signs: look at the penalty",
        fmt::join(suspect.tensors, ", "));
    if (off.size() == 1) suspect.layer = top + 1;
    return suspect;
  }
  if (off.size() < check.tensors.size()) suspect.layer = top + 1;
  suspect.hint = hint_about_layer(off, top, check.tensors.back().tensor.layer + 1);
  return suspect;
}

}  // namespace lockstep
