#pragma once
// The positions of a byte among 32 bytes, as bits.

#include <cstdint>
#if defined(__SSE2__)
#include <emmintrin.h>
#endif

namespace lockstep {

inline constexpr std::size_t kMaskBytes = 32;

// Bit i is set when bytes[i] is `wanted`, for 32 bytes. Compares 16 bytes at a time
// where the CPU can: searching for each delimiter separately (memchr) takes longer than
// reading a number.
inline std::uint32_t mask_of(const char* bytes, char wanted) {
#if defined(__SSE2__)
  const __m128i pattern = _mm_set1_epi8(wanted);
  const auto half = [&](const char* from) {
    const __m128i block = _mm_loadu_si128(reinterpret_cast<const __m128i*>(from));
    return static_cast<std::uint32_t>(_mm_movemask_epi8(_mm_cmpeq_epi8(block, pattern)));
  };
  return half(bytes) | half(bytes + 16) << 16;
#else
  std::uint32_t mask = 0;
  for (std::size_t i = 0; i < kMaskBytes; ++i) {
    mask |= std::uint32_t{bytes[i] == wanted ? 1U : 0U} << i;
  }
  return mask;
#endif
}

}  // namespace lockstep
