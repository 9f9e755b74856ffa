#pragma once

#include <string_view>

namespace lockstep {

// `text`, such as a digest, or "none" if it is empty.
constexpr std::string_view or_none(std::string_view text) { return text.empty() ? "none" : text; }

}  // namespace lockstep
