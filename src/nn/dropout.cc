#include "nn/dropout.h"

#include <algorithm>
#include <cmath>

#include "base/random.h"

namespace lockstep {

DropoutRate::DropoutRate(double keep_prob)
    : threshold_(static_cast<std::uint32_t>(
          std::clamp(std::round(keep_prob * kOne), 1.0, static_cast<double>(kOne)))) {}

template <typename T>
void dropout_mask_row(DropoutRate rate, DropoutKey key, std::uint32_t layer, std::uint32_t example,
                      std::span<T> mask) {
  constexpr std::size_t kUnitsPerDraw = 8;
  const RandomKey random_key{key.seed, Purpose::dropout};
  const T scale = static_cast<T>(rate.scale());
  const std::uint32_t threshold = rate.threshold();
  const auto step = static_cast<std::uint32_t>(key.step);
  std::size_t unit = 0;
  for (std::uint32_t lane = 0; unit < mask.size(); ++lane) {
    const RandomWords words = random_words(random_key, {step, layer, example, lane});
    const std::size_t count = std::min(kUnitsPerDraw, mask.size() - unit);
    for (std::size_t i = 0; i < count; ++i) {
      const std::uint32_t draw = (words[i / 2] >> (16 * (i % 2))) & 0xFFFFU;
      mask[unit + i] = draw < threshold ? scale : T(0);
    }
    unit += count;
  }
}

template void dropout_mask_row(DropoutRate, DropoutKey, std::uint32_t, std::uint32_t,
                               std::span<float>);
template void dropout_mask_row(DropoutRate, DropoutKey, std::uint32_t, std::uint32_t,
                               std::span<double>);

}  // namespace lockstep
