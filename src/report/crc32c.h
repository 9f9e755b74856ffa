#pragma once
// CRC-32C (Castagnoli, reflected, initial and final xor all ones; RFC 3720
// appendix B.4) and the masked form of TensorBoard's records.

#include <cstdint>
#include <string_view>

namespace lockstep {

std::uint32_t crc32c(std::string_view bytes);

// The masked checksum, so that the checksum of bytes that contain checksums is not a special
// case.
std::uint32_t masked_crc32c(std::string_view bytes);

}  // namespace lockstep
