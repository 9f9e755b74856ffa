#include "data/vocabulary.h"

#include <algorithm>

namespace lockstep {

Vocabulary::Vocabulary(std::span<const std::string> texts) {
  for (const std::string& text : texts) number(text);
}

std::uint32_t Vocabulary::number(std::string_view text) {
  if (const auto known = find(text)) return *known;
  const auto next = static_cast<std::uint32_t>(texts_.size());
  texts_.emplace_back(text);
  numbers_.emplace(texts_.back(), next);
  return next;
}

std::optional<std::uint32_t> Vocabulary::find(std::string_view text) const {
  const auto found = numbers_.find(text);
  if (found == numbers_.end()) return std::nullopt;
  return found->second;
}

std::vector<std::string> sorted_union(std::span<const std::vector<std::string>> lists) {
  std::vector<std::string> all;
  for (const auto& list : lists) all.insert(all.end(), list.begin(), list.end());
  std::ranges::sort(all);
  const auto rest = std::ranges::unique(all);
  all.erase(rest.begin(), rest.end());
  return all;
}

}  // namespace lockstep
