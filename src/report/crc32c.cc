#include "report/crc32c.h"

#include <array>
#include <cstddef>

namespace lockstep {
namespace {

constexpr std::uint32_t kReflectedPolynomial = 0x82F63B78;

// Entry i is the remainder of the byte i.
constexpr std::array<std::uint32_t, 256> make_table() {
  std::array<std::uint32_t, 256> table{};
  for (std::uint32_t byte = 0; byte < table.size(); ++byte) {
    std::uint32_t remainder = byte;
    for (int bit = 0; bit < 8; ++bit) {
      remainder = (remainder >> 1) ^ ((remainder & 1) != 0 ? kReflectedPolynomial : 0);
    }
    table[byte] = remainder;
  }
  return table;
}

constexpr std::array<std::uint32_t, 256> kTable = make_table();

}  // namespace

std::uint32_t crc32c(std::string_view bytes) {
  std::uint32_t remainder = ~std::uint32_t{0};
  for (const char byte : bytes) {
    const auto index =
        static_cast<std::size_t>((remainder ^ static_cast<unsigned char>(byte)) & 0xFF);
    remainder = (remainder >> 8) ^ kTable[index];
  }
  return ~remainder;
}

std::uint32_t masked_crc32c(std::string_view bytes) {
  const std::uint32_t crc = crc32c(bytes);
  return ((crc >> 15) | (crc << 17)) + 0xA282EAD8;
}

}  // namespace lockstep
