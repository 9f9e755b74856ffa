#pragma once
// Code shared by the synthetic sources. Each point is a pure function of the seed and
// its number, so that any rank can make its own points without files.

#include <array>
#include <cstdint>

#include "base/random.h"

namespace lockstep {

struct SyntheticPoint {
  std::uint32_t seed = 1;
  std::uint32_t example = 0;
};

// Independent draws of one point.
enum class PointDraw : std::uint32_t { label = 0, place = 1, relabel = 2 };

// 128 random bits: the k-th words of a draw.
inline RandomWords point_words(const SyntheticPoint& point, PointDraw draw, std::uint32_t k = 0) {
  return random_words({point.seed, Purpose::synthetic_point},
                      {point.example, k, static_cast<std::uint32_t>(draw), 0});
}

// Two standard normal values: the k-th pair of a draw.
inline std::array<double, 2> point_normals(const SyntheticPoint& point, PointDraw draw,
                                           std::uint32_t k) {
  return random_normals({point.seed, Purpose::synthetic_point},
                        {point.example, k, static_cast<std::uint32_t>(draw), 0});
}

// A choice among 0..n-1, uniform if `uniform` is uniform in [0, 1).
inline std::uint32_t point_choice(double uniform, std::uint32_t n) {
  return static_cast<std::uint32_t>(uniform * n);
}

}  // namespace lockstep
