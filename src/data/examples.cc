#include "data/examples.h"

#include <algorithm>

namespace lockstep {

std::uint64_t element_size(ElementType type) {
  return visit_values(type, {},
                      []<typename V>(std::span<const V>) { return std::uint64_t{sizeof(V)}; });
}

std::string_view element_name(ElementType type) {
  switch (type) {
    case ElementType::u8:
      return "u8";
    case ElementType::i8:
      return "i8";
    case ElementType::i16:
      return "i16";
    case ElementType::i32:
      return "i32";
    case ElementType::f32:
      return "f32";
    case ElementType::f64:
      return "f64";
  }
  check(false, "the element type is one of ElementType");
  return {};
}

std::vector<std::uint32_t> rows_of(const Examples& examples, std::span<const std::uint32_t> ids) {
  std::vector<std::uint32_t> rows(ids.size());
  std::ranges::transform(ids, rows.begin(), [&](std::uint32_t id) {
    const auto found = std::ranges::lower_bound(examples.ids, id);
    check(found != examples.ids.end() && *found == id, "an example asked for is among those read");
    return static_cast<std::uint32_t>(found - examples.ids.begin());
  });
  return rows;
}

}  // namespace lockstep
