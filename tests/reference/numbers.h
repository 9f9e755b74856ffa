#pragma once
// Numbers and sums: subnormals are zero, a chain is fused multiply-adds, a pair chain is one of
// pairs in bfloat16, lanes are eight.

#include <cstddef>
#include <functional>
#include <span>

namespace reference {

// While it lives, this thread takes subnormal numbers as zero.
class SubnormalsAreZero {
 public:
  SubnormalsAreZero();
  ~SubnormalsAreZero();
  SubnormalsAreZero(const SubnormalsAreZero&) = delete;
  SubnormalsAreZero& operator=(const SubnormalsAreZero&) = delete;

 private:
  unsigned before_;
};

// The two factors of term k of a chain.
struct Pair {
  float a;
  float b;
};

// The chain over the pairs 0 ... n-1, from +0.
float chain(std::size_t n, const std::function<Pair(std::size_t)>& pair);

// x to the nearest number with 8 significant bits, ties to the even one. 2^128 or more is infinite,
// a subnormal number is zero of its sign, and a NaN stays one.
float round_to_bfloat16(float x);

// The pair chain over the pairs 0 ... n-1, from +0.
float pair_chain(std::size_t n, const std::function<Pair(std::size_t)>& pair);

// The sums in lanes of the squares and of the magnitudes of x.
double sum_of_squares_in_lanes(std::span<const float> x);
double sum_of_magnitudes_in_lanes(std::span<const float> x);

}  // namespace reference
