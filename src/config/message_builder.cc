#include "config/message_builder.h"

#include <algorithm>
#include <cstddef>
#include <string>
#include <utility>
#include <vector>

#include <fmt/format.h>
#include <google/protobuf/descriptor.h>
#include <google/protobuf/message.h>

#include "base/nearest.h"
#include "config/scalar_value.h"

namespace lockstep {

namespace pb = google::protobuf;

namespace {

// Adds a default value to a repeated field of strings or numbers.
void add_default(const pb::FieldDescriptor& field, pb::Message& message) {
  const pb::Reflection& reflection = *message.GetReflection();
  if (field.cpp_type() == pb::FieldDescriptor::CPPTYPE_STRING) {
    reflection.AddString(&message, &field, "");
  } else {
    reflection.AddDouble(&message, &field, 0);
  }
}

std::string describe(const Place& place) {
  return place.override_text.empty() ? fmt::format("line {}", place.line) : "an override";
}

}  // namespace

std::string join_path(const std::string& parent, const std::string& name) {
  return parent.empty() ? name : parent + "." + name;
}

MessageBuilder::MessageBuilder(Origins& origins, Problems& problems, std::string override_text)
    : origins_(origins), problems_(problems), override_text_(std::move(override_text)) {}

void MessageBuilder::set_fields(std::span<const TextField> fields, const std::string& path,
                                pb::Message& message) {
  const pb::Descriptor& type = *message.GetDescriptor();
  for (const TextField& text : fields) {
    const pb::FieldDescriptor* field = type.FindFieldByName(text.name);
    if (field == nullptr) {
      report_unknown(text.name, text.position, path, type);
    } else if (field->is_repeated()) {
      set_repeated(text, *field, join_path(path, text.name), message);
    } else if (check_first(*field, path, text.position)) {
      set_field(text, *field, join_path(path, text.name), message);
    }
  }
}

void MessageBuilder::set_field(const TextField& text, const pb::FieldDescriptor& field,
                               const std::string& path, pb::Message& message) {
  if (text.list) {
    origins_.record_failure(path, place(text.position));
    problems_.add(place(text.position), fmt::format("{} takes one value, not a list", path));
    return;
  }
  if (text.values.empty() || text.values.front().kind == TextValue::Kind::unread) return;
  origins_.record(path, place(text.position));
  set_value(text.values.front(), field, path, message);
}

void MessageBuilder::set_repeated(const TextField& text, const pb::FieldDescriptor& field,
                                  const std::string& path, pb::Message& message) {
  const pb::Reflection& reflection = *message.GetReflection();
  for (const TextValue& value : text.values) {
    if (value.kind == TextValue::Kind::unread) return;
    const TextPosition position = text.list ? value.position : text.position;
    const std::string element = fmt::format("{}[{}]", path, reflection.FieldSize(message, &field));
    if (field.cpp_type() != pb::FieldDescriptor::CPPTYPE_MESSAGE) {
      origins_.record(element, place(position));
      set_value(value, field, element, message);
      // The elements that follow keep their index.
      if (origins_.failed(element)) add_default(field, message);
      continue;
    }
    if (value.kind != TextValue::Kind::message) {
      origins_.record_failure(path, place(position));
      problems_.add(place(position),
                    fmt::format("{} is {}; expected {{ ... }}", element, describe_value(value)));
      continue;
    }
    origins_.record(element, place(position));
    set_fields(value.fields, element, *reflection.AddMessage(&message, &field));
  }
}

void MessageBuilder::set_value(const TextValue& value, const pb::FieldDescriptor& field,
                               const std::string& path, pb::Message& message) {
  if (field.cpp_type() == pb::FieldDescriptor::CPPTYPE_MESSAGE &&
      value.kind == TextValue::Kind::message) {
    pb::Message& child = *message.GetReflection()->MutableMessage(&message, &field);
    return set_fields(value.fields, path, child);
  }
  const auto problem = set_scalar(value, field, message);
  if (!problem) return;
  const Place at = origins_.place_of(path);
  origins_.record_failure(path, at);
  problems_.add(at, fmt::format("{} is {}; {}", path, describe_value(value), *problem));
}

void MessageBuilder::report_unknown(const std::string& name, TextPosition position,
                                    const std::string& path, const pb::Descriptor& type) {
  std::vector<std::string> names;
  names.reserve(static_cast<std::size_t>(type.field_count()));
  for (int i = 0; i < type.field_count(); ++i) names.push_back(type.field(i)->name());
  const auto nearest = nearest_word(name, names);
  // The mistyped field must not be reported as missing, too.
  if (nearest && !origins_.written(join_path(path, *nearest))) {
    origins_.record_failure(join_path(path, *nearest), place(position));
  }
  if (!nearest) distrust_choices(position, path, type);
  const std::string whole = type.name() == "Job" ? "the job" : "the sweep";
  const std::string where = path.empty() ? whole : path;
  const std::string help = nearest         ? fmt::format("did you mean \"{}\"?", *nearest)
                           : names.empty() ? std::string("it has no fields")
                                           : fmt::format("its fields: {}", fmt::join(names, ", "));
  problems_.add(place(position), fmt::format("no field \"{}\" in {}; {}", name, where, help));
}

// A word that nothing resembles may stand for any member of a choice that is not made yet.
void MessageBuilder::distrust_choices(TextPosition position, const std::string& path,
                                      const pb::Descriptor& type) {
  for (int i = 0; i < type.oneof_decl_count(); ++i) {
    const pb::OneofDescriptor& choice = *type.oneof_decl(i);
    std::vector<std::string> members;
    members.reserve(static_cast<std::size_t>(choice.field_count()));
    for (int k = 0; k < choice.field_count(); ++k) {
      members.push_back(join_path(path, choice.field(k)->name()));
    }
    const auto written = [&](const std::string& member) { return origins_.written(member); };
    if (std::ranges::any_of(members, written)) continue;
    for (const std::string& member : members) origins_.record_failure(member, place(position));
  }
}

bool MessageBuilder::check_first(const pb::FieldDescriptor& field, const std::string& parent,
                                 TextPosition position) {
  const std::string path = join_path(parent, field.name());
  if (origins_.written(path) && !origins_.failed(path)) {
    problems_.add(place(position), fmt::format("{} is given again (first at {}); remove one", path,
                                               describe(origins_.place_of(path))));
    return false;
  }
  const pb::OneofDescriptor* oneof = field.containing_oneof();
  if (oneof == nullptr) return true;
  for (int i = 0; i < oneof->field_count(); ++i) {
    const std::string other = join_path(parent, oneof->field(i)->name());
    if (!origins_.written(other) || origins_.failed(other)) continue;
    problems_.add(place(position), fmt::format("{} excludes {} (given at {}); remove one", path,
                                               other, describe(origins_.place_of(other))));
    return false;
  }
  return true;
}

Place MessageBuilder::place(TextPosition position) const {
  return {position.line, position.column, override_text_};
}

}  // namespace lockstep
