#include "base/random.h"

#include <cmath>
#include <numbers>
#include <numeric>
#include <utility>

#include <Random123/philox.h>

#include "base/check.h"

namespace lockstep {

__extension__ typedef unsigned __int128 Wide;  // NOLINT: 64 x 64 -> 128 bits

RandomWords random_words(RandomKey key, RandomCounter counter) {
  const r123::Philox4x32::ctr_type c = {{counter[0], counter[1], counter[2], counter[3]}};
  const r123::Philox4x32::key_type k = {{key.seed, static_cast<std::uint32_t>(key.purpose)}};
  const auto words = r123::Philox4x32{}(c, k);
  return {words[0], words[1], words[2], words[3]};
}

double uniform_from_words(std::uint32_t high, std::uint32_t low) {
  const std::uint64_t bits = (static_cast<std::uint64_t>(high) << 32) | low;
  return static_cast<double>(bits >> 11) * 0x1.0p-53;
}

std::vector<std::uint32_t> random_permutation(RandomKey key, std::uint32_t counter0,
                                              std::uint32_t counter1, std::uint64_t n) {
  check(n < (1ULL << 32), "a permutation has fewer than 2^32 entries");
  std::vector<std::uint32_t> order(n);
  std::iota(order.begin(), order.end(), 0U);
  for (std::uint64_t i = n; i > 1; --i) {
    const auto words = random_words(key, {counter0, counter1, static_cast<std::uint32_t>(i), 0});
    const std::uint64_t bits = (static_cast<std::uint64_t>(words[0]) << 32) | words[1];
    // Multiply-shift maps 64 bits to [0, i); the bias is below 2^-32.
    const auto j = static_cast<std::uint64_t>((static_cast<Wide>(bits) * i) >> 64);
    std::swap(order[i - 1], order[j]);
  }
  return order;
}

std::array<double, 2> random_normals(RandomKey key, RandomCounter counter) {
  const auto words = random_words(key, counter);
  const double u = 1.0 - uniform_from_words(words[0], words[1]);  // (0, 1]: log is finite
  const double v = uniform_from_words(words[2], words[3]);
  const double radius = std::sqrt(-2.0 * std::log(u));
  const double angle = 2.0 * std::numbers::pi * v;
  return {radius * std::cos(angle), radius * std::sin(angle)};
}

}  // namespace lockstep
