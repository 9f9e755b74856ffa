#include "nn/epilogue.h"

#include <algorithm>
#include <vector>

#include "base/check.h"
#include "nn/activation.h"
#include "nn/leaf_sums.h"

namespace lockstep {
namespace {

// Calls visit(row, columns) for the rows of `block`, or for each position in them where the bias
// has fewer channels than the layer has values; `columns` lie beside `channels` of the bias.
template <typename T, typename Visit>
void for_each_position(std::span<const T> bias, std::uint64_t values, const Block& block,
                       const Visit& visit) {
  const bool one_position = bias.empty() || bias.size() == values;
  check(one_position || block.columns == Range{0, values}, "several positions come in whole rows");
  const std::uint64_t width = one_position ? block.columns.size() : bias.size();
  const auto of_bias =
      bias.empty() ? bias : bias.subspan(one_position ? block.columns.begin : 0, width);
  for (std::uint64_t r = block.rows.begin; r < block.rows.end; ++r) {
    for (std::uint64_t c = block.columns.begin; c < block.columns.end; c += width) {
      visit(r, Range{c, c + width}, of_bias);
    }
  }
}

template <typename T>
std::span<T> part(Matrix<T> matrix, std::uint64_t row, Range columns) {
  return matrix.row(row).subspan(columns.begin, columns.size());
}

// Values whose masks stay in the cache.
constexpr std::uint64_t kMaskValues = 2048;

}  // namespace

bool keeps_slopes(const EpilogueSpec& epilogue) {
  return epilogue.activation != Activation::linear || DropoutRate(epilogue.keep_prob).drops();
}

template <typename T>
void epilogue_forward(const EpilogueSpec& epilogue, std::span<const T> bias,
                      const DropoutMasks<T>& masks, Matrix<T> values, Matrix<T> slopes,
                      const Block& block) {
  if (block.columns.empty()) return;
  if (!keeps_slopes(epilogue)) return epilogue_predict(epilogue, bias, values, block);
  const std::uint64_t width = block.columns.size();
  std::vector<T> buffer;
  const auto mask_of = [&](Range rows, std::uint64_t row, Range columns) -> std::span<const T> {
    if (!masks.drop()) return {};
    const std::uint64_t begin = (row - rows.begin) * width + columns.begin - block.columns.begin;
    return std::span<const T>(buffer).subspan(begin, columns.size());
  };
  const std::uint64_t few = std::max<std::uint64_t>(1, kMaskValues / width);
  for_each_part(block.rows, few, [&](Range rows) {
    if (masks.drop()) {
      buffer.resize(rows.size() * width);
      masks.fill(rows, block.columns, {buffer.data(), rows.size(), width});
    }
    for_each_position(bias, values.columns, {rows, block.columns},
                      [&](std::uint64_t r, Range columns, std::span<const T> of_bias) {
                        activate_row(epilogue.activation, of_bias, mask_of(rows, r, columns),
                                     part(values, r, columns), part(slopes, r, columns));
                      });
  });
}

template <typename T>
void epilogue_predict(const EpilogueSpec& epilogue, std::span<const T> bias, Matrix<T> values,
                      const Block& block) {
  if (block.columns.empty() || (bias.empty() && epilogue.activation == Activation::linear)) return;
  for_each_position(bias, values.columns, block,
                    [&](std::uint64_t r, Range columns, std::span<const T> of_bias) {
                      const std::span<T> row = part(values, r, columns);
                      activate<T>(epilogue.activation, of_bias, {row.data(), 1, row.size()});
                    });
}

template <typename T>
void epilogue_backward(const EpilogueSpec& epilogue, Matrix<const T> slopes, Matrix<T> delta,
                       const Block& block) {
  if (!keeps_slopes(epilogue)) return;
  for (std::uint64_t r = block.rows.begin; r < block.rows.end; ++r) {
    T* __restrict row = part(delta, r, block.columns).data();
    const T* __restrict slope = part(slopes, r, block.columns).data();
    for (std::uint64_t i = 0; i < block.columns.size(); ++i) row[i] *= slope[i];
  }
}

template <typename T>
void bias_gradient(Matrix<const T> delta, std::uint64_t channels, const Block& block,
                   const GradientSums<T>& sums) {
  add_up_leaves(sums, [&](Range rows, GradientView<T> gradient) {
    const std::span<T> values = gradient.values.values();
    if (!gradient.continues) std::ranges::fill(values, T(0));
    T* __restrict sum = values.data();
    for (std::uint64_t r = rows.begin; r < rows.end; ++r) {
      for (std::uint64_t position = 0; position < delta.columns; position += channels) {
        const T* __restrict row = delta.row(r).data() + position + block.rows.begin;
        for (std::uint64_t c = 0; c < values.size(); ++c) sum[c] += row[c];
      }
    }
  });
}

template void epilogue_forward(const EpilogueSpec&, std::span<const float>,
                               const DropoutMasks<float>&, Matrix<float>, Matrix<float>,
                               const Block&);
template void epilogue_forward(const EpilogueSpec&, std::span<const double>,
                               const DropoutMasks<double>&, Matrix<double>, Matrix<double>,
                               const Block&);
template void epilogue_predict(const EpilogueSpec&, std::span<const float>, Matrix<float>,
                               const Block&);
template void epilogue_predict(const EpilogueSpec&, std::span<const double>, Matrix<double>,
                               const Block&);
template void epilogue_backward(const EpilogueSpec&, Matrix<const float>, Matrix<float>,
                                const Block&);
template void epilogue_backward(const EpilogueSpec&, Matrix<const double>, Matrix<double>,
                                const Block&);
template void bias_gradient(Matrix<const float>, std::uint64_t, const Block&,
                            const GradientSums<float>&);
template void bias_gradient(Matrix<const double>, std::uint64_t, const Block&,
                            const GradientSums<double>&);

}  // namespace lockstep
