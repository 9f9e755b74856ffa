#include "reference/digest.h"

#include <xxhash.h>

#include <array>
#include <bit>
#include <cstdio>

namespace reference {

std::string weights_digest(const Parameters& parameters) {
  std::vector<unsigned char> bytes;
  for (const Tensor& tensor : parameters) {
    for (const float value : tensor) {
      const auto bits = std::bit_cast<std::uint32_t>(value);
      for (const unsigned shift : {0U, 8U, 16U, 24U}) {
        bytes.push_back(static_cast<unsigned char>(bits >> shift));
      }
    }
  }
  std::array<char, 17> text = {};
  std::snprintf(text.data(), text.size(), "%016llx",
                static_cast<unsigned long long>(XXH64(bytes.data(), bytes.size(), 0)));
  return text.data();
}

}  // namespace reference
