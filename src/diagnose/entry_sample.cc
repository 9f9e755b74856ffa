#include "diagnose/entry_sample.h"

#include <algorithm>
#include <numeric>
#include <unordered_set>

#include "base/random.h"

namespace lockstep {
namespace {

// Draws `count` different numbers below n > count, for tensor number `tensor`, with Floyd's
// algorithm ("A sample of brilliance", Communications of the ACM 30, 1987), which needs only
// `count` draws.
std::vector<std::uint64_t> draw_some(std::uint64_t n, std::uint64_t count, std::uint32_t tensor,
                                     std::uint32_t seed) {
  std::unordered_set<std::uint64_t> chosen;
  for (std::uint64_t i = n - count; i < n; ++i) {
    const RandomCounter counter = {tensor, static_cast<std::uint32_t>(i),
                                   static_cast<std::uint32_t>(i >> 32U), 0};
    const RandomWords words = random_words({seed, Purpose::gradient_check}, counter);
    const auto below_one = uniform_from_words(words[0], words[1]);
    const auto drawn = static_cast<std::uint64_t>(below_one * static_cast<double>(i + 1));
    if (!chosen.insert(drawn).second) chosen.insert(i);
  }
  std::vector<std::uint64_t> sorted(chosen.begin(), chosen.end());
  std::ranges::sort(sorted);
  return sorted;
}

}  // namespace

std::vector<std::uint64_t> sample_entries(const ParameterTable& table, std::uint64_t per_tensor,
                                          std::uint32_t seed) {
  std::vector<std::uint64_t> entries;
  for (std::size_t t = 0; t < table.tensors.size(); ++t) {
    const Range range = table.tensors[t].range();
    if (per_tensor >= range.size()) {
      const std::size_t before = entries.size();
      entries.resize(before + range.size());
      std::iota(entries.begin() + static_cast<std::ptrdiff_t>(before), entries.end(), range.begin);
      continue;
    }
    for (const std::uint64_t i :
         draw_some(range.size(), per_tensor, static_cast<std::uint32_t>(t), seed)) {
      entries.push_back(range.begin + i);
    }
  }
  return entries;
}

}  // namespace lockstep
