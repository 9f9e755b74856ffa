#include "data/nearest_subset.h"

#include <algorithm>
#include <bit>

namespace lockstep {
namespace {

constexpr std::uint64_t kBits = 64;

// The sums below `limit` that subsets of the groups added so far have, and for each sum the
// group whose addition first made it reachable.
class ReachableSums {
 public:
  explicit ReachableSums(std::uint64_t limit)
      : words_((limit + kBits - 1) / kBits, 0), came_with_(words_.size() * kBits, 0) {
    words_[0] = 1;  // the sum of no groups
  }

  void add(std::size_t group, std::uint64_t size) {
    const std::uint64_t whole = size / kBits;
    const std::uint64_t rest = size % kBits;
    // Descending, so that this group is not added twice to a sum.
    for (std::uint64_t w = words_.size(); w-- > whole;) {
      std::uint64_t sums = words_[w - whole] << rest;
      if (rest > 0 && w > whole) sums |= words_[w - whole - 1] >> (kBits - rest);
      for (std::uint64_t fresh = sums & ~words_[w]; fresh != 0; fresh &= fresh - 1) {
        came_with_[w * kBits + static_cast<std::uint64_t>(std::countr_zero(fresh))] =
            static_cast<std::uint32_t>(group);
      }
      words_[w] |= sums;
    }
  }

  [[nodiscard]] bool has(std::uint64_t sum) const {
    return sum / kBits < words_.size() && (words_[sum / kBits] >> (sum % kBits) & 1U) != 0;
  }
  // The last group of a subset with this sum, above 0.
  [[nodiscard]] std::size_t last_group(std::uint64_t sum) const { return came_with_[sum]; }

 private:
  std::vector<std::uint64_t> words_;
  std::vector<std::uint32_t> came_with_;
};

}  // namespace

std::vector<std::size_t> nearest_subset(std::span<const std::uint64_t> sizes,
                                        std::uint64_t wanted) {
  if (wanted == 0) return {};
  ReachableSums sums(2 * wanted);  // a sum of 2 * wanted or more is no better than 0
  for (std::size_t group = 0; group < sizes.size() && !sums.has(wanted); ++group) {
    if (sizes[group] < 2 * wanted) sums.add(group, sizes[group]);
  }
  std::uint64_t distance = 0;
  while (!sums.has(wanted - distance) && !sums.has(wanted + distance)) ++distance;
  std::uint64_t sum = sums.has(wanted - distance) ? wanted - distance : wanted + distance;
  std::vector<std::size_t> groups;
  while (sum > 0) {
    groups.push_back(sums.last_group(sum));
    sum -= sizes[groups.back()];
  }
  std::ranges::reverse(groups);
  return groups;
}

}  // namespace lockstep
