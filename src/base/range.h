#pragma once
// Half-open integer ranges and their even division.

#include <algorithm>
#include <cstdint>
#include <span>
#include <vector>

namespace lockstep {

struct Range {
  std::uint64_t begin = 0;
  std::uint64_t end = 0;

  [[nodiscard]] constexpr std::uint64_t size() const { return end - begin; }
  [[nodiscard]] constexpr bool empty() const { return begin == end; }
  [[nodiscard]] constexpr bool contains(std::uint64_t i) const { return begin <= i && i < end; }
  friend bool operator==(const Range&, const Range&) = default;
};

// Part `index` of [0, n) cut into `parts` contiguous pieces whose sizes differ
// by at most one.
constexpr Range even_part(std::uint64_t n, std::uint64_t parts, std::uint64_t index) {
  const std::uint64_t base = n / parts;
  const std::uint64_t extra = n % parts;
  const std::uint64_t begin = index * base + (index * extra) / parts;
  const std::uint64_t next = index + 1;
  return {begin, next * base + (next * extra) / parts};
}

// The parts of `ranges` (ascending, disjoint) inside `part`.
inline std::vector<Range> common_parts(Range part, std::span<const Range> ranges) {
  std::vector<Range> found;
  for (const Range& range : ranges) {
    const Range common{std::max(range.begin, part.begin), std::min(range.end, part.end)};
    if (common.begin < common.end) found.push_back(common);
  }
  return found;
}

// The parts of `part` outside `ranges` (ascending, disjoint).
inline std::vector<Range> without(Range part, std::span<const Range> ranges) {
  std::vector<Range> left;
  for (const Range& common : common_parts(part, ranges)) {
    if (part.begin < common.begin) left.push_back({part.begin, common.begin});
    part.begin = common.end;
  }
  if (!part.empty()) left.push_back(part);
  return left;
}

// Calls work(part) for the neighbouring parts of `all`, each of `size` values but the last.
template <typename Work>
void for_each_part(Range all, std::uint64_t size, const Work& work) {
  for (std::uint64_t begin = all.begin; begin < all.end; begin += size) {
    work(Range{begin, begin + size < all.end ? begin + size : all.end});
  }
}

}  // namespace lockstep
