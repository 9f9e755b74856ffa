#pragma once
// Checks a message against the schema's rules for single fields (proto/rule.proto).

#include <string>

#include "config/value_checks.h"

namespace google::protobuf {
class FieldDescriptor;
class Message;
}  // namespace google::protobuf

namespace lockstep {

// Adds a problem for every field of `message`, and of the messages in it, that is
// missing, empty or out of its range, and for every oneof that needs a member and has
// none. `path` is the path of the message, "" for the whole file.
void check_fields(const ValueChecks& checks, const google::protobuf::Message& message,
                  const std::string& path = "");

// Whether the whole number in the field named `field` of `message` is within its range. Advice that
// is computed from a number asks first.
bool is_within_range(const google::protobuf::Message& message, const std::string& field);

// The range of a number in words, such as "a finite number above 0" or "1 to 1000";
// empty for a field that is not a number, or an integer without a range.
std::string expected_range(const google::protobuf::FieldDescriptor& field);

// What an integer field may hold, as in "a whole number from 1 to 1000".
std::string expected_whole_number(const google::protobuf::FieldDescriptor& field);

}  // namespace lockstep
