#include "nn/operand_pairs.h"

#include <algorithm>

#include "linalg/kernels.h"
#include "linalg/stride.h"
#include "nn/layers.h"

namespace lockstep {
namespace {

struct Sizes {
  std::uint64_t inputs = 0;
  std::uint64_t delta_columns = 0;
  std::uint64_t delta_rows = 0;
};

Sizes sizes_of(const NetworkSpec& spec, std::uint64_t max_rows) {
  if (spec.precision == Precision::float32) return {};
  const std::vector<std::uint64_t> widths = layer_sizes(spec);
  Sizes widest;
  for (std::size_t i = 0; i < spec.layers.size(); ++i) {
    std::uint64_t inputs = 0;
    for (const std::uint32_t input : spec.layers[i].inputs) inputs += stride_of(widths[input]);
    widest.inputs = std::max(widest.inputs, inputs);
    widest.delta_columns = std::max(widest.delta_columns, stride_of(pairs_in(widths[i + 1])));
    widest.delta_rows = std::max(widest.delta_rows, stride_of(widths[i + 1]));
  }
  // Segments of one row have as many pairs as rows.
  return {max_rows * widest.inputs, max_rows * widest.delta_columns, max_rows * widest.delta_rows};
}

Matrix<const Pair> by_columns(Matrix<const float> values, Pair* to, const Team& team) {
  const Matrix<Pair> pairs(to, values.rows, pairs_in(values.columns),
                           stride_of(pairs_in(values.columns)));
  const Range mine = team.part(values.rows);
  for (std::uint64_t r = mine.begin; r < mine.end; ++r) {
    kernels().pair_columns({1, values.columns, values.stride}, values.row(r).data(),
                           pairs.row(r).data());
  }
  return pairs;
}

Matrix<const Pair> by_rows(Matrix<const float> values, std::span<const Range> segments, Pair* to,
                           const Team& team) {
  std::uint64_t all = 0;
  for (const Range& rows : segments) all += pairs_in(rows.size());
  const Matrix<Pair> pairs(to, all, values.columns, stride_of(values.columns));
  const Range mine = team.part(all);
  std::uint64_t pair = 0;
  for (const Range& rows : segments) {
    for (std::uint64_t r = rows.begin; r < rows.end; r += 2, ++pair) {
      if (pair < mine.begin || pair >= mine.end) continue;
      kernels().pair_rows({std::min<std::uint64_t>(2, rows.end - r), values.columns, values.stride},
                          values.row(r).data(), pairs.row(pair).data());
    }
  }
  return pairs;
}

}  // namespace

OperandPairs::OperandPairs(const NetworkSpec& spec, std::uint64_t max_rows) {
  const Sizes sizes = sizes_of(spec, max_rows);
  inputs_.resize(sizes.inputs);
  delta_columns_.resize(sizes.delta_columns);
  delta_rows_.resize(sizes.delta_rows);
}

std::uint64_t OperandPairs::bytes(const NetworkSpec& spec, std::uint64_t max_rows) {
  const Sizes sizes = sizes_of(spec, max_rows);
  return (sizes.inputs + sizes.delta_columns + sizes.delta_rows) * sizeof(Pair);
}

std::vector<Matrix<const Pair>> OperandPairs::inputs_by_columns(
    std::span<const Matrix<const float>> inputs, const Team& team) {
  std::vector<Matrix<const Pair>> all;
  Pair* to = inputs_.data();
  for (const Matrix<const float>& input : inputs) {
    all.push_back(by_columns(input, to, team));
    to += input.rows * all.back().stride;
  }
  return all;
}

std::vector<Matrix<const Pair>> OperandPairs::inputs_by_rows(
    std::span<const Matrix<const float>> inputs, std::span<const Range> segments,
    const Team& team) {
  std::vector<Matrix<const Pair>> all;
  Pair* to = inputs_.data();
  for (const Matrix<const float>& input : inputs) {
    all.push_back(by_rows(input, segments, to, team));
    to += input.rows * all.back().stride;
  }
  return all;
}

Matrix<const Pair> OperandPairs::delta_by_columns(Matrix<const float> delta, const Team& team) {
  return by_columns(delta, delta_columns_.data(), team);
}

Matrix<const Pair> OperandPairs::delta_by_rows(Matrix<const float> delta,
                                               std::span<const Range> segments, const Team& team) {
  return by_rows(delta, segments, delta_rows_.data(), team);
}

}  // namespace lockstep
