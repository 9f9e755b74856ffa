#pragma once
// The gradient of J once more, by plain loops over the formulas of
// backpropagation, through the real tree and exchange; with faults on request.

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "comm/communicator.h"
#include "comm/layout.h"
#include "config/job.h"
#include "nn/network.h"
#include "sets/dataset.h"

namespace lockstep {

// Layers are counted from 1.
struct Faults {
  bool no_division = false;  // by the rows of the batch: 1/m
  double penalty_times = 1;  // 2: counted twice
  std::optional<std::size_t> only_penalty_of =
      std::nullopt;                                      // penalty_times is for this layer alone
  std::optional<std::uint64_t> left_out = std::nullopt;  // a shard that never reaches the sum
  std::optional<std::size_t> wrong_slope_of = std::nullopt;  // a layer with 1 for its g'(z)
  std::optional<std::size_t> transposed_weight =
      std::nullopt;  // dz[l] times W[l] instead of its transpose
  std::optional<std::size_t> transposed_gradient = std::nullopt;  // dW[l] written as its transpose
};

// Collective. Of the batch of step 0 without dropout, whole, on rank 0; the job
// has softmax outputs. layout.threads is 1.
std::vector<double> faulty_gradient(const Job& job, const Dataset& data,
                                    const Network<double>& network, const Communicator& comm,
                                    const Layout& layout, std::span<const double> weights,
                                    const Faults& faults);

}  // namespace lockstep
