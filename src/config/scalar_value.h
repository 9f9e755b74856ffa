#pragma once
// One written value into one scalar field of a message.

#include <optional>
#include <string>

#include "config/text_tree.h"

namespace google::protobuf {
class FieldDescriptor;
class Message;
}  // namespace google::protobuf

namespace lockstep {

// Sets `field` of `message` to `value`, or appends it to a repeated one (of
// strings or doubles). If that is impossible, leaves it as it was and says what
// would do: "expected true or false".
std::optional<std::string> set_scalar(const TextValue& value,
                                      const google::protobuf::FieldDescriptor& field,
                                      google::protobuf::Message& message);

// The value as it was written, short enough for a message.
std::string describe_value(const TextValue& value);

}  // namespace lockstep
