#pragma once
// A small learning problem in double: everything that the cost J depends on.

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "nn/dropout.h"
#include "nn/regularizer.h"
#include "nn/spec.h"

namespace lockstep {

// The same lambdas for every layer.
RegularizationSpec regularization(const NetworkSpec& spec, LayerPenalty lambdas,
                                  bool include_biases = false);

enum class Labels { class_number, target_per_unit };

struct Problem {
  NetworkSpec spec;
  RegularizationSpec regularization;
  std::optional<DropoutKey> dropout;
  std::uint64_t rows = 0;
  std::uint64_t label_width = 1;
  std::vector<double> weights;          // flat
  std::vector<double> inputs;           // [B, I]
  std::vector<float> labels;            // [B, label_width]
  std::vector<std::uint32_t> examples;  // [B]: each row's number, for dropout
};

// Weights (biases too), inputs and labels drawn by `stream`; the masks, where
// `spec` drops units, are those of one fixed key.
Problem draw_problem(const NetworkSpec& spec, Labels labels, std::uint32_t stream);

// J: the mean loss of the rows plus the penalty.
double cost(const Problem& problem, std::span<const double> weights);

// The network's output [B, O].
std::vector<double> network_logits(const Problem& problem);

// dJ/dweights by the backward pass in T.
template <typename T>
std::vector<double> gradient(const Problem& problem);

// The forward pass by plain loops over the formulas.
struct PlainForward {
  std::vector<double> logits;  // [B, O]
  // The smallest |z| of a unit whose activation has a kink at 0, and |w| of a
  // weight under an L1 penalty, which has one there too.
  double kink_distance = 1;
};
PlainForward plain_forward(const Problem& problem);

// The first of the problems draw(0), draw(1)... in which no unit is so close
// to its kink that a two-sided difference could step over it.
template <typename Draw>
Problem away_from_kinks(const Draw& draw) {
  for (std::uint32_t stream = 0;; ++stream) {
    Problem problem = draw(stream);
    if (plain_forward(problem).kink_distance > 1e-3) return problem;
  }
}

}  // namespace lockstep
