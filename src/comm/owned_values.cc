#include "comm/owned_values.h"

#include <algorithm>
#include <cstddef>

#include "base/check.h"

namespace lockstep {

template <typename T>
std::vector<T> pick_owned(const Ownership& ownership, int rank, std::span<const T> flat,
                          std::vector<T> memory) {
  std::vector<T> owned = std::move(memory);
  owned.clear();
  owned.reserve(ownership.owned(rank));
  for (const Range piece : ownership.pieces(rank)) {
    const auto values = flat.subspan(piece.begin, piece.size());
    owned.insert(owned.end(), values.begin(), values.end());
  }
  return owned;
}

template <typename T>
void place_owned(const Ownership& ownership, int rank, Range range, std::span<const T> owned,
                 std::span<T> values) {
  for (const Range piece : ownership.pieces(rank)) {
    const std::uint64_t begin = std::clamp(range.begin, piece.begin, piece.end);
    const std::uint64_t size = std::clamp(range.end, piece.begin, piece.end) - begin;
    if (size == 0) continue;
    std::ranges::copy(owned.first(size), values.subspan(begin - range.begin, size).begin());
    owned = owned.subspan(size);
  }
}

template <typename T>
std::vector<T> collect_owned(const Communicator& comm, const Ownership& ownership,
                             std::span<const T> owned) {
  const std::vector<T> all = comm.gather(owned);
  if (!comm.is_root()) return {};
  std::vector<T> flat(ownership.parameters);
  std::span<const T> rest = all;
  for (int rank = 0; rank < comm.size(); ++rank) {
    const std::uint64_t size = ownership.owned(rank);
    place_owned(ownership, rank, {0, flat.size()}, rest.first(size), std::span(flat));
    rest = rest.subspan(size);
  }
  return flat;
}

template <typename T>
void distribute_owned(const Communicator& comm, const Ownership& ownership, std::span<const T> flat,
                      std::span<T> owned) {
  std::vector<std::vector<T>> parts;
  if (comm.is_root()) {
    for (int rank = 0; rank < comm.size(); ++rank) {
      parts.push_back(pick_owned(ownership, rank, flat));
    }
  }
  std::vector<std::span<const std::byte>> bytes;
  bytes.reserve(parts.size());
  for (const std::vector<T>& part : parts) bytes.push_back(std::as_bytes(std::span(part)));
  const std::vector<std::byte> own = comm.scatter(bytes);
  check(own.size() == owned.size_bytes(), "a rank gets the values it owns");
  std::ranges::copy(own, std::as_writable_bytes(owned).begin());
}

template std::vector<float> pick_owned(const Ownership&, int, std::span<const float>,
                                       std::vector<float>);
template std::vector<double> pick_owned(const Ownership&, int, std::span<const double>,
                                        std::vector<double>);
template void place_owned(const Ownership&, int, Range, std::span<const float>, std::span<float>);
template void place_owned(const Ownership&, int, Range, std::span<const double>, std::span<double>);
template std::vector<float> collect_owned(const Communicator&, const Ownership&,
                                          std::span<const float>);
template std::vector<double> collect_owned(const Communicator&, const Ownership&,
                                           std::span<const double>);
template void distribute_owned(const Communicator&, const Ownership&, std::span<const float>,
                               std::span<float>);
template void distribute_owned(const Communicator&, const Ownership&, std::span<const double>,
                               std::span<double>);

}  // namespace lockstep
