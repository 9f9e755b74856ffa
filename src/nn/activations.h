#pragma once
// The activation functions, one row each, with everything that the program knows about them. To
// add one, name it in nn/spec.h and proto/job.proto, write its row and put the row into
// ActivationRows; the tests go over all rows.
//
// Row::at takes T = float, double, or numerics::Lanes for eight floats, and gives each lane the
// bits that it gives a float.

#include <array>
#include <cstddef>
#include <numbers>
#include <optional>
#include <span>
#include <string_view>
#include <tuple>
#include <utility>

#include "base/check.h"
#include "base/enum_names.h"
#include "nn/spec.h"
#include "numerics/lanes.h"

namespace lockstep {

// Values of g(z) and g'(z).
template <typename T>
struct ValueAndSlope {
  T value;
  T slope;
};

// An ONNX operator on the output of the step before; the first step's input is z.
struct OnnxStep {
  enum class Second { none, z, constant };

  const char* op;
  Second second = Second::none;     // its second input
  float constant = 0;               // for Second::constant
  const char* attribute = nullptr;  // a float
  float attribute_value = 0;
};

// Properties of an activation for all z. The defaults are those of a smooth function without
// bounds, such as LINEAR.
struct ActivationFacts {
  Activation kind = Activation::linear;
  std::string_view name;  // in proto/job.proto
  // 0 or small for negative z, and about z for positive ones. Weights start with He's variance,
  // because half of the signal is lost (1.11).
  bool rectifies = false;
  // Its slope jumps at 0, where two-sided differences do not give the gradient.
  bool has_kink = false;
  // A unit may be exactly 0 for all examples and then never learn again ("dead").
  bool can_die = false;
  // Its limits on both sides, if it approaches them for large |z|: it saturates.
  struct Bounds {
    double lower;
    double upper;
  };
  std::optional<Bounds> bounds = std::nullopt;
};

struct LinearRow {
  static constexpr ActivationFacts kFacts = {.kind = Activation::linear, .name = "LINEAR"};
  static constexpr std::array<OnnxStep, 0> kOnnx = {};

  template <typename T>
  static ValueAndSlope<T> at(T z) {
    return {z, T(1)};
  }
};

// sigma(z) and 1 - sigma(z); neither of them overflows or loses digits.
template <typename T>
struct SigmoidPair {
  explicit SigmoidPair(T z) {
    const T e = numerics::exp(-numerics::abs(z));
    const T larger = T(1) / (T(1) + e);
    value = numerics::select(z >= T(0), larger, e * larger);
    rest = numerics::select(z >= T(0), e * larger, larger);
    slope = e * larger * larger;
  }

  T value;
  T rest;
  T slope;
};

struct SigmoidRow {
  static constexpr ActivationFacts kFacts = {
      .kind = Activation::sigmoid, .name = "SIGMOID", .bounds = {{0, 1}}};
  static constexpr std::array kOnnx = {OnnxStep{"Sigmoid"}};

  template <typename T>
  static ValueAndSlope<T> at(T z) {
    const SigmoidPair<T> sigmoid(z);
    return {sigmoid.value, sigmoid.slope};
  }
};

struct TanhRow {
  static constexpr ActivationFacts kFacts = {
      .kind = Activation::tanh, .name = "TANH", .bounds = {{-1, 1}}};
  static constexpr std::array kOnnx = {OnnxStep{"Tanh"}};

  template <typename T>
  static ValueAndSlope<T> at(T z) {
    const T value = numerics::tanh(z);
    return {value, T(1) - value * value};
  }
};

struct ReluRow {
  static constexpr ActivationFacts kFacts = {.kind = Activation::relu,
                                             .name = "RELU",
                                             .rectifies = true,
                                             .has_kink = true,
                                             .can_die = true};
  static constexpr std::array kOnnx = {OnnxStep{"Relu"}};

  template <typename T>
  static ValueAndSlope<T> at(T z) {
    // The comparison is written so that NaN stays NaN and reaches the loss.
    return {numerics::select(z < T(0), T(0), z), numerics::select(z > T(0), T(1), T(0))};
  }
};

struct LeakyReluRow {
  static constexpr double kSlope = 0.01;  // below zero
  static constexpr ActivationFacts kFacts = {
      .kind = Activation::leaky_relu, .name = "LEAKY_RELU", .rectifies = true, .has_kink = true};
  static constexpr std::array kOnnx = {
      OnnxStep{.op = "LeakyRelu", .attribute = "alpha", .attribute_value = 0.01F}};

