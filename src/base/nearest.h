#pragma once
// "Did you mean ...?": the known word closest to a mistyped one.

#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace lockstep {

// The candidate with the fewest edits from `word` (insertions, deletions,
// replacements, swaps of neighbours; case is ignored), or nothing when even
// that one differs from `word` in more than a third of its letters.
std::optional<std::string> nearest_word(std::string_view word,
                                        std::span<const std::string> candidates);

}  // namespace lockstep
