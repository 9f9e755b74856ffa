#pragma once
// Sets one scalar field of a message to one written value.

#include <optional>
#include <string>

#include "config/text_tree.h"

namespace google::protobuf {
class FieldDescriptor;
class Message;
}  // namespace google::protobuf

namespace lockstep {

// Sets `field` of `message` to `value`, or appends it to a repeated field (of strings or
// doubles). If that is impossible, leaves the field unchanged and returns what is
// expected: "expected true or false".
std::optional<std::string> set_scalar(const TextValue& value,
                                      const google::protobuf::FieldDescriptor& field,
                                      google::protobuf::Message& message);

// The value as written, short enough for a message.
std::string describe_value(const TextValue& value);

}  // namespace lockstep