  template <typename T>
  static ValueAndSlope<T> at(T z) {
    const T slope = numerics::select(z > T(0), T(1), T(kSlope));
    return {z * slope, slope};
  }
};

// Clevert et al., "Fast and Accurate Deep Network Learning by Exponential Linear Units",
// 2016, with alpha 1: its slope has no jump.
struct EluRow {
  static constexpr ActivationFacts kFacts = {
      .kind = Activation::elu, .name = "ELU", .rectifies = true};
  static constexpr std::array kOnnx = {
      OnnxStep{.op = "Elu", .attribute = "alpha", .attribute_value = 1.0F}};

  template <typename T>
  static ValueAndSlope<T> at(T z) {
    const T below = numerics::expm1(z);
    return {numerics::select(z > T(0), z, below), numerics::select(z > T(0), T(1), below + T(1))};
  }
};

// z Phi(z), where Phi is the normal distribution function, not approximated by tanh (Hendrycks and
// Gimpel, "Gaussian Error Linear Units", 2016).
struct GeluRow {
  static constexpr ActivationFacts kFacts = {
      .kind = Activation::gelu, .name = "GELU", .rectifies = true};
  static constexpr std::array kOnnx = {
      OnnxStep{"Div", OnnxStep::Second::constant, std::numbers::sqrt2_v<float>},
      OnnxStep{"Erf"},
      OnnxStep{"Add", OnnxStep::Second::constant, 1.0F},
      OnnxStep{"Mul", OnnxStep::Second::z},
      OnnxStep{"Mul", OnnxStep::Second::constant, 0.5F},
  };

  template <typename T>
  static ValueAndSlope<T> at(T z) {
    const T root_half = T(std::numbers::sqrt2 / 2);
    const T density_at_0 = T(std::numbers::inv_sqrtpi * std::numbers::sqrt2 / 2);
    const T probability = T(0.5) * numerics::erfc(-z * root_half);
    const T density = density_at_0 * numerics::exp(T(-0.5) * z * z);
    return {z * probability, probability + z * density};
  }
};

// z sigma(z), also called swish (Elfwing et al., "Sigmoid-Weighted Linear Units for Neural
// Network Function Approximation in Reinforcement Learning", 2018).
struct SiluRow {
  static constexpr ActivationFacts kFacts = {
      .kind = Activation::silu, .name = "SILU", .rectifies = true};
  static constexpr std::array kOnnx = {OnnxStep{"Sigmoid"}, OnnxStep{"Mul", OnnxStep::Second::z}};

  template <typename T>
  static ValueAndSlope<T> at(T z) {
    const SigmoidPair<T> sigmoid(z);
    return {z * sigmoid.value, sigmoid.value * (T(1) + z * sigmoid.rest)};
  }
};

using ActivationRows =
    std::tuple<LinearRow, SigmoidRow, TanhRow, ReluRow, LeakyReluRow, EluRow, GeluRow, SiluRow>;

// Calls function.template operator()<Row>() with the row of `activation`.
template <typename Function>
void with_activation_row(Activation activation, Function&& function) {
  const bool found = [&]<std::size_t... i>(std::index_sequence<i...>) {
    const auto call_if = [&]<typename Row>() {
      if (Row::kFacts.kind != activation) return false;
      function.template operator()<Row>();
      return true;
    };
    return (call_if.template operator()<std::tuple_element_t<i, ActivationRows>>() || ...);
  }
  (std::make_index_sequence<std::tuple_size_v<ActivationRows>>{});
  check(found, "every activation has a row");
}

// The facts of every row, in the order of the table.
inline constexpr auto kActivations = []<std::size_t... i>(std::index_sequence<i...>) {
  return std::array{std::tuple_element_t<i, ActivationRows>::kFacts...};
}
(std::make_index_sequence<std::tuple_size_v<ActivationRows>>{});

inline const ActivationFacts& facts_of(Activation activation) {
  for (const ActivationFacts& facts : kActivations) {
    if (facts.kind == activation) return facts;
  }
  check(false, "every activation has a row");
  return kActivations.front();
}

constexpr auto enum_names(Activation) {
  std::array<EnumName<Activation>, kActivations.size()> names;
  for (std::size_t i = 0; i < names.size(); ++i) {
    names[i] = {kActivations[i].kind, kActivations[i].name};
  }
  return names;
}

inline std::span<const OnnxStep> onnx_steps(Activation activation) {
  std::span<const OnnxStep> steps;
  with_activation_row(activation, [&]<typename Row>() { steps = Row::kOnnx; });
  return steps;
}

}  // namespace lockstep
