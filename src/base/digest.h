#pragma once
// 64-bit content digests (xxh64), for comparing bits and not for security.

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

// The digest as 16 lower-case hexadecimal digits.
std::string digest_hex(std::uint64_t digest);

}  // namespace lockstep
