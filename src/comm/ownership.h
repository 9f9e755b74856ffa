#pragma once
// Who owns which piece of the parameter vector. The owner completes its gradient, keeps its
// optimizer state and updates its weights. Pure arithmetic.

#include <cstdint>
#include <vector>

#include "base/range.h"

namespace lockstep {

// The parameter vector is exchanged in buckets; each bucket is cut among the
// ranks on a grid of blocks. Pure arithmetic; never affects a result.
struct Ownership {
  std::uint64_t parameters;
  std::uint64_t bucket;  // parameters in a bucket (the last may be smaller)
  int ranks;

  static constexpr std::uint64_t kBlock = 1024;

  static Ownership with_bucket_bytes(std::uint64_t parameters, std::uint64_t bucket_bytes,
                                     std::uint64_t bytes_per_value, int ranks);
  [[nodiscard]] std::uint64_t buckets() const;
  // The part of bucket `index` that `rank` owns, as a range of the parameter vector.
  [[nodiscard]] Range piece(std::uint64_t index, int rank) const;
  // All pieces of a rank, in order.
  [[nodiscard]] std::vector<Range> pieces(int rank) const;
  // Number of parameters that a rank owns, in total and in its largest piece.
  [[nodiscard]] std::uint64_t owned(int rank) const;
  // The positions, within a rank's concatenated pieces, of its parameters in `range`.
  [[nodiscard]] Range owned_within(Range range, int rank) const;
  [[nodiscard]] std::uint64_t largest_piece(int rank) const;
};

}  // namespace lockstep
