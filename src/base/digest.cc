#include "base/digest.h"

#include <new>

#include <fmt/format.h>
#include <xxhash.h>

namespace lockstep {

struct Digest::State {
  struct Free {
    void operator()(XXH64_state_t* state) const { XXH64_freeState(state); }
  };
  std::unique_ptr<XXH64_state_t, Free> xxh{XXH64_createState()};
};

Digest::Digest() : state_(std::make_unique<State>()) {
  if (!state_->xxh) throw std::bad_alloc();
  XXH64_reset(state_->xxh.get(), 0);
}
Digest::~Digest() = default;
Digest::Digest(Digest&&) noexcept = default;
Digest& Digest::operator=(Digest&&) noexcept = default;

void Digest::add(std::span<const std::byte> bytes) {
  XXH64_update(state_->xxh.get(), bytes.data(), bytes.size());
}

std::uint64_t Digest::value() const { return XXH64_digest(state_->xxh.get()); }

std::uint64_t digest_of(std::span<const std::byte> bytes) {
  return XXH64(bytes.data(), bytes.size(), 0);
}

WideDigest wide_digest_of(std::span<const std::byte> bytes) {
  const XXH128_hash_t digest = XXH3_128bits(bytes.data(), bytes.size());
  return {digest.high64, digest.low64};
}

std::string digest_hex(std::uint64_t digest) { return fmt::format("{:016x}", digest); }

}  // namespace lockstep
