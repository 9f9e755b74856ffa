#pragma once
// An MPI communicator and the few operations that Lockstep needs. Every member function marked
// collective must be called by all ranks alike.

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <type_traits>
#include <vector>

#include "base/heartbeat.h"

namespace lockstep {

class Communicator {
 public:
  // A duplicate of the world, so that no other library's messages mix with
  // ours. Collective. `heartbeat`, if there is one, is notified of waiting; it must live as long as
  // this and all communicators that are split from it.
  static Communicator world(Heartbeat* heartbeat = nullptr);
  // A communicator of this process alone: one rank. Does not communicate.
  static Communicator self();
  // A communicator of the ranks that give the same `color` (0 or more), in their order here.
  // Collective.
  [[nodiscard]] Communicator split(int color) const;

  Communicator(Communicator&&) noexcept;
  Communicator& operator=(Communicator&&) noexcept;
  ~Communicator();

  [[nodiscard]] int rank() const { return rank_; }
  [[nodiscard]] int size() const { return size_; }
  [[nodiscard]] bool is_root() const { return rank_ == 0; }
  // Null: there is none.
  [[nodiscard]] Heartbeat* heartbeat() const { return heartbeat_; }

  // Collective: every rank receives rank 0's values, of any length.
  template <typename T>
  void broadcast(std::span<T> values) const {
    static_assert(std::is_trivially_copyable_v<T>);
    broadcast_bytes(std::as_writable_bytes(values));
  }
  template <typename T>
  void broadcast(T& value) const {
    broadcast(std::span<T>(&value, 1));
  }
  // Collective: strings and vectors also take rank 0's length.
  void broadcast(std::string& text) const;
  template <typename T>
  void broadcast(std::vector<T>& values) const {
    std::uint64_t size = values.size();
    broadcast(size);
    values.resize(size);
    broadcast(std::span<T>(values));
  }

  // Collective: rank 0 receives the ranks' values end to end, in rank order; the lengths may
  // differ. Other ranks receive nothing.
  template <typename T>
  [[nodiscard]] std::vector<T> gather(std::span<const T> values) const {
    static_assert(std::is_trivially_copyable_v<T>);
    const std::vector<std::byte> bytes = gather_bytes(std::as_bytes(values));
    std::vector<T> all(bytes.size() / sizeof(T));
    std::copy(bytes.begin(), bytes.end(), std::as_writable_bytes(std::span(all)).begin());
    return all;
  }
  // Collective: returns every rank's value, in rank order, on every rank.
  template <typename T>
  [[nodiscard]] std::vector<T> all_gather(const T& value) const {
    std::vector<T> all = gather(std::span<const T>(&value, 1));
    broadcast(all);
    return all;
  }
  // Collective: returns each rank's text, in rank order, on rank 0.
  [[nodiscard]] std::vector<std::string> gather_text(const std::string& text) const;

  // Collective: rank 0 sends each rank its own bytes (`parts` is read on rank 0 only and has one
  // entry for each rank).
  [[nodiscard]] std::vector<std::byte> scatter(
      const std::vector<std::span<const std::byte>>& parts) const;

  // Collective: returns each rank's text, in rank order, on every rank.
  [[nodiscard]] std::vector<std::string> share_text(const std::string& text) const;

  // Collective: every rank sends each rank its bytes (one entry for each, including itself) and
  // returns what it receives, in rank order. A rank sends at most 2^31 - 1 bytes and receives at
  // most as many, so this is for buffers of a bounded size.
  [[nodiscard]] std::vector<std::vector<std::byte>> exchange(
      const std::vector<std::vector<std::byte>>& parts) const;

  // Collective, for integers only: their sums do not depend on rounding and order.
  [[nodiscard]] std::uint64_t sum(std::uint64_t value) const;
  [[nodiscard]] std::uint64_t max(std::uint64_t value) const;
  // Collective: returns the bits that any rank has set.
  [[nodiscard]] std::uint64_t any(std::uint64_t flags) const;

  // Collective: returns the lowest rank on this rank's host.
  [[nodiscard]] int host_leader() const;

  // Collective.
  void barrier() const;
  // Collective: returns once every rank has arrived, however long that takes. A waiting rank
  // leaves its core to others and calls `while_waiting` every few milliseconds. That function may
  // use operations of other communicators that need no partner.
  void wait_for_all(const std::function<void()>& while_waiting) const;

 private:
  friend struct CommunicatorHandle;
  struct Handle;
  Communicator(std::unique_ptr<Handle> handle, Heartbeat* heartbeat);
  void broadcast_bytes(std::span<std::byte> bytes) const;
  [[nodiscard]] std::vector<std::byte> gather_bytes(std::span<const std::byte> bytes) const;

  std::unique_ptr<Handle> handle_;
  Heartbeat* heartbeat_;
  int rank_ = 0;
  int size_ = 1;
};

}  // namespace lockstep
