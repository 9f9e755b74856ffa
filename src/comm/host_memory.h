#pragma once
// Memory that the ranks of one host read and write directly, in place of
// messages between them. Every rank owns a part; parts are whole pages.

#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "comm/communicator.h"

namespace lockstep {

template <typename T>
class HostMemory {
 public:
  // Collective over comm. Room for `values` of this rank, not initialised; the
  // sizes of ranks may differ. Ranks that give the same `host` share memory; they
  // must be able to, as those with the same comm.host_leader() are. Where there is
  // no room to (in /dev/shm), every rank of the host has its part alone. Throws
  // std::bad_alloc when there is no memory at all.
  HostMemory(const Communicator& comm, std::uint64_t values, int host);
  ~HostMemory();  // does not communicate
  HostMemory(const HostMemory&) = delete;
  HostMemory& operator=(const HostMemory&) = delete;

  [[nodiscard]] std::span<T> own() const { return parts_[static_cast<std::size_t>(rank_)]; }
  // The part of `rank`; empty where it is out of reach.
  [[nodiscard]] std::span<T> of(int rank) const { return parts_[static_cast<std::size_t>(rank)]; }
  // Whether this rank's host could not share memory although it was asked to.
  [[nodiscard]] bool was_refused() const { return refused_; }
  // For every rank of comm, the lowest rank it shares memory with: itself when
  // it is alone. The same on all ranks.
  [[nodiscard]] const std::vector<int>& leaders() const { return leaders_; }

  // Collective over the ranks that share memory: what each has written before,
  // all see afterwards.
  void fence() const;

 private:
  struct Mapping;
  int rank_;
  bool refused_ = false;
  std::unique_ptr<Communicator> sharers_;  // null: alone
  std::unique_ptr<Mapping> mapping_;       // what is shared
  std::unique_ptr<T[]> alone_;
  std::vector<std::span<T>> parts_;  // by rank
  std::vector<int> leaders_;
};

}  // namespace lockstep
