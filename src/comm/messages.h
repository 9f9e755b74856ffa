#pragma once
// Nonblocking messages of values between ranks. Used inside comm only, because it includes mpi.h.

#include <span>
#include <vector>

#include <mpi.h>

#include "comm/communicator.h"

namespace lockstep {

// T is float or double.
template <typename T>
class Messages {
 public:
  // `comm` must live as long as this.
  explicit Messages(const Communicator& comm) : comm_(&comm) {}

  // Starts a message of at most 2^31 - 1 values, which must stay in place until wait(). Messages
  // from one rank to another arrive in the order in which they were started.
  void send(std::span<const T> values, int to);
  // The same, but it has left only when the receiver has begun to take it.
  void send_when_taken(std::span<const T> values, int to);
  void receive(std::span<T> values, int from);
  // Waits until all messages that were started have left or arrived.
  void wait();
  // Whether they all have; does not wait.
  [[nodiscard]] bool done();

 private:
  const Communicator* comm_;
  std::vector<MPI_Request> requests_;
};

}  // namespace lockstep
