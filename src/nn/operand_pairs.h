#pragma once
// What the products of a layer read, in pairs of bfloat16 numbers: made once for a layer, and used
// by all of its blocks. One layer at a time uses the buffers.

#include <cstdint>
#include <span>
#include <vector>

#include "base/team.h"
#include "linalg/matrix.h"
#include "linalg/pairs.h"
#include "nn/spec.h"

namespace lockstep {

class OperandPairs {
 public:
  // Room for the layers of `spec` with up to `max_rows` rows; none where products are in float.
  OperandPairs(const NetworkSpec& spec, std::uint64_t max_rows);
  static std::uint64_t bytes(const NetworkSpec& spec, std::uint64_t max_rows);

  // All threads of `team` call these functions with the same arguments. They get the same views,
  // which they may read after they have waited.

  // Neighbours in a row: [B, pairs_in(I)] for each input [B, I].
  std::vector<Matrix<const Pair>> inputs_by_columns(std::span<const Matrix<const float>> inputs,
                                                    const Team& team);
  Matrix<const Pair> delta_by_columns(Matrix<const float> delta, const Team& team);
  // Neighbours in a column of a segment: the pairs of the rows of the first segment, then of the
  // second, and so on. [sum of pairs_in(rows), I]
  std::vector<Matrix<const Pair>> inputs_by_rows(std::span<const Matrix<const float>> inputs,
                                                 std::span<const Range> segments, const Team& team);
  Matrix<const Pair> delta_by_rows(Matrix<const float> delta, std::span<const Range> segments,
                                   const Team& team);

 private:
  std::vector<Pair> inputs_;
  std::vector<Pair> delta_columns_;
  std::vector<Pair> delta_rows_;
};

}  // namespace lockstep
