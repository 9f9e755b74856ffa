#pragma once
// A network like that of a job, but wider: the first step against bias, and with regularization a
// step against variance (1.3).

#include <cstdint>
#include <string>
#include <vector>

#include "diagnose/recipe_draft.h"

namespace lockstep {

constexpr std::uint64_t kWideLayer = 256;  // units

struct WiderNetwork {
  std::vector<std::string> widths;  // of the hidden layers that have one
  std::vector<std::string> lines;   // for --set; empty: it should not grow any more
};

// Pure. Narrow layers become four times as wide, because a good width is far away; layers from 256
// units on become twice as wide, up to 4096 units. Beyond that, a person should decide.
WiderNetwork wider_network(const RecipeDraft& recipe);

}  // namespace lockstep
