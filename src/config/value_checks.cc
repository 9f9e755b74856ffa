#include "config/value_checks.h"

#include <cstddef>
#include <utility>
#include <vector>

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <google/protobuf/descriptor.h>

namespace lockstep {

ValueChecks::ValueChecks(const Origins& origins, Problems& problems)
    : origins_(origins), problems_(problems) {}

bool ValueChecks::present(bool is_there, const std::string& path, std::string_view expected) const {
  if (!is_there && !origins_.written(path)) {
    complain(path, fmt::format("{} is missing; expected {}", path, expected));
  }
  return is_there;
}

void ValueChecks::require(bool holds, const std::string& path, std::string_view value,
                          std::string_view expected) const {
  if (!holds) complain(path, fmt::format("{} is {}; expected {}", path, value, expected));
}

bool ValueChecks::overridden(const std::string& path) const {
  return origins_.written(path) && !origins_.place_of(path).override_text.empty();
}

void ValueChecks::complain(const std::string& path, std::string message) const {
  if (!trusted(path)) return;  // reported when it was read
  problems_.add(origins_.place_of(path), std::move(message));
}

void check_choice(const ValueChecks& checks, bool is_set, const std::string& path,
                  const google::protobuf::Descriptor& type, const char* oneof_name) {
  if (is_set) return;
  const auto& oneof = *type.FindOneofByName(oneof_name);
  std::vector<std::string> members;
  members.reserve(static_cast<std::size_t>(oneof.field_count()));
  for (int i = 0; i < oneof.field_count(); ++i) {
    members.push_back(oneof.field(i)->name());
    if (!checks.trusted(path.empty() ? members.back() : path + "." + members.back())) return;
  }
  checks.complain(
      path, fmt::format("{} has no {}; expected {}{}", path.empty() ? "the file" : path, oneof_name,
                        members.size() > 1 ? "one of " : "", fmt::join(members, ", ")));
}

}  // namespace lockstep
