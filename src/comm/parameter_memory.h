#pragma once
// The full-length vectors of a rank, its weights and the gradient buffers of its workers, in
// memory that the ranks of its host share.

#include <cstdint>
#include <span>
#include <vector>

#include "comm/communicator.h"
#include "comm/host_memory.h"
#include "comm/ownership.h"

namespace lockstep {

template <typename T>
class ParameterMemory {
 public:
  // Collective. Allocates weights and `buffers` buffers of this rank, of `parameters` values each,
  // not initialized. `host` and errors: as for HostMemory.
  ParameterMemory(const Communicator& comm, std::uint64_t parameters, std::uint64_t buffers,
                  int host)
      : parameters_(parameters), memory_(comm, (1 + buffers) * stride_of(parameters), host) {}

  // The weights of a rank on this host.
  [[nodiscard]] std::span<T> weights(int rank) const { return vector(rank, 0); }
  // Buffer number `number` among the buffers of all workers of a rank on this host.
  [[nodiscard]] std::span<T> buffer(int rank, std::uint32_t number) const {
    return vector(rank, 1 + number);
  }
  // The lowest rank on the host of each rank; see HostMemory.
  [[nodiscard]] const std::vector<int>& leaders() const { return memory_.leaders(); }
  [[nodiscard]] bool was_refused() const { return memory_.was_refused(); }
  // Collective over the host: everything that its ranks wrote before it is visible to all
  // afterwards.
  void fence() const { memory_.fence(); }

 private:
  // Values from the start of one vector to the next: whole blocks, so that all vectors are aligned
  // alike.
  static std::uint64_t stride_of(std::uint64_t parameters) {
    constexpr std::uint64_t kBlock = Ownership::kBlock;
    return (parameters + kBlock - 1) / kBlock * kBlock;
  }
  [[nodiscard]] std::span<T> vector(int rank, std::uint64_t number) const {
    return memory_.of(rank).subspan(number * stride_of(parameters_), parameters_);
  }

  std::uint64_t parameters_;
  HostMemory<T> memory_;
};

}  // namespace lockstep
