#pragma once
// Converts a text tree to a message of the schema, by reflection. Checks names, types and
// allowed words, but not values.

#include <span>
#include <string>

#include "config/origins.h"
#include "config/problems.h"
#include "config/text_tree.h"

namespace google::protobuf {
class Descriptor;
class FieldDescriptor;
class Message;
}  // namespace google::protobuf

namespace lockstep {

// Fills messages and records where each field came from. Adds invalid fields to `problems`,
// leaves them unset and continues. With `override_text`, that override is the place of every
// field.
class MessageBuilder {
 public:
  MessageBuilder(Origins& origins, Problems& problems, std::string override_text = {});

  // Sets `fields` in `message`, whose path is `path` ("" for the job itself).
  void set_fields(std::span<const TextField> fields, const std::string& path,
                  google::protobuf::Message& message);

  // Sets the singular `field` of `message` to `value`, or appends `value` to a repeated
  // field of scalars. `path` is the path of the field.
  void set_value(const TextValue& value, const google::protobuf::FieldDescriptor& field,
                 const std::string& path, google::protobuf::Message& message);

  // Reports that the message at `path` has no field `name`, with the nearest field name or,
  // if there is none, all field names.
  void report_unknown(const std::string& name, TextPosition position, const std::string& path,
                      const google::protobuf::Descriptor& type);

 private:
  void distrust_choices(TextPosition position, const std::string& path,
                        const google::protobuf::Descriptor& type);
  void set_field(const TextField& text, const google::protobuf::FieldDescriptor& field,
                 const std::string& path, google::protobuf::Message& message);
  void set_repeated(const TextField& text, const google::protobuf::FieldDescriptor& field,
                    const std::string& path, google::protobuf::Message& message);
  // Returns false and reports a problem when the field or another member of its oneof is
  // already set.
  bool check_first(const google::protobuf::FieldDescriptor& field, const std::string& parent,
                   TextPosition position);
  [[nodiscard]] Place place(TextPosition position) const;

  Origins& origins_;
  Problems& problems_;
  std::string override_text_;
};

// Joins "optimizer" and "adam" to "optimizer.adam", and "" and "name" to "name".
std::string join_path(const std::string& parent, const std::string& name);

}  // namespace lockstep
