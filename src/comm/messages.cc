#include "comm/messages.h"

#include <type_traits>

#include "base/check.h"
#include "comm/handle.h"

namespace lockstep {
namespace {

constexpr int kMessageTag = 2;

template <typename T>
MPI_Datatype mpi_type() {
  if constexpr (std::is_same_v<T, float>) return MPI_FLOAT;
  if constexpr (std::is_same_v<T, double>) return MPI_DOUBLE;
  if constexpr (std::is_same_v<T, Bfloat16>) return MPI_UINT16_T;
}

template <typename T>
MPI_Request started_send(std::span<const T> values, int to, const Communicator& comm) {
  MPI_Request request = MPI_REQUEST_NULL;
  MPI_Isend(values.data(), static_cast<int>(values.size()), mpi_type<T>(), to, kMessageTag,
            CommunicatorHandle::of(comm), &request);
  return request;
}

template <typename T>
MPI_Request started_receive(std::span<T> values, int from, const Communicator& comm) {
  MPI_Request request = MPI_REQUEST_NULL;
  MPI_Irecv(values.data(), static_cast<int>(values.size()), mpi_type<T>(), from, kMessageTag,
            CommunicatorHandle::of(comm), &request);
  return request;
}

}  // namespace

template <typename T>
std::span<const Bfloat16> Messages<T>::packed(std::span<const T> values) {
  std::vector<Bfloat16>& numbers = leaving_.emplace_back(values.size());
  if constexpr (std::is_same_v<T, float>) to_bfloat16(values, numbers);
  return numbers;
}

template <typename T>
void Messages<T>::finish() {
  for (const Arriving& message : arriving_) {
    if constexpr (std::is_same_v<T, float>) from_bfloat16(message.numbers, message.values);
  }
  requests_.clear();
  leaving_.clear();
  arriving_.clear();
}

template <typename T>
void Messages<T>::send(std::span<const T> values, int to) {
  requests_.push_back(precision_ == Precision::bfloat16
                          ? started_send<Bfloat16>(packed(values), to, *comm_)
                          : started_send<T>(values, to, *comm_));
}

template <typename T>
void Messages<T>::send_when_taken(std::span<const T> values, int to) {
  check(precision_ == Precision::float32, "such messages travel as they are");
  MPI_Issend(values.data(), static_cast<int>(values.size()), mpi_type<T>(), to, kMessageTag,
             CommunicatorHandle::of(*comm_), &requests_.emplace_back());
}

template <typename T>
void Messages<T>::receive(std::span<T> values, int from) {
  if (precision_ == Precision::float32) {
    requests_.push_back(started_receive<T>(values, from, *comm_));
    return;
  }
  Arriving& message =
      arriving_.emplace_back(Arriving{std::vector<Bfloat16>(values.size()), values});
  requests_.push_back(started_receive<Bfloat16>(message.numbers, from, *comm_));
}

template <typename T>
void Messages<T>::wait() {
  MPI_Waitall(static_cast<int>(requests_.size()), requests_.data(), MPI_STATUSES_IGNORE);
  finish();
}

template <typename T>
bool Messages<T>::done() {
  int done = 0;
  MPI_Testall(static_cast<int>(requests_.size()), requests_.data(), &done, MPI_STATUSES_IGNORE);
  if (done != 0) finish();
  return done != 0;
}

template class Messages<float>;
template class Messages<double>;
template class Messages<Bfloat16>;

}  // namespace lockstep
