#include "diagnose/wider_network.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>

#include <fmt/format.h>

namespace lockstep {

WiderNetwork wider_network(const RecipeDraft& recipe) {
  constexpr std::uint32_t kWidest = 4096;
  WiderNetwork wider;
  const auto& hidden = recipe.job.network.hidden;
  for (std::size_t i = 0; i < hidden.size(); ++i) {
    const std::uint32_t now = hidden[i].units;
    const std::uint32_t units = std::max(now, std::min(kWidest, now * (now < kWideLayer ? 4 : 2)));
    wider.widths.push_back(std::to_string(units));
    if (units > now) wider.lines.push_back(layer_field(i, "units") + fmt::format("={}", units));
  }
  return wider;
}

}  // namespace lockstep
