#pragma once
// The description of a network, as plain values: a graph of layers.

#include <array>
#include <cstdint>
#include <vector>

#include "base/enum_names.h"
#include "linalg/precision.h"
#include "nn/layer_kinds.h"

namespace lockstep {

// See nn/activations.h.
enum class Activation { linear, sigmoid, tanh, relu, leaky_relu, elu, gelu, silu };

enum class Loss {
  softmax_cross_entropy,  // O classes, one of them true
  logistic,               // O independent yes/no units
  // The others predict O values. d = prediction - target; they are summed over the units.
  squared_error,   // d^2 / 2
  absolute_error,  // |d|
  huber,           // d^2 / 2 up to huber_delta, and delta (|d| - delta / 2) beyond (Huber 1964)
};

constexpr auto enum_names(Loss) {
  using enum Loss;
  return std::to_array<EnumName<Loss>>({{softmax_cross_entropy, "SOFTMAX_CROSS_ENTROPY"},
                                        {logistic, "LOGISTIC"},
                                        {squared_error, "SQUARED_ERROR"},
                                        {absolute_error, "ABSOLUTE_ERROR"},
                                        {huber, "HUBER"}});
}

constexpr bool predicts_values(Loss loss) {
  return loss == Loss::squared_error || loss == Loss::absolute_error || loss == Loss::huber;
}

// Lambdas of a layer's penalty (lecture 1.4, 1.5); see nn/regularizer.h.
struct LayerPenalty {
  double l2_lambda = 0;
  double l1_lambda = 0;
};

// What follows the computation z of any kind of layer: a = activation(z + bias), with one bias for
// each channel, then inverted dropout with keep_prob (lecture 1.6).
struct EpilogueSpec {
  bool bias = true;
  Activation activation = Activation::linear;
  double keep_prob = 1;
};

// A layer of the network. Layers are counted from 1, as in the lecture; 0 is the network's input.
struct LayerSpec {
  LayerKind kind;
  EpilogueSpec epilogue;
  std::vector<std::uint32_t> inputs;  // the layers whose outputs it takes, all of them before it
};

struct NetworkSpec {
  Shape input;
  double input_keep_prob = 1;
  // In topological order. Each but the last is the input of a later one. The last is the output
  // layer, which is linear and without dropout; the loss includes the output's non-linearity.
  std::vector<LayerSpec> layers;
  Loss loss = Loss::softmax_cross_entropy;
  double huber_delta = 1;
  Precision precision = Precision::float32;  // of the products of layers, in float
};

}  // namespace lockstep
