#pragma once
// Inverted dropout (lecture 1.6) with keyed random numbers: the mask of an example depends on
// seed, step, layer, example and unit alone, so it is the same on every layout and needs no
// communication.

#include <cstdint>
#include <optional>
#include <span>

#include "base/range.h"
#include "linalg/matrix.h"

namespace lockstep {

// What a mask row depends on besides its layer and example.
struct DropoutKey {
  std::uint32_t seed;
  std::uint64_t step;
};

// The keep probability is rounded to 1/65536ths, so that eight units share one 128-bit draw.
// Values are 0 with probability 1 - p and 1 / p otherwise, where p is the rounded keep_prob, so
// that the mean is exactly 1.
class DropoutRate {
 public:
  // keep_prob in (0, 1].
  explicit DropoutRate(double keep_prob);

  [[nodiscard]] bool drops() const { return threshold_ < kOne; }
  [[nodiscard]] std::uint32_t threshold() const { return threshold_; }
  // The value of a kept unit, 1 / p.
  [[nodiscard]] double scale() const { return static_cast<double>(kOne) / threshold_; }

 private:
  static constexpr std::uint32_t kOne = 1U << 16;
  std::uint32_t threshold_;
};

// The masks of one layer's rows in one pass.
template <typename T>
class DropoutMasks {
 public:
  // `layer`: 0 is the input. `examples`: the number of each row's example. Without a key nothing is
  // dropped.
  DropoutMasks(double keep_prob, std::optional<DropoutKey> key, std::uint32_t layer,
               std::span<const std::uint32_t> examples)
      : rate_(keep_prob), key_(key), layer_(layer), examples_(examples) {}

  [[nodiscard]] bool drop() const { return key_ && rate_.drops(); }
  // Sets `masks` [rows, units] to the values of these rows and units, if anything is dropped. The
  // first unit is a multiple of 8.
  void fill(Range rows, Range units, Matrix<T> masks) const;

 private:
  DropoutRate rate_;
  std::optional<DropoutKey> key_;
  std::uint32_t layer_;
  std::span<const std::uint32_t> examples_;
};

}  // namespace lockstep
