#include "base/nearest.h"

#include <algorithm>
#include <cstddef>
#include <utility>
#include <vector>

#include "base/lower_case.h"

namespace lockstep {
namespace {

constexpr std::size_t kLongestWord = 100;  // longer ones are not typing mistakes

// Optimal string alignment distance (Damerau 1964, without repeated edits of a
// pair), case ignored. Row by row; a swap looks two rows back.
std::size_t edit_distance(std::string_view a, std::string_view b) {
  const auto same = [&](std::size_t i, std::size_t j) {
    return lower_case(a[i]) == lower_case(b[j]);
  };
  std::vector<std::size_t> before(b.size() + 1);
  std::vector<std::size_t> previous(b.size() + 1);
  std::vector<std::size_t> current(b.size() + 1);
  for (std::size_t j = 0; j <= b.size(); ++j) current[j] = j;
  for (std::size_t i = 0; i < a.size(); ++i) {
    std::swap(before, previous);
    std::swap(previous, current);
    current[0] = i + 1;
    for (std::size_t j = 0; j < b.size(); ++j) {
      const std::size_t replaced = previous[j] + (same(i, j) ? 0 : 1);
      current[j + 1] = std::min({previous[j + 1] + 1, current[j] + 1, replaced});
      if (i > 0 && j > 0 && same(i, j - 1) && same(i - 1, j)) {
        current[j + 1] = std::min(current[j + 1], before[j - 1] + 1);
      }
    }
  }
  return current[b.size()];
}

}  // namespace

std::optional<std::string> nearest_word(std::string_view word,
                                        std::span<const std::string> candidates) {
  if (word.size() > kLongestWord) return std::nullopt;
  std::optional<std::string> best;
  std::size_t best_distance = 0;
  for (const std::string& candidate : candidates) {
    const std::size_t distance = edit_distance(word, candidate);
    if (3 * distance > std::max(word.size(), candidate.size()) + 2) continue;
    if (best && distance >= best_distance) continue;
    best = candidate;
    best_distance = distance;
  }
  return best;
}

}  // namespace lockstep
