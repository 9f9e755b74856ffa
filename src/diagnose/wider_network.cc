#include "diagnose/wider_network.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>

#include <fmt/format.h>

#include "nn/layers.h"

namespace lockstep {

WiderNetwork wider_network(const RecipeDraft& recipe) {
  constexpr std::uint64_t kWidest = 4096;
  WiderNetwork wider;
  const auto& hidden = recipe.job.network.hidden;
  for (std::size_t i = 0; i < hidden.size(); ++i) {
    const std::optional<LayerWidth> width = layer_width(hidden[i].kind);
    if (!width) continue;
    const std::uint64_t now = width->units;
    const std::uint64_t units = std::max(now, std::min(kWidest, now * (now < kWideLayer ? 4 : 2)));
    wider.widths.push_back(std::to_string(units));
    if (units > now) {
      wider.lines.push_back(layer_field(i, width->field) + fmt::format("={}", units));
    }
  }
  return wider;
}

}  // namespace lockstep
