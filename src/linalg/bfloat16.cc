#include "linalg/bfloat16.h"

#include <bit>
#include <cstddef>

namespace lockstep {
namespace {

constexpr std::uint32_t kSmallestNormal = 0x00800000;
constexpr std::uint32_t kInfinity = 0x7f800000;
constexpr std::uint32_t kQuiet = 0x00400000;
constexpr std::uint32_t kSign = 0x80000000;

std::uint32_t rounded_bits(float value) {
  const auto bits = std::bit_cast<std::uint32_t>(value);
  const std::uint32_t magnitude = bits & ~kSign;
  const std::uint32_t nearest = bits + 0x7fff + ((bits >> 16) & 1);
  const std::uint32_t finite = magnitude < kSmallestNormal ? bits & kSign : nearest;
  return magnitude > kInfinity ? bits | kQuiet : finite;
}

float value_of(Bfloat16 number) {
  return std::bit_cast<float>(static_cast<std::uint32_t>(number) << 16);
}

}  // namespace

void round_to_bfloat16(std::span<float> values) {
  for (float& value : values) value = std::bit_cast<float>(rounded_bits(value) & 0xffff0000);
}

void to_bfloat16(std::span<const float> values, std::span<Bfloat16> rounded) {
  const float* __restrict from = values.data();
  Bfloat16* __restrict to = rounded.data();
  for (std::size_t i = 0; i < values.size(); ++i) {
    to[i] = static_cast<Bfloat16>(rounded_bits(from[i]) >> 16);
  }
}

void from_bfloat16(std::span<const Bfloat16> numbers, std::span<float> values) {
  const Bfloat16* __restrict from = numbers.data();
  float* __restrict to = values.data();
  for (std::size_t i = 0; i < numbers.size(); ++i) to[i] = value_of(from[i]);
}

void add_bfloat16(std::span<float> values, std::span<const Bfloat16> changes) {
  const Bfloat16* __restrict change = changes.data();
  float* __restrict value = values.data();
  for (std::size_t i = 0; i < changes.size(); ++i) value[i] += value_of(change[i]);
}

}  // namespace lockstep
