#include "diagnose/parameter_norms.h"

#include <algorithm>
#include <array>
#include <cmath>

#include "comm/owned_values.h"
#include "linalg/vector_ops.h"

namespace lockstep {
namespace {

// The ranges of a layer's weights in the flat vector.
std::vector<Range> weights_of(const ParameterTable& table, std::size_t layer) {
  std::vector<Range> ranges;
  for (const ParameterTensor& tensor : table.of_layer(layer)) {
    if (tensor.role == ParameterRole::weight) ranges.push_back(tensor.range());
  }
  return ranges;
}

double squares_of_change(std::span<const float> before, std::span<const float> after) {
  double squares = 0;
  std::array<double, 1024> changes;
  for (std::size_t begin = 0; begin < before.size(); begin += changes.size()) {
    const std::size_t size = std::min(changes.size(), before.size() - begin);
    for (std::size_t k = 0; k < size; ++k) {
      changes[k] = static_cast<double>(after[begin + k]) - static_cast<double>(before[begin + k]);
    }
    squares += sum_of_squares(std::span<const double>(changes).first(size));
  }
  return squares;
}

}  // namespace

template <typename T>
std::vector<T> collect_pieces(const GradientExchange<T>& exchange, std::span<const T> pieces,
                              const Communicator& comm) {
  const Ownership& ownership = exchange.ownership();
  return collect_owned<T>(comm, ownership, pick_owned(ownership, comm.rank(), pieces));
}

template std::vector<float> collect_pieces(const GradientExchange<float>&, std::span<const float>,
                                           const Communicator&);
template std::vector<double> collect_pieces(const GradientExchange<double>&,
                                            std::span<const double>, const Communicator&);

void describe_weights(const ParameterTable& table, std::span<const float> weights,
                      std::span<const float> gradient, std::vector<LayerFlow>& layers) {
  for (std::size_t i = 0; i < layers.size(); ++i) {
    double weight_squares = 0;
    double gradient_squares = 0;
    std::uint64_t count = 0;
    for (const Range range : weights_of(table, i)) {
      weight_squares += sum_of_squares(weights.subspan(range.begin, range.size()));
      gradient_squares += sum_of_squares(gradient.subspan(range.begin, range.size()));
      count += range.size();
    }
    layers[i].weight_norm = std::sqrt(weight_squares);
    layers[i].gradient_norm = std::sqrt(gradient_squares);
    if (count > 0) layers[i].weight_rms = std::sqrt(weight_squares / static_cast<double>(count));
  }
}

void describe_update(const ParameterTable& table, std::span<const float> before,
                     std::span<const float> after, std::vector<LayerFlow>& layers) {
  for (std::size_t i = 0; i < layers.size(); ++i) {
    double squares = 0;
    for (const Range range : weights_of(table, i)) {
      squares += squares_of_change(before.subspan(range.begin, range.size()),
                                   after.subspan(range.begin, range.size()));
    }
    const double norm = std::sqrt(squares);
    layers[i].update_norm = norm;
    if (layers[i].weight_norm > 0) layers[i].update_ratio = norm / layers[i].weight_norm;
  }
}

}  // namespace lockstep
