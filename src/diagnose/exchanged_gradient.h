#pragma once
// The gradient as training computes it: every worker's backward passes, the tree, the exchange
// between ranks, the division by the rows and the penalty's part.

#include <cstdint>
#include <vector>

#include "comm/communicator.h"
#include "train/step_engine.h"

namespace lockstep {

// Collective. Returns the gradient of J on the batch of global step `step`, at the engine's
// weights: all of it on rank 0, put together from the owners' pieces, and nothing on other ranks.
// Throws AgreedError(diverged) when a loss or the gradient is not finite.
std::vector<double> exchanged_gradient(StepEngine<double>& engine, const Communicator& comm,
                                       std::uint64_t step);

}  // namespace lockstep
