#pragma once
// The flow of signals through a network (lecture 1.10, 1.11): plain records of one measurement.

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace lockstep {

// The flow through one layer; in the last layer, a are the logits. rms is the root of the mean
// square. Numbers may be infinite or NaN when the network overflows.
struct LayerFlow {
  std::uint64_t units = 0;
  std::string activation;  // "RELU", as in a job file

  // Over the units of the layer and the measured examples, without dropout.
  double activation_mean = 0;
  double activation_deviation = 0;
  double activation_rms = 0;
  double delta_rms = 0;  // dLoss/dz of one example: the gradient on its way back

  // The weights W; biases are left out. 0 if the layer has no weights.
  double weight_norm = 0;  // Frobenius
  double weight_rms = 0;
  double gradient_norm = 0;            // norm of dJ/dW over the step's batch
  std::optional<double> update_norm;   // norm of what the step added to W
  std::optional<double> update_ratio;  // update_norm / weight_norm before the step

  // ReLU: the fraction of activations that are 0, and the fraction of units whose activation is 0
  // for every measured example (dead units).
  std::optional<double> zero_fraction;
  std::optional<double> dead_fraction;
  // tanh and sigmoid: the fraction of activations at an end of their range; see
  // kSaturation in diagnose/signal_flow.h.
  std::optional<double> saturated_fraction;
};

// Something a person should know, with advice.
struct FlowFinding {
  std::string kind;  // "vanishing_gradients"; a stable name for scripts
  std::string text;  // with the lecture's section
  std::string remedy;
};

struct FlowRecord {
  std::uint64_t step = 0;      // the measured step, from 1; 0: initial weights, no step
  std::uint64_t examples = 0;  // number of examples behind the activations
  double cost = 0;             // their mean loss, without penalty
  // Geometric means over the hidden layers: the growth of activations from a layer to the next
  // one, and of gradients from a layer to the one before. None where there are not two layers to
  // compare.
  std::optional<double> activation_factor;
  std::optional<double> delta_factor;
  std::vector<LayerFlow> layers;  // first to last
  std::vector<FlowFinding> findings;
};

}  // namespace lockstep
