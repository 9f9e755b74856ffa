#pragma once
// Every optimizer of the program, so that tests go over all of them.

#include <string_view>
#include <type_traits>
#include <variant>
#include <vector>

#include "optim/optimizer.h"

namespace lockstep {

template <typename... Kinds>
std::vector<Optimizer> one_of_each(std::type_identity<std::variant<Kinds...>> /*kinds*/) {
  return {Kinds{}...};
}

// With the constants of the schema's defaults, in the order of the variant.
inline std::vector<Optimizer> every_optimizer() {
  return one_of_each(std::type_identity<Optimizer>{});
}

inline std::vector<std::string_view> optimizer_names() {
  std::vector<std::string_view> names;
  for (const Optimizer& optimizer : every_optimizer()) names.push_back(optimizer_name(optimizer));
  return names;
}

}  // namespace lockstep
