#pragma once
// Nonblocking messages of values between ranks. Used inside comm only, because it includes mpi.h.

#include <span>
#include <vector>

#include <mpi.h>

#include "comm/communicator.h"
#include "linalg/bfloat16.h"
#include "linalg/precision.h"

namespace lockstep {

// T is float, double or Bfloat16. Floats may travel as bfloat16, in half the bytes.
template <typename T>
class Messages {
 public:
  // `comm` must live as long as this. `precision`: in which values travel. Floats that are not
  // bfloat16 numbers are rounded to the nearest ones.
  explicit Messages(const Communicator& comm, Precision precision = Precision::float32)
      : comm_(&comm), precision_(precision) {}

  // Starts a message of at most 2^31 - 1 values, which must stay in place until wait(). Messages
  // from one rank to another arrive in the order in which they were started.
  void send(std::span<const T> values, int to);
  // The same, but it has left only when the receiver has begun to take it.
  void send_when_taken(std::span<const T> values, int to);
  // The values are there after wait(), or done().
  void receive(std::span<T> values, int from);
  // Waits until all messages that were started have left or arrived.
  void wait();
  // Whether they all have; does not wait.
  [[nodiscard]] bool done();

 private:
  struct Arriving {
    std::vector<Bfloat16> numbers;
    std::span<T> values;
  };

  // What travels in place of `values`.
  std::span<const Bfloat16> packed(std::span<const T> values);
  void finish();

  const Communicator* comm_;
  Precision precision_;
  std::vector<MPI_Request> requests_;
  std::vector<std::vector<Bfloat16>> leaving_;
  std::vector<Arriving> arriving_;
};

}  // namespace lockstep
