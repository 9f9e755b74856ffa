#include "nn/dropout.h"

#include <algorithm>
#include <array>
#include <cmath>

#include "base/random.h"

namespace lockstep {

DropoutRate::DropoutRate(double keep_prob)
    : threshold_(static_cast<std::uint32_t>(
          std::clamp(std::round(keep_prob * kOne), 1.0, static_cast<double>(kOne)))) {}

template <typename T>
void dropout_mask_row(DropoutRate rate, DropoutKey key, std::uint32_t layer, std::uint32_t example,
                      std::span<T> mask) {
  // Each word of a draw has 16 bits for each of two units.
  constexpr std::size_t kWords = std::size_t{4} * kWordBlock;
  constexpr std::size_t kUnits = 2 * kWords;
  const RandomKey random_key{key.seed, Purpose::dropout};
  const T scale = static_cast<T>(rate.scale());
  const std::uint32_t threshold = rate.threshold();
  RandomWordBlock block;
  std::array<T, kUnits> values;
  RandomCounter counter{static_cast<std::uint32_t>(key.step), layer, example, 0};
  for (std::size_t unit = 0; unit < mask.size(); unit += kUnits) {
    random_word_block(random_key, counter, block);
    counter[3] += kWordBlock;
    const std::uint32_t* words = block.front().data();
    for (std::size_t i = 0; i < kWords; ++i) {
      values[2 * i] = (words[i] & 0xFFFFU) < threshold ? scale : T(0);
      values[2 * i + 1] = (words[i] >> 16) < threshold ? scale : T(0);
    }
    std::copy_n(values.begin(), std::min(kUnits, mask.size() - unit), mask.subspan(unit).begin());
  }
}

template void dropout_mask_row(DropoutRate, DropoutKey, std::uint32_t, std::uint32_t,
                               std::span<float>);
template void dropout_mask_row(DropoutRate, DropoutKey, std::uint32_t, std::uint32_t,
                               std::span<double>);

}  // namespace lockstep
