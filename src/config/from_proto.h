#pragma once
// Turns an enum of the schema into that of a room, by name.

#include <google/protobuf/generated_enum_reflection.h>

#include "base/check.h"
#include "base/enum_names.h"

namespace lockstep {

// The value of E (base/enum_names.h) with the name that `value` has in the schema; there must be
// one.
template <typename E, typename ProtoEnum>
E from_proto(ProtoEnum value) {
  const auto* described =
      google::protobuf::GetEnumDescriptor<ProtoEnum>()->FindValueByNumber(value);
  const auto named = described == nullptr ? std::nullopt : enum_named<E>(described->name());
  check(named.has_value(), "every value of the schema has a name in its room");
  return *named;
}

}  // namespace lockstep
