#include "reference/dropout.h"

#include <algorithm>
#include <cmath>

#include "reference/random.h"

namespace reference {

float mask(const Job& job, const MaskPlace& place, double keep_prob, std::size_t unit) {
  const double p = std::max(1.0, std::round(keep_prob * 65536.0));
  const Words draw =
      philox({job.seed, Purpose::dropout},
             {static_cast<std::uint32_t>(place.step), static_cast<std::uint32_t>(place.layer),
              static_cast<std::uint32_t>(place.example), static_cast<std::uint32_t>(unit / 8)});
  const std::uint32_t word = draw[(unit % 8) / 2];
  const std::uint32_t bits = unit % 2 == 0 ? word & 0xFFFFU : word >> 16U;
  return static_cast<double>(bits) < p ? static_cast<float>(65536.0 / p) : 0.0F;
}

}  // namespace reference
