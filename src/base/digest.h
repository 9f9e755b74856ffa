#pragma once
// Content digests of 64 and 128 bits (xxh64, xxh3), for comparing bits and not for security.

#include <compare>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>

namespace lockstep {

// Digest of a stream of bytes fed in pieces of any size.
class Digest {
 public:
  Digest();
  ~Digest();
  Digest(Digest&&) noexcept;
  Digest& operator=(Digest&&) noexcept;

  void add(std::span<const std::byte> bytes);
  [[nodiscard]] std::uint64_t value() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

std::uint64_t digest_of(std::span<const std::byte> bytes);

// A digest that can stand for the content among many: the probability that any two of a billion
// different contents have the same one is below 1 in 10^20.
struct WideDigest {
  std::uint64_t high = 0;
  std::uint64_t low = 0;
  auto operator<=>(const WideDigest&) const = default;
};

WideDigest wide_digest_of(std::span<const std::byte> bytes);

// The digest as 16 lower-case hexadecimal digits.
std::string digest_hex(std::uint64_t digest);

}  // namespace lockstep
