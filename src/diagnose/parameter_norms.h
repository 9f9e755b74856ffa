#pragma once
// Norms of every layer's weights, gradient and update (lecture 1.10), computed from vectors of all
// parameters.

#include <span>
#include <vector>

#include "comm/communicator.h"
#include "comm/gradient_exchange.h"
#include "nn/parameters.h"
#include "records/flow.h"

namespace lockstep {

// Collective. Puts a vector of all parameters together on rank 0 from the pieces that are
// meaningful on their owners, such as the engine's owned_gradient; returns nothing on other ranks.
template <typename T>
std::vector<T> collect_pieces(const GradientExchange<T>& exchange, std::span<const T> pieces,
                              const Communicator& comm);

// Sets the numbers of W for each layer; sums are in double, in the order of the tensors.
void describe_weights(const ParameterTable& table, std::span<const float> weights,
                      std::span<const float> gradient, std::vector<LayerFlow>& layers);

// Sets the numbers of the update from `before`, with norm weight_norm, to `after`.
void describe_update(const ParameterTable& table, std::span<const float> before,
                     std::span<const float> after, std::vector<LayerFlow>& layers);

}  // namespace lockstep
