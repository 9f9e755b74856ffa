#include "comm/messages.h"

#include <type_traits>

#include "comm/handle.h"

namespace lockstep {
namespace {

constexpr int kMessageTag = 2;

template <typename T>
MPI_Datatype mpi_type() {
  static_assert(std::is_same_v<T, float> || std::is_same_v<T, double>);
  return std::is_same_v<T, float> ? MPI_FLOAT : MPI_DOUBLE;
}

}  // namespace

template <typename T>
void Messages<T>::send(std::span<const T> values, int to) {
  MPI_Isend(values.data(), static_cast<int>(values.size()), mpi_type<T>(), to, kMessageTag,
            CommunicatorHandle::of(*comm_), &requests_.emplace_back());
}

template <typename T>
void Messages<T>::send_when_taken(std::span<const T> values, int to) {
  MPI_Issend(values.data(), static_cast<int>(values.size()), mpi_type<T>(), to, kMessageTag,
             CommunicatorHandle::of(*comm_), &requests_.emplace_back());
}

template <typename T>
void Messages<T>::receive(std::span<T> values, int from) {
  MPI_Irecv(values.data(), static_cast<int>(values.size()), mpi_type<T>(), from, kMessageTag,
            CommunicatorHandle::of(*comm_), &requests_.emplace_back());
}

template <typename T>
void Messages<T>::wait() {
  MPI_Waitall(static_cast<int>(requests_.size()), requests_.data(), MPI_STATUSES_IGNORE);
  requests_.clear();
}

template <typename T>
bool Messages<T>::done() {
  int done = 0;
  MPI_Testall(static_cast<int>(requests_.size()), requests_.data(), &done, MPI_STATUSES_IGNORE);
  if (done != 0) requests_.clear();
  return done != 0;
}

template class Messages<float>;
template class Messages<double>;

}  // namespace lockstep
