#include "data/split.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <limits>
#include <string>
#include <string_view>
#include <utility>

#include <fmt/format.h>

#include "base/check.h"
#include "base/error.h"
#include "base/random.h"
#include "data/apportion.h"
#include "data/class_numbers.h"
#include "data/group_members.h"
#include "data/nearest_subset.h"

namespace lockstep {
namespace {

// The parts, in the order in which they take their examples. The rest is what remains.
constexpr std::size_t kParts = 3;
constexpr std::array<std::vector<std::uint32_t> Split::*, kParts> kPartLists = {
    &Split::dev, &Split::test, &Split::train_dev};
constexpr std::array<std::uint64_t PartSizes::*, kParts> kPartSizes = {
    &PartSizes::dev, &PartSizes::test, &PartSizes::train_dev};
constexpr std::array<const char*, kParts> kPartNames = {"dev", "test", "train_dev"};

void check_sizes(std::uint64_t n, const PartSizes& sizes) {
  check(n < (1ULL << 32) && sizes.total() <= n, "parts take at most all of fewer than 2^32");
}

[[noreturn]] void fail_empty_part(std::string_view part, std::uint64_t wanted,
                                  std::span<const std::vector<std::uint32_t>> left) {
  std::uint64_t smallest = std::numeric_limits<std::uint64_t>::max();
  for (const auto& group : left) {
    if (!group.empty()) smallest = std::min(smallest, std::uint64_t{group.size()});
  }
  const std::string why = smallest == std::numeric_limits<std::uint64_t>::max()
                              ? "no group is left"
                              : fmt::format("the smallest group left has {}", smallest);
  throw Error(ExitCode::data,
              fmt::format("data.split.{}: no whole group comes near its {} examples: {}; ask for "
                          "other sizes, or divide the data into more groups",
                          part, wanted, why));
}

std::vector<std::uint32_t> keyed_order(SplitKey key, std::uint64_t n) {
  return random_permutation({key.seed, Purpose::split}, key.source, 0, n);
}

void sort_parts(Split& split) {
  std::ranges::sort(split.rest);
  for (const auto part : kPartLists) std::ranges::sort(split.*part);
}

// Visits the examples in keyed order and assigns each to the first part that still needs
// one of its class.
Split split_by_class(const ClassNumbers& classes, const PartSizes& sizes, SplitKey key) {
  const std::uint64_t n = classes.of_example.size();
  std::array<std::uint64_t, kParts + 1> part_sizes{};
  for (std::size_t p = 0; p < kParts; ++p) part_sizes[p] = sizes.*kPartSizes[p];
  part_sizes[kParts] = n - sizes.total();
  auto wanted = whole_table(part_sizes, classes.sizes);  // [classes][parts and rest]

  Split split;
  for (const std::uint32_t id : keyed_order(key, n)) {
    auto& of_class = wanted[classes.of_example[id]];
    std::size_t part = 0;
    while (part < kParts && of_class[part] == 0) ++part;
    --of_class[part];
    (part < kParts ? split.*kPartLists[part] : split.rest).push_back(id);
  }
  sort_parts(split);
  return split;
}

}  // namespace

Split split_examples(std::uint64_t n, const PartSizes& sizes, SplitKey key) {
  check_sizes(n, sizes);
  return split_by_class(one_class(n), sizes, key);
}

Split split_stratified(std::span<const float> labels, const PartSizes& sizes, SplitKey key) {
  check_sizes(labels.size(), sizes);
  return split_by_class(number_classes(labels), sizes, key);
}

Split split_by_group(std::span<const std::uint64_t> groups, const PartSizes& sizes, SplitKey key) {
  check_sizes(groups.size(), sizes);
  std::vector<std::vector<std::uint32_t>> members = members_of_groups(groups);
  std::vector<std::vector<std::uint32_t>> ordered;
  for (const std::uint32_t group : keyed_order(key, members.size())) {
    ordered.push_back(std::move(members[group]));
  }

  Split split;
  const auto take = [](std::vector<std::uint32_t>& part, std::vector<std::uint32_t>& group) {
    part.insert(part.end(), group.begin(), group.end());
    group.clear();
  };
  std::uint64_t left_to_fill = sizes.total();
  for (std::size_t p = 0; p < kParts; ++p) {
    const std::uint64_t wanted = sizes.*kPartSizes[p];
    if (wanted == 0) continue;
    left_to_fill -= wanted;
    const bool takes_all = left_to_fill == 0 && sizes.total() == groups.size();
    auto& part = split.*kPartLists[p];
    if (takes_all) {
      for (auto& group : ordered) take(part, group);
    } else {
      std::vector<std::uint64_t> group_sizes;
      group_sizes.reserve(ordered.size());
      for (const auto& group : ordered) group_sizes.push_back(group.size());
      for (const std::size_t group : nearest_subset(group_sizes, wanted)) {
        take(part, ordered[group]);
      }
    }
    std::erase_if(ordered, [](const auto& group) { return group.empty(); });
    if (part.empty()) fail_empty_part(kPartNames[p], wanted, ordered);
  }
  for (auto& group : ordered) take(split.rest, group);
  sort_parts(split);
  return split;
}

}  // namespace lockstep
