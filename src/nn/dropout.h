#pragma once
// Inverted dropout (lecture 1.6) with keyed random numbers: the mask of an example depends on
// seed, step, layer, example and unit alone, so it is the same on every layout and needs no
// communication.

#include <cstdint>
#include <span>

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

// Fills `mask` (one value per unit) for the output of `layer` (0: the input)
// and one example.
template <typename T>
void dropout_mask_row(DropoutRate rate, DropoutKey key, std::uint32_t layer, std::uint32_t example,
                      std::span<T> mask);

}  // namespace lockstep
