#pragma once
// Memory that the ranks of one host read and write directly instead of exchanging messages. Every
// rank owns a part; parts are whole pages.

#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "comm/communicator.h"

namespace lockstep {

template <typename T>
class HostMemory {
 public:
  // Collective over comm. Allocates memory for `values` values of this rank, not initialized; the
  // sizes may differ between ranks. Ranks that give the same `host` share memory; they must be
  // able to, as ranks with the same comm.host_leader() are. If there is no room for it in
  // /dev/shm, every rank of the host has only its own part. Throws std::bad_alloc when there is no
  // memory at all.
  HostMemory(const Communicator& comm, std::uint64_t values, int host);
  ~HostMemory();  // does not communicate
  HostMemory(const HostMemory&) = delete;
  HostMemory& operator=(const HostMemory&) = delete;

  [[nodiscard]] std::span<T> own() const { return parts_[static_cast<std::size_t>(rank_)]; }
  // The part of `rank`; empty if it cannot be reached.
  [[nodiscard]] std::span<T> of(int rank) const { return parts_[static_cast<std::size_t>(rank)]; }
  // Whether this rank's host was to share memory but could not.
  [[nodiscard]] bool was_refused() const { return refused_; }
  // For every rank of comm, the lowest rank with which it shares memory: itself when it is alone.
  // The same on all ranks.
  [[nodiscard]] const std::vector<int>& leaders() const { return leaders_; }

  // Collective over the ranks that share memory: everything that they wrote before it is visible
  // to all afterwards.
  void fence() const;

 private:
  struct Mapping;
  int rank_;
  bool refused_ = false;
  std::unique_ptr<Communicator> sharers_;  // null: this rank is alone
  std::unique_ptr<Mapping> mapping_;       // the shared memory
  std::unique_ptr<T[]> alone_;
  std::vector<std::span<T>> parts_;  // by rank
  std::vector<int> leaders_;
};

}  // namespace lockstep
