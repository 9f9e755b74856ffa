#include "comm/shared_flag.h"

#include "comm/handle.h"

namespace lockstep {
namespace {

constexpr int kRaised = 1;

}  // namespace

SharedFlag::SharedFlag(const Communicator& comm) : comm_(comm), messages_(comm.split(0)) {}

void SharedFlag::raise() {
  if (raised_here_) return;
  raised_here_ = raised_ = true;
  for (int rank = 0; rank < messages_.size(); ++rank) {
    if (rank == messages_.rank()) continue;
    // The message has no content, so it is sent at once.
    MPI_Send(nullptr, 0, MPI_BYTE, rank, kRaised, CommunicatorHandle::of(messages_));
  }
}

bool SharedFlag::raised() {
  int arrived = 0;
  MPI_Iprobe(MPI_ANY_SOURCE, kRaised, CommunicatorHandle::of(messages_), &arrived,
             MPI_STATUS_IGNORE);
  if (arrived != 0) receive_one();
  return raised_;
}

bool SharedFlag::settle() {
  const std::uint64_t raisers = comm_.sum(raised_here_ ? 1 : 0);
  const std::uint64_t expected = raisers - (raised_here_ ? 1 : 0);
  while (received_ < expected) receive_one();
  return raisers > 0;
}

void SharedFlag::receive_one() {
  MPI_Recv(nullptr, 0, MPI_BYTE, MPI_ANY_SOURCE, kRaised, CommunicatorHandle::of(messages_),
           MPI_STATUS_IGNORE);
  ++received_;
  raised_ = true;
}

}  // namespace lockstep
