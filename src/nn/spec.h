#pragma once
// The description of a network, as plain values.
//
// Dimension letters used in this folder: B rows of a batch, I inputs and O
// outputs of a layer, L layers.

#include <cstdint>
#include <vector>

namespace lockstep {

// See nn/activations.h.
enum class Activation { linear, sigmoid, tanh, relu, leaky_relu, elu, gelu, silu };

enum class Loss {
  softmax_cross_entropy,  // O classes, one of them true
  logistic,               // O independent yes/no units
  squared_error,          // 1/2 (prediction - target)^2 summed over O units
};

// Var(w) as a function of I and O (lecture 1.11).
enum class WeightVariance {
  he,      // 2 / I, normal (He et al., 2015)
  xavier,  // 1 / I, normal
  glorot,  // 2 / (I + O), normal (Glorot and Bengio, 2010)
  lecun,   // 1 / I, uniform (LeCun et al., 1998)
  zero,
  identity,  // 0: not random, W = multiplier * I (lecture 1.10)
};

struct InitializerSpec {
  WeightVariance variance = WeightVariance::he;
  double multiplier = 1;  // on the variance; on the matrix for identity
};

// Lambdas of a layer's penalty (lecture 1.4, 1.5); see nn/regularizer.h.
struct LayerPenalty {
  double l2_lambda = 0;
  double l1_lambda = 0;
};

// A dense layer: a = activation(W x + b), then inverted dropout with keep_prob.
struct DenseSpec {
  std::uint64_t inputs = 0;
  std::uint64_t outputs = 0;
  Activation activation = Activation::relu;
  double keep_prob = 1;
  InitializerSpec initializer;
};

struct NetworkSpec {
  std::uint64_t inputs = 0;
  double input_keep_prob = 1;
  // Hidden layers and, last, the output layer, which is linear and without dropout; the loss
  // includes the output's non-linearity.
  std::vector<DenseSpec> layers;
  Loss loss = Loss::softmax_cross_entropy;
};

}  // namespace lockstep
