#pragma once
// Keyed random numbers: Philox4x32-10, and what is made of its words.

#include <array>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace reference {

enum class Purpose : std::uint32_t {
  split = 1,
  deal = 2,
  shuffle = 3,
  dropout = 4,
  initialization = 5,
};

struct Key {
  std::uint32_t seed;
  Purpose purpose;
};

using Words = std::array<std::uint32_t, 4>;

// The four words of one draw.
Words philox(Key key, Words counter);

// In [0, 1), of the 53 upper bits of two words.
double uniform(std::uint32_t high, std::uint32_t low);

// Two values of the standard normal distribution.
std::array<double, 2> normals(const Words& draw);

// A permutation of 0 ... n-1.
std::vector<std::size_t> permutation(Key key, std::uint32_t c0, std::uint32_t c1, std::size_t n);

}  // namespace reference
