#pragma once
// A trained network as an ONNX model (IR 8, opset 13), for other programs.

#include <map>
#include <span>
#include <string>

#include "nn/parameters.h"
#include "nn/spec.h"

namespace lockstep {

// What the model decides beside its probabilities.
enum class OnnxDecision {
  none,       // the output is values
  one_class,  // the unit with the largest logit, the first in a tie
  by_unit,    // 1 for each unit whose logit is above 0, otherwise 0
  threshold,  // 1 where the probability of the last unit is at least OnnxNetwork::threshold
};

struct OnnxNetwork {
  const NetworkSpec& spec;
  const ParameterTable& parameter_table;
  std::span<const float> weights;
  // Normalization (x - mean) * inverse_deviation, with one of each for every input; or empty.
  std::span<const float> mean = {};
  std::span<const float> inverse_deviation = {};
  float clip = 0;  // the normalized z becomes z / sqrt(1 + (z / clip)^2); 0: it stays
  // The scale of the targets: the output is values * deviation + mean; or empty.
  std::span<const double> target_mean = {};
  std::span<const double> target_deviation = {};
  // The replacement for NaN in the input: one value for each input; or empty.
  std::span<const float> fill_values = {};
  OnnxDecision decision = OnnxDecision::none;
  float threshold = 0;
  // What the columns of input, label and output are, for people; UTF-8, or empty.
  std::string input_text = {};
  std::string label_text = {};
  std::string output_text = {};
  std::string name;                             // name of the graph
  std::string version;                          // version of Lockstep
  std::map<std::string, std::string> metadata;  // for people and programs
};

// The bytes of the model. Input "input" [N, I]: raw features as in the training
// data; normalization is part of the model, dropout is not. Output "output"
// [N, O]: the probabilities or values that `lockstep predict` writes. In front of it, with a
// decision, output "label" [N, 1], or [N, O] by unit, int64: the number of the class, or yes (1) or
// no (0). Throws Error(usage) when the network exceeds ONNX's limit of 2 GiB.
std::string onnx_model(const OnnxNetwork& network);

}  // namespace lockstep
