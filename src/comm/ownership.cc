#include "comm/ownership.h"

#include <algorithm>

namespace lockstep {

Ownership Ownership::with_bucket_bytes(std::uint64_t parameters, std::uint64_t bucket_bytes,
                                       std::uint64_t bytes_per_value, int ranks) {
  // MPI counts are ints, so a bucket stays below 2^30 bytes.
  const std::uint64_t bytes = std::min<std::uint64_t>(bucket_bytes, 1ULL << 30);
  const std::uint64_t grid = kBlock * static_cast<std::uint64_t>(ranks);
  const std::uint64_t blocks = std::max<std::uint64_t>(1, bytes / (bytes_per_value * grid));
  return {parameters, blocks * grid, ranks};
}

std::uint64_t Ownership::buckets() const { return (parameters + bucket - 1) / bucket; }

Range Ownership::piece(std::uint64_t index, int rank) const {
  const std::uint64_t begin = index * bucket;
  const std::uint64_t size = std::min(bucket, parameters - begin);
  const Range blocks = even_part((size + kBlock - 1) / kBlock, static_cast<std::uint64_t>(ranks),
                                 static_cast<std::uint64_t>(rank));
  return {begin + std::min(size, blocks.begin * kBlock),
          begin + std::min(size, blocks.end * kBlock)};
}

std::vector<Range> Ownership::pieces(int rank) const {
  std::vector<Range> all;
  for (std::uint64_t index = 0; index < buckets(); ++index) all.push_back(piece(index, rank));
  return all;
}

std::uint64_t Ownership::owned(int rank) const {
  std::uint64_t total = 0;
  for (const Range range : pieces(rank)) total += range.size();
  return total;
}

Range Ownership::owned_within(Range range, int rank) const {
  Range owned;
  for (const Range piece : pieces(rank)) {
    owned.begin += std::clamp(range.begin, piece.begin, piece.end) - piece.begin;
    owned.end += std::clamp(range.end, piece.begin, piece.end) - piece.begin;
  }
  return owned;
}

std::uint64_t Ownership::largest_piece(int rank) const {
  std::uint64_t largest = 0;
  for (const Range range : pieces(rank)) largest = std::max(largest, range.size());
  return largest;
}

}  // namespace lockstep
