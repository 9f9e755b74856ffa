#pragma once
// Norms of every layer's weights, gradient and update (lecture 1.10), from
// vectors of all parameters.

#include <span>
#include <vector>

#include "comm/communicator.h"
#include "comm/gradient_exchange.h"
#include "nn/parameters.h"
#include "records/flow.h"

namespace lockstep {

// Collective. A vector of all parameters whose pieces have a meaning on their
// owners, such as the engine's owned_gradient, put together on rank 0; elsewhere
// nothing.
template <typename T>
std::vector<T> collect_pieces(const GradientExchange<T>& exchange, std::span<const T> pieces,
                              const Communicator& comm);

// Fills in what concerns W, for each layer; sums are in double, in the order of
// the tensors.
void describe_weights(const ParameterLayout& layout, std::span<const float> weights,
                      std::span<const float> gradient, std::vector<LayerFlow>& layers);

// The update from `before` to `after`, which had weight_norm before.
void describe_update(const ParameterLayout& layout, std::span<const float> before,
                     std::span<const float> after, std::vector<LayerFlow>& layers);

}  // namespace lockstep
