#include "comm/owned_values.h"

#include <algorithm>
#include <cstddef>

#include "base/check.h"

namespace lockstep {

template <typename T>
std::vector<T> collect_owned(const Communicator& comm, const Ownership& ownership,
                             std::span<const T> owned) {
  const std::vector<T> all = comm.gather(owned);
  if (!comm.is_root()) return {};
  std::vector<T> flat(ownership.parameters);
  auto next = all.begin();
  for (int rank = 0; rank < comm.size(); ++rank) {
    for (const Range piece : ownership.pieces(rank)) {
      const auto end = next + static_cast<std::ptrdiff_t>(piece.size());
      std::copy(next, end, flat.begin() + static_cast<std::ptrdiff_t>(piece.begin));
      next = end;
    }
  }
  return flat;
}

template <typename T>
void distribute_owned(const Communicator& comm, const Ownership& ownership, std::span<const T> flat,
                      std::span<T> owned) {
  std::vector<std::vector<T>> parts;
  if (comm.is_root()) {
    for (int rank = 0; rank < comm.size(); ++rank) {
      std::vector<T>& part = parts.emplace_back();
      for (const Range piece : ownership.pieces(rank)) {
        const auto values = flat.subspan(piece.begin, piece.size());
        part.insert(part.end(), values.begin(), values.end());
      }
    }
  }
  std::vector<std::span<const std::byte>> bytes;
  bytes.reserve(parts.size());
  for (const std::vector<T>& part : parts) bytes.push_back(std::as_bytes(std::span(part)));
  const std::vector<std::byte> own = comm.scatter(bytes);
  check(own.size() == owned.size_bytes(), "a rank gets the values it owns");
  std::ranges::copy(own, std::as_writable_bytes(owned).begin());
}

template std::vector<float> collect_owned(const Communicator&, const Ownership&,
                                          std::span<const float>);
template std::vector<double> collect_owned(const Communicator&, const Ownership&,
                                           std::span<const double>);
template void distribute_owned(const Communicator&, const Ownership&, std::span<const float>,
                               std::span<float>);
template void distribute_owned(const Communicator&, const Ownership&, std::span<const double>,
                               std::span<double>);

}  // namespace lockstep
