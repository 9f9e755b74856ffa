#include "data/group_members.h"

#include <cstddef>
#include <map>

namespace lockstep {

std::vector<std::vector<std::uint32_t>> members_of_groups(std::span<const std::uint64_t> groups) {
  std::map<std::uint64_t, std::size_t> numbers;
  std::vector<std::vector<std::uint32_t>> members;
  for (std::size_t i = 0; i < groups.size(); ++i) {
    const auto [group, is_new] = numbers.try_emplace(groups[i], members.size());
    if (is_new) members.emplace_back();
    members[group->second].push_back(static_cast<std::uint32_t>(i));
  }
  return members;
}

}  // namespace lockstep
