#include "base/random.h"

#include <cmath>
#include <numbers>
#include <numeric>
#include <utility>

#include <Random123/philox.h>

#include "base/check.h"
#include "numerics/functions.h"

namespace lockstep {

__extension__ typedef unsigned __int128 Wide;  // NOLINT: 64 x 64 -> 128 bits

RandomWords random_words(RandomKey key, RandomCounter counter) {
  const r123::Philox4x32::ctr_type c = {{counter[0], counter[1], counter[2], counter[3]}};
  const r123::Philox4x32::key_type k = {{key.seed, static_cast<std::uint32_t>(key.purpose)}};
  const auto words = r123::Philox4x32{}(c, k);
  return {words[0], words[1], words[2], words[3]};
}

namespace {

// Philox4x32-10 as in the paper, one array for each counter word, so that the
// compiler can put the draws into vector registers. Tested against Random123.
[[gnu::always_inline]] inline void philox_block(RandomKey key, const RandomCounterBlock& counters,
                                                RandomWordBlock& words) {
  constexpr std::uint32_t kMultiplier0 = PHILOX_M4x32_0;
  constexpr std::uint32_t kMultiplier1 = PHILOX_M4x32_1;
  auto [c0, c1, c2, c3] = counters.c;
  std::uint32_t k0 = key.seed;
  auto k1 = static_cast<std::uint32_t>(key.purpose);
  for (int round = 0; round < 10; ++round) {
    for (std::uint32_t i = 0; i < kWordBlock; ++i) {
      const auto product0 = static_cast<std::uint64_t>(kMultiplier0) * c0[i];
      const auto product1 = static_cast<std::uint64_t>(kMultiplier1) * c2[i];
      c0[i] = static_cast<std::uint32_t>(product1 >> 32) ^ c1[i] ^ k0;
      c1[i] = static_cast<std::uint32_t>(product1);
      c2[i] = static_cast<std::uint32_t>(product0 >> 32) ^ c3[i] ^ k1;
      c3[i] = static_cast<std::uint32_t>(product0);
    }
    k0 += PHILOX_W32_0;
    k1 += PHILOX_W32_1;
  }
  for (std::uint32_t i = 0; i < kWordBlock; ++i) words[i] = {c0[i], c1[i], c2[i], c3[i]};
}

#ifdef __x86_64__
// The same integers, sixteen lanes at a time.
[[gnu::target("avx512f")]] void philox_block_avx512(RandomKey key,
                                                    const RandomCounterBlock& counters,
                                                    RandomWordBlock& words) {
  philox_block(key, counters, words);
}

bool has_avx512() {
  static const bool has = __builtin_cpu_supports("avx512f") != 0;
  return has;
}
#endif

}  // namespace

void random_word_block(RandomKey key, const RandomCounterBlock& counters, RandomWordBlock& words) {
#ifdef __x86_64__
  if (has_avx512()) return philox_block_avx512(key, counters, words);
#endif
  philox_block(key, counters, words);
}

void random_word_block(RandomKey key, RandomCounter first, RandomWordBlock& words) {
  RandomCounterBlock counters;
  for (std::size_t word = 0; word < first.size(); ++word) counters.c[word].fill(first[word]);
  for (std::uint32_t i = 0; i < kWordBlock; ++i) counters.c[3][i] += i;
  random_word_block(key, counters, words);
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
  const double radius = std::sqrt(-2.0 * numerics::log(u));
  const double angle = 2.0 * std::numbers::pi * v;
  return {radius * numerics::cos(angle), radius * numerics::sin(angle)};
}

}  // namespace lockstep
