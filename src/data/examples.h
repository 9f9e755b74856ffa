#pragma once
// Examples in memory, with values of the type in the file: bytes stay bytes until
// a batch is gathered.

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "base/check.h"

namespace lockstep {

enum class ElementType { u8, i8, i16, i32, f32, f64 };

// Bytes of one value.
std::uint64_t element_size(ElementType type);

// "u8", "f32", ...
std::string_view element_name(ElementType type);

// n examples. Row i is the example whose number in its source is ids[i].
struct Examples {
  ElementType type = ElementType::u8;
  std::uint64_t features = 0;      // per example
  std::vector<std::byte> values;   // [n, features], row-major, native byte order
  std::uint64_t label_width = 0;   // per example
  std::vector<float> labels;       // [n, label_width], row-major
  std::vector<std::uint32_t> ids;  // [n]

  [[nodiscard]] std::uint64_t size() const { return ids.size(); }
};

// Rows of the examples with these ids, in the order of `ids`. All of them must be
// present, and examples.ids must be ascending, as ExampleSource::read returns them.
std::vector<std::uint32_t> rows_of(const Examples& examples, std::span<const std::uint32_t> ids);

// Calls visit(std::span<const V>) with `values` as the C++ type V of
// `type`. The bytes must be aligned for V, as those of a vector are.
template <typename Visitor>
decltype(auto) visit_values(ElementType type, std::span<const std::byte> values, Visitor&& visit) {
  const auto as = [&]<typename V>(const V* first) {
    return std::span<const V>(first, values.size() / sizeof(V));
  };
  const void* first = values.data();
  switch (type) {
    case ElementType::u8:
      return visit(as(static_cast<const std::uint8_t*>(first)));
    case ElementType::i8:
      return visit(as(static_cast<const std::int8_t*>(first)));
    case ElementType::i16:
      return visit(as(static_cast<const std::int16_t*>(first)));
    case ElementType::i32:
      return visit(as(static_cast<const std::int32_t*>(first)));
    case ElementType::f32:
      return visit(as(static_cast<const float*>(first)));
    case ElementType::f64:
      break;
  }
  check(type == ElementType::f64, "the element type is one of ElementType");
  return visit(as(static_cast<const double*>(first)));
}

}  // namespace lockstep
