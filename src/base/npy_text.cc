#include "base/npy_text.h"

#include <fmt/format.h>

#include "base/check.h"

namespace lockstep {

std::string npy_header(std::string_view type, std::span<const std::uint64_t> shape) {
  constexpr std::size_t kNpyAlignment = 64;
  std::string extents;
  for (const std::uint64_t extent : shape) {
    if (!extents.empty()) extents += ' ';
    extents += fmt::format("{},", extent);
  }
  if (shape.size() > 1) extents.pop_back();  // only one extent needs its comma
  std::string text =
      fmt::format("{{'descr': '{}', 'fortran_order': False, 'shape': ({}), }}", type, extents);
  const std::string magic("\x93NUMPY\x01\x00", 8);
  const std::size_t size =
      (magic.size() + 2 + text.size() + 1 + kNpyAlignment - 1) / kNpyAlignment * kNpyAlignment;
  const std::size_t text_size = size - magic.size() - 2;
  check(text_size < 65536, "an array has few extents");
  text.resize(text_size - 1, ' ');
  const std::string length = {static_cast<char>(text_size % 256),
                              static_cast<char>(text_size / 256)};
  return magic + length + text + '\n';
}

}  // namespace lockstep
