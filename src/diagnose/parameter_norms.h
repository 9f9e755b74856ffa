#pragma once
// Norms of every layer's weights, gradient and update (lecture 1.10), from
// vectors of all parameters.

#include <span>
#include <vector>

#include "comm/communicator.h"
#include "nn/parameters.h"
#include "train/flow_record.h"
#include "train/step_engine.h"

namespace lockstep {

// Collective. The gradient that the engine's last reduce_gradient or train_step
// left with its owners, put together on rank 0; elsewhere nothing.
template <typename T>
std::vector<T> whole_gradient(StepEngine<T>& engine, const Communicator& comm);

// Fills in what concerns W, for each layer; sums are in double, in the order of
// the tensors.
void describe_weights(const ParameterLayout& layout, std::span<const float> weights,
                      std::span<const float> gradient, std::vector<LayerFlow>& layers);

// The update from `before` to `after`, which had weight_norm before.
void describe_update(const ParameterLayout& layout, std::span<const float> before,
                     std::span<const float> after, std::vector<LayerFlow>& layers);

}  // namespace lockstep
