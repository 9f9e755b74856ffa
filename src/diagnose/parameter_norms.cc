#include "diagnose/parameter_norms.h"

#include <algorithm>
#include <array>
#include <cmath>

#include "comm/owned_values.h"
#include "linalg/vector_ops.h"

namespace lockstep {

template <typename T>
std::vector<T> collect_pieces(const GradientExchange<T>& exchange, std::span<const T> pieces,
                              const Communicator& comm) {
  const Ownership& ownership = exchange.ownership();
  std::vector<T> owned;
  for (const Range piece : ownership.pieces(comm.rank())) {
    const auto part = pieces.subspan(piece.begin, piece.size());
    owned.insert(owned.end(), part.begin(), part.end());
  }
  return collect_owned<T>(comm, ownership, owned);
}

template std::vector<float> collect_pieces(const GradientExchange<float>&, std::span<const float>,
                                           const Communicator&);
template std::vector<double> collect_pieces(const GradientExchange<double>&,
                                            std::span<const double>, const Communicator&);

void describe_weights(const ParameterLayout& layout, std::span<const float> weights,
                      std::span<const float> gradient, std::vector<LayerFlow>& layers) {
  for (std::size_t i = 0; i < layers.size(); ++i) {
    const Range range = layout.weight(i).range();
    const double squares = sum_of_squares(weights.subspan(range.begin, range.size()));
    layers[i].weight_norm = std::sqrt(squares);
    layers[i].weight_rms = std::sqrt(squares / static_cast<double>(range.size()));
    layers[i].gradient_norm =
        std::sqrt(sum_of_squares(gradient.subspan(range.begin, range.size())));
  }
}

void describe_update(const ParameterLayout& layout, std::span<const float> before,
                     std::span<const float> after, std::vector<LayerFlow>& layers) {
  for (std::size_t i = 0; i < layers.size(); ++i) {
    const Range range = layout.weight(i).range();
    double squares = 0;
    std::array<double, 1024> changes;
    for (std::uint64_t begin = range.begin; begin < range.end; begin += changes.size()) {
      const std::uint64_t size = std::min<std::uint64_t>(changes.size(), range.end - begin);
      for (std::uint64_t k = 0; k < size; ++k) {
        changes[k] = static_cast<double>(after[begin + k]) - static_cast<double>(before[begin + k]);
      }
      squares += sum_of_squares(std::span<const double>(changes).first(size));
    }
    const double norm = std::sqrt(squares);
    layers[i].update_norm = norm;
    if (layers[i].weight_norm > 0) layers[i].update_ratio = norm / layers[i].weight_norm;
  }
}

}  // namespace lockstep
