#include "nn/dropout.h"

#include <algorithm>
#include <array>
#include <cmath>

#include "base/check.h"
#include "base/random.h"

namespace lockstep {

DropoutRate::DropoutRate(double keep_prob)
    : threshold_(static_cast<std::uint32_t>(
          std::clamp(std::round(keep_prob * kOne), 1.0, static_cast<double>(kOne)))) {}

namespace {

constexpr std::uint64_t kUnitsOfDraw = 8;  // 16 bits for each

// The values of the units of a block of draws, draw after draw.
template <typename T>
std::array<T, kUnitsOfDraw * kWordBlock> mask_values(DropoutRate rate,
                                                     const RandomWordBlock& words) {
  const T scale = static_cast<T>(rate.scale());
  const std::uint32_t threshold = rate.threshold();
  std::array<T, kUnitsOfDraw * kWordBlock> values;
  const std::uint32_t* word = words.front().data();
  for (std::size_t i = 0; i < values.size() / 2; ++i) {
    values[2 * i] = (word[i] & 0xFFFFU) < threshold ? scale : T(0);
    values[2 * i + 1] = (word[i] >> 16) < threshold ? scale : T(0);
  }
  return values;
}

}  // namespace

template <typename T>
void DropoutMasks<T>::fill(Range rows, Range units, Matrix<T> masks) const {
  check(units.begin % kUnitsOfDraw == 0, "masks begin at a whole draw");
  if (!drop()) return;
  const std::uint64_t draws_of_row = (units.size() + kUnitsOfDraw - 1) / kUnitsOfDraw;
  const std::uint64_t draws = rows.size() * draws_of_row;
  RandomCounterBlock counters;
  counters.c[0].fill(static_cast<std::uint32_t>(key_->step));
  counters.c[1].fill(layer_);
  RandomWordBlock words;
  for (std::uint64_t first = 0; first < draws; first += kWordBlock) {
    const std::uint64_t count = std::min<std::uint64_t>(kWordBlock, draws - first);
    for (std::uint64_t i = 0; i < kWordBlock; ++i) {
      const std::uint64_t draw = std::min(first + i, draws - 1);
      counters.c[2][i] = examples_[rows.begin + draw / draws_of_row];
      counters.c[3][i] =
          static_cast<std::uint32_t>(units.begin / kUnitsOfDraw + draw % draws_of_row);
    }
    random_word_block({key_->seed, Purpose::dropout}, counters, words);
    const auto values = mask_values<T>(rate_, words);
    for (std::uint64_t i = 0; i < count; ++i) {
      const std::uint64_t unit = (first + i) % draws_of_row * kUnitsOfDraw;
      std::copy_n(values.begin() + static_cast<std::ptrdiff_t>(i * kUnitsOfDraw),
                  std::min(kUnitsOfDraw, units.size() - unit),
                  masks.row((first + i) / draws_of_row).subspan(unit).begin());
    }
  }
}

template class DropoutMasks<float>;
template class DropoutMasks<double>;

}  // namespace lockstep
