#pragma once
// The examples of each group.

#include <cstdint>
#include <span>
#include <vector>

namespace lockstep {

// groups[i] is the group of example i. Returns the ascending examples of each group; groups are in
// the order of their first examples.
std::vector<std::vector<std::uint32_t>> members_of_groups(std::span<const std::uint64_t> groups);

}  // namespace lockstep
