#pragma once
// The names of an enum's values, as files and messages write them: one table beside each enum.
// Such a table is
//
//   constexpr auto enum_names(Precision) {
//     return std::to_array<EnumName<Precision>>({{Precision::float32, "FLOAT32"}, ...});
//   }

#include <optional>
#include <string_view>
#include <vector>

namespace lockstep {

template <typename E>
struct EnumName {
  E value;
  std::string_view name;
};

// The name of `value`, which must be in the table.
template <typename E>
constexpr std::string_view enum_name(E value) {
  for (const EnumName<E>& row : enum_names(E{})) {
    if (row.value == value) return row.name;
  }
  return {};
}

// The value that is called `name`; none if the table lacks it.
template <typename E>
constexpr std::optional<E> enum_named(std::string_view name) {
  for (const EnumName<E>& row : enum_names(E{})) {
    if (row.name == name) return row.value;
  }
  return std::nullopt;
}

// Every name in the table, in its order.
template <typename E>
std::vector<std::string_view> all_enum_names() {
  std::vector<std::string_view> names;
  for (const EnumName<E>& row : enum_names(E{})) names.push_back(row.name);
  return names;
}

}  // namespace lockstep
