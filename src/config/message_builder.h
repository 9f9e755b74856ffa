#pragma once
// From a text tree to a message of the schema, by reflection: names, types and
// allowed words are checked here, values are not.

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

// Fills messages and notes where each field came from. What cannot be used is
// added to `problems` and left unset; nothing stops the walk. With
// `override_text`, that override is the place of every field.
class MessageBuilder {
 public:
  MessageBuilder(Origins& origins, Problems& problems, std::string override_text = {});

  // Sets `fields` in `message`, whose path is `path` ("" for the job itself).
  void set_fields(std::span<const TextField> fields, const std::string& path,
                  google::protobuf::Message& message);

  // Sets the singular `field` of `message` to `value`, or appends `value` to a
  // repeated one of scalars; its path is `path`.
  void set_value(const TextValue& value, const google::protobuf::FieldDescriptor& field,
                 const std::string& path, google::protobuf::Message& message);

  // Reports that the message at `path` has no field `name`: the nearest field,
  // or else all fields, are named.
  void report_unknown(const std::string& name, TextPosition position, const std::string& path,
                      const google::protobuf::Descriptor& type);

 private:
  void set_field(const TextField& text, const google::protobuf::FieldDescriptor& field,
                 const std::string& path, google::protobuf::Message& message);
  void set_repeated(const TextField& text, const google::protobuf::FieldDescriptor& field,
                    const std::string& path, google::protobuf::Message& message);
  // False, after reporting, when the field or another of its oneof is there.
  bool check_first(const google::protobuf::FieldDescriptor& field, const std::string& parent,
                   TextPosition position);
  [[nodiscard]] Place place(TextPosition position) const;

  Origins& origins_;
  Problems& problems_;
  std::string override_text_;
};

// "optimizer" and "adam" make "optimizer.adam"; "" and "name" make "name".
std::string join_path(const std::string& parent, const std::string& name);

}  // namespace lockstep
