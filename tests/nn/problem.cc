#include "nn/problem.h"
#include "nn/activations.h"

#include <algorithm>
#include <cmath>

#include "linalg/keyed_values.h"
#include "nn/dense_network.h"
#include "nn/dropout_mask.h"
#include "nn/layers.h"
#include "nn/network.h"
#include "nn/parameters.h"

namespace lockstep {

RegularizationSpec regularization(const NetworkSpec& spec, LayerPenalty lambdas,
                                  bool include_biases) {
  return {std::vector<LayerPenalty>(spec.layers.size(), lambdas), include_biases};
}

Problem draw_problem(const NetworkSpec& spec, Labels labels, std::uint32_t stream) {
  const std::uint64_t units = output_size(spec);
  Problem problem;
  problem.spec = spec;
  problem.dropout = DropoutKey{20, 7};
  problem.rows = 6;
  problem.weights = keyed_values<double>(parameter_table(spec).size, 3 * stream);
  problem.inputs = keyed_values<double>(problem.rows * size_of(spec.input), 3 * stream + 1);
  for (std::uint32_t row = 0; row < problem.rows; ++row) problem.examples.push_back(1000 - 7 * row);
  if (labels == Labels::target_per_unit) {
    problem.label_width = units;
    problem.labels = keyed_values<float>(problem.rows * units, 3 * stream + 2, 0, 1);
  } else {
    const std::uint64_t classes = std::max<std::uint64_t>(units, 2);
    for (std::uint64_t row = 0; row < problem.rows; ++row) {
      problem.labels.push_back(static_cast<float>(row % classes));
    }
  }
  return problem;
}

namespace {

template <typename T>
Workspace<T> filled_workspace(const Problem& problem) {
  Workspace<T> workspace(problem.spec, problem.rows);
  const auto inputs = std::span(problem.inputs).first(problem.rows * size_of(problem.spec.input));
  std::ranges::transform(inputs, workspace.input().values().begin(),
                         [](double value) { return static_cast<T>(value); });
  return workspace;
}

Matrix<const float> label_matrix(const Problem& problem) {
  return {problem.labels.data(), problem.rows, problem.label_width};
}

double plain_activation(Activation activation, double z) {
  if (activation == Activation::sigmoid) return 1 / (1 + std::exp(-z));
  if (activation == Activation::tanh) return std::tanh(z);
  if (activation == Activation::relu) return std::max(z, 0.0);
  if (activation == Activation::leaky_relu) return std::max(z, 0.01 * z);
  if (activation == Activation::elu) return z > 0 ? z : std::exp(z) - 1;
  if (activation == Activation::gelu) return z * (1 + std::erf(z / std::sqrt(2.0))) / 2;
  if (activation == Activation::silu) return z / (1 + std::exp(-z));
  return z;
}

Regularizer regularizer_of(const Problem& problem) {
  return {problem.regularization, parameter_table(problem.spec), problem.rows};
}

void drop(const Problem& problem, double keep_prob, std::size_t layer, std::uint64_t row,
          std::vector<double>& values) {
  if (!problem.dropout) return;
  const auto mask =
      dropout_mask<double>(keep_prob, *problem.dropout, static_cast<std::uint32_t>(layer),
                           problem.examples[row], values.size());
  for (std::size_t i = 0; i < values.size(); ++i) values[i] *= mask[i];
}

}  // namespace

double cost(const Problem& problem, std::span<const double> weights) {
  const Network<double> network(problem.spec);
  Workspace<double> workspace = filled_workspace<double>(problem);
  network.forward(weights, workspace, problem.rows, problem.dropout, problem.examples);
  return network.loss(workspace, label_matrix(problem)).loss / static_cast<double>(problem.rows) +
         regularizer_of(problem).penalty(weights).sum();
}

std::vector<double> network_logits(const Problem& problem) {
  Workspace<double> workspace = filled_workspace<double>(problem);
  Network<double>(problem.spec)
      .forward(problem.weights, workspace, problem.rows, problem.dropout, problem.examples);
  const auto logits = workspace.logits(problem.rows).values();
  return {logits.begin(), logits.end()};
}

template <typename T>
std::vector<double> gradient(const Problem& problem) {
  const Network<T> network(problem.spec);
  Workspace<T> workspace = filled_workspace<T>(problem);
  const std::vector<T> weights(problem.weights.begin(), problem.weights.end());
  std::vector<T> sums(weights.size());
  network.forward(weights, workspace, problem.rows, problem.dropout, problem.examples);
  network.backward(weights, workspace, label_matrix(problem), sums, false);
  for (T& value : sums) value /= static_cast<T>(problem.rows);
  regularizer_of(problem).add_gradient<T>({0, sums.size()}, weights, sums);
  return {sums.begin(), sums.end()};
}

template std::vector<double> gradient<float>(const Problem&);
template std::vector<double> gradient<double>(const Problem&);

PlainForward plain_forward(const Problem& problem) {
  const ParameterTable table = parameter_table(problem.spec);
  PlainForward result;
  for (std::size_t i = 0; i < problem.regularization.layers.size(); ++i) {
    if (problem.regularization.layers[i].l1_lambda == 0) continue;
    for (std::uint64_t w = table.layers[i].begin; w < table.layers[i].end; ++w) {
      result.kink_distance = std::min(result.kink_distance, std::abs(problem.weights[w]));
    }
  }
  for (std::uint64_t row = 0; row < problem.rows; ++row) {
    const std::uint64_t features = size_of(problem.spec.input);
    const auto begin = problem.inputs.begin() + static_cast<std::ptrdiff_t>(row * features);
    std::vector<double> values(begin, begin + static_cast<std::ptrdiff_t>(features));
    drop(problem, problem.spec.input_keep_prob, 0, row, values);
    for (std::size_t i = 0; i < problem.spec.layers.size(); ++i) {
      const EpilogueSpec& epilogue = problem.spec.layers[i].epilogue;
      const auto kind = epilogue.activation;
      const bool kinked = facts_of(kind).has_kink;
      std::vector<double> outputs(dense(problem.spec.layers[i]).units);
      for (std::uint64_t o = 0; o < outputs.size(); ++o) {
        double z = problem.weights[bias_of(table, i).offset + o];
        for (std::uint64_t j = 0; j < values.size(); ++j) {
          z += problem.weights[weight_of(table, i).offset + o * values.size() + j] * values[j];
        }
        if (kinked) result.kink_distance = std::min(result.kink_distance, std::abs(z));
        outputs[o] = plain_activation(kind, z);
      }
      drop(problem, epilogue.keep_prob, i + 1, row, outputs);
      values = outputs;
    }
    result.logits.insert(result.logits.end(), values.begin(), values.end());
  }
  return result;
}

}  // namespace lockstep
