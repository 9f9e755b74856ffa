#pragma once
// Eight float values that are computed together. Every operation gives each lane the bits that the
// same operation on a float gives. The functions at the end exist for float and double, too, so
// that one template serves all three.

#include <array>
#include <bit>
#include <cmath>
#include <cstddef>
#include <cstring>
#include <type_traits>

#include "numerics/functions.h"

namespace lockstep::numerics {

class Lanes {
 public:
  static constexpr std::size_t kCount = 8;
  using Vector = float __attribute__((vector_size(kCount * sizeof(float))));
  // A comparison of each lane: -1 where it holds, and 0 elsewhere.
  using Mask = decltype(Vector{} < Vector{});

  Lanes() = default;  // 0 in every lane
  // `value`, rounded to float, in every lane.
  template <typename Number>
  requires std::is_arithmetic_v<Number>
  explicit Lanes(Number value) : Lanes(broadcast(static_cast<float>(value))) {}
  explicit Lanes(Vector vector) : vector_(vector) {}
  explicit Lanes(const std::array<float, kCount>& values)
      : vector_(std::bit_cast<Vector>(values)) {}

  [[nodiscard]] Vector vector() const { return vector_; }
  [[nodiscard]] std::array<float, kCount> values() const {
    return std::bit_cast<std::array<float, kCount>>(vector_);
  }

  friend Lanes operator-(Lanes a) { return Lanes(-a.vector_); }
  friend Lanes operator+(Lanes a, Lanes b) { return Lanes(a.vector_ + b.vector_); }
  friend Lanes operator-(Lanes a, Lanes b) { return Lanes(a.vector_ - b.vector_); }
  friend Lanes operator*(Lanes a, Lanes b) { return Lanes(a.vector_ * b.vector_); }
  friend Lanes operator/(Lanes a, Lanes b) { return Lanes(a.vector_ / b.vector_); }
  friend Mask operator<(Lanes a, Lanes b) { return a.vector_ < b.vector_; }
  friend Mask operator>(Lanes a, Lanes b) { return a.vector_ > b.vector_; }
  friend Mask operator>=(Lanes a, Lanes b) { return a.vector_ >= b.vector_; }

 private:
  static Vector broadcast(float value) {
    return Vector{value, value, value, value, value, value, value, value};
  }

  Vector vector_ = {};
};

// Functions of one value, or of each lane.

template <typename T>
T select(bool condition, T a, T b) {
  return condition ? a : b;
}
inline Lanes select(Lanes::Mask condition, Lanes a, Lanes b) {
  return Lanes(condition ? a.vector() : b.vector());
}

// NaN in `a` stays NaN.
template <typename T>
T max(T a, T b) {
  return select(a < b, b, a);
}

inline float abs(float x) { return std::abs(x); }
inline double abs(double x) { return std::abs(x); }
inline Lanes abs(Lanes x) {
  using Bits = decltype(Lanes::Mask{} & 0);
  return Lanes(std::bit_cast<Lanes::Vector>(std::bit_cast<Bits>(x.vector()) & 0x7fffffff));
}

Lanes exp(Lanes x);
Lanes expm1(Lanes x);
Lanes log1p(Lanes x);
Lanes tanh(Lanes x);
Lanes erfc(Lanes x);

// `total` plus the value, or plus the lanes in ascending order.
template <typename Total, typename T>
Total plus(Total total, T value) {
  return total + static_cast<Total>(value);
}
template <typename Total>
Total plus(Total total, Lanes lanes) {
  for (const float value : lanes.values()) total += static_cast<Total>(value);
  return total;
}

// Reads and writes one value, or as many as there are lanes, at any address.
template <typename Pack, typename T>
Pack load(const T* from) {
  if constexpr (std::is_same_v<Pack, T>) {
    return *from;
  } else {
    static_assert(std::is_same_v<T, float>);
    Lanes::Vector vector;
    std::memcpy(&vector, from, sizeof vector);
    return Lanes(vector);
  }
}
template <typename T>
void store(T value, T* to) {
  *to = value;
}
inline void store(Lanes lanes, float* to) {
  const Lanes::Vector vector = lanes.vector();
  std::memcpy(to, &vector, sizeof vector);
}

// Calls visit.template operator()<Pack>(i) for packs that cover `count` values of type T in
// ascending order: Pack is Lanes for the values from i on where eight are left, and T for the
// value at i otherwise.
template <typename T, typename Visit>
void for_each_pack(std::size_t count, Visit&& visit) {
  std::size_t i = 0;
  if constexpr (std::is_same_v<T, float>) {
    for (; i + Lanes::kCount <= count; i += Lanes::kCount) visit.template operator()<Lanes>(i);
  }
  for (; i < count; ++i) visit.template operator()<T>(i);
}

}  // namespace lockstep::numerics
