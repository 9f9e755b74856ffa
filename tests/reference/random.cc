#include "reference/random.h"

#include <cmath>
#include <numbers>
#include <numeric>
#include <utility>

#include "reference/functions.h"

namespace reference {

Words philox(Key key, Words counter) {
  std::uint32_t k0 = key.seed;
  auto k1 = static_cast<std::uint32_t>(key.purpose);
  for (int round = 0; round < 10; ++round) {
    const std::uint64_t first = std::uint64_t{0xD2511F53} * counter[0];
    const std::uint64_t second = std::uint64_t{0xCD9E8D57} * counter[2];
    counter = {static_cast<std::uint32_t>(second >> 32U) ^ counter[1] ^ k0,
               static_cast<std::uint32_t>(second),
               static_cast<std::uint32_t>(first >> 32U) ^ counter[3] ^ k1,
               static_cast<std::uint32_t>(first)};
    k0 += 0x9E3779B9U;
    k1 += 0xBB67AE85U;
  }
  return counter;
}

double uniform(std::uint32_t high, std::uint32_t low) {
  const std::uint64_t bits = (std::uint64_t{high} << 32U) | low;
  return static_cast<double>(bits >> 11U) * 0x1p-53;
}

std::array<double, 2> normals(const Words& draw) {
  const double u = 1 - uniform(draw[0], draw[1]);
  const double v = uniform(draw[2], draw[3]);
  const double r = std::sqrt(-2.0 * log(u));
  const double t = (2.0 * std::numbers::pi) * v;
  return {r * cos(t), r * sin(t)};
}

// floor(a * b / 2^64), in halves of 32 bits.
static std::uint64_t high_product(std::uint64_t a, std::uint64_t b) {
  const std::uint64_t a_low = a & 0xFFFFFFFFU;
  const std::uint64_t a_high = a >> 32U;
  const std::uint64_t b_low = b & 0xFFFFFFFFU;
  const std::uint64_t b_high = b >> 32U;
  const std::uint64_t middle = a_high * b_low + ((a_low * b_low) >> 32U);
  const std::uint64_t other = a_low * b_high + (middle & 0xFFFFFFFFU);
  return a_high * b_high + (middle >> 32U) + (other >> 32U);
}

std::vector<std::size_t> permutation(Key key, std::uint32_t c0, std::uint32_t c1, std::size_t n) {
  std::vector<std::size_t> order(n);
  std::iota(order.begin(), order.end(), std::size_t{0});
  for (std::size_t i = n; i >= 2; --i) {
    const Words draw = philox(key, {c0, c1, static_cast<std::uint32_t>(i), 0});
    const std::uint64_t b = (std::uint64_t{draw[0]} << 32U) | draw[1];
    std::swap(order[i - 1], order[high_product(b, i)]);
  }
  return order;
}

}  // namespace reference
