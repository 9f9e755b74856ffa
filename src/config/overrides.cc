#include "config/overrides.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <optional>
#include <string_view>
#include <system_error>

#include <fmt/format.h>
#include <google/protobuf/descriptor.h>
#include <google/protobuf/message.h>

#include "config/message_builder.h"
#include "config/text_tree.h"

namespace lockstep {

namespace pb = google::protobuf;

namespace {

// One part of a path: "layer[0]" is {"layer", 0}; "layer[*]" means every layer.
struct PathPart {
  std::string name;
  std::optional<int> index;
  bool every = false;
};

std::optional<PathPart> parse_part(std::string_view text) {
  const auto bracket = text.find('[');
  PathPart part{std::string(text.substr(0, bracket)), std::nullopt, false};
  if (part.name.empty()) return std::nullopt;
  if (bracket == std::string_view::npos) return part;
  if (text.substr(bracket) == "[*]") {
    part.every = true;
    return part;
  }
  int index = 0;
  const char* const end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data() + bracket + 1, end, index);
  if (error != std::errc() || index < 0 || std::string_view(stop, end) != "]") return std::nullopt;
  part.index = index;
  return part;
}

// Sections of a job that cannot be switched off by removing them.
struct NeverAbsent {
  std::string_view path;
  std::string_view instead;  // what to write to switch it off, or for its defaults
};
constexpr std::array<NeverAbsent, 5> kNeverAbsent = {{
    {"data.normalization", "data.normalization.none={}"},
    {"checkpointing", "checkpointing.enabled=false"},
    {"evaluation", "evaluation={}"},
    {"exchange", "exchange={}"},
    {"diagnosis", "diagnosis={}"},
}};

class Override {
 public:
  Override(const std::string& assignment, Origins& origins, Problems& problems)
      : assignment_(assignment),
        origins_(origins),
        problems_(problems),
        builder_(origins, problems, assignment) {}

  void apply(pb::Message& job) {
    const auto equals = assignment_.find('=');
    if (equals == std::string::npos) return report("expected path=value");
    walk(std::string_view(assignment_).substr(0, equals), assignment_.substr(equals + 1), "", &job);
  }

 private:
  // Follows `rest`, part by part, from `message`, whose path is `path`, and sets
  // the field at its end.
  void walk(std::string_view rest, const std::string& value, std::string path,
            pb::Message* message) {
    while (true) {
      const auto dot = rest.find('.');
      const bool last = dot == std::string_view::npos;
      const auto part = parse_part(rest.substr(0, dot));
      if (!part) {
        return report(
            fmt::format("\"{}\" is not a field name, or a name with an index as in "
                        "layer[0]",
                        rest.substr(0, dot)));
      }
      const pb::Descriptor& type = *message->GetDescriptor();
      const pb::FieldDescriptor* field = type.FindFieldByName(part->name);
      if (field == nullptr) return builder_.report_unknown(part->name, {}, path, type);
      const bool is_message = field->cpp_type() == pb::FieldDescriptor::CPPTYPE_MESSAGE;
      if (!last && !is_message) {
        return report(fmt::format("{} has no fields", join_path(path, part->name)));
      }
      if (field->is_repeated() && part->every) {
        return walk_every(last ? "" : rest.substr(dot + 1), value, *field, path, *message);
      }
      if (field->is_repeated() && !part->index && last && value.starts_with('[')) {
        return replace_list(value, *field, path, *message);
      }
      if (field->is_repeated()) {
        message = element(*part, *field, last, path, *message);
        if (message == nullptr) return;
        if (last) return replace(value, path, *message);
      } else {
        if (!check_no_index(*part, path)) return;
        if (last) return set(value, *field, path, *message);
        message = enter(*field, path, *message);
      }
      rest.remove_prefix(dot + 1);
    }
  }

  // Applies `rest` to every element of the repeated `field`; if it is empty, sets the
  // elements themselves.
  void walk_every(std::string_view rest, const std::string& value, const pb::FieldDescriptor& field,
                  const std::string& parent, pb::Message& message) {
    const pb::Reflection& reflection = *message.GetReflection();
    const std::string path = join_path(parent, field.name());
    const int size = reflection.FieldSize(message, &field);
    if (size == 0) return report(fmt::format("no {0}[*]; the job has none", path));
    for (int i = 0; i < size; ++i) {
      pb::Message& element = *reflection.MutableRepeatedMessage(&message, &field, i);
      const std::string element_path = fmt::format("{}[{}]", path, i);
      if (rest.empty()) {
        replace(value, element_path, element);
      } else {
        walk(rest, value, element_path, &element);
      }
    }
  }

  // Replaces all elements of a repeated field by those of "[{...}, {...}]".
  void replace_list(const std::string& value, const pb::FieldDescriptor& field,
                    const std::string& parent, pb::Message& message) {
    const std::string path = join_path(parent, field.name());
    const TextTree tree = parse_text_tree(field.name() + ": " + value);
    if (tree.error) return report(tree.error->message);
    if (tree.fields.size() != 1) return report(fmt::format("{} expects [{{ ... }}, ...]", path));
    origins_.forget(path, assignment_);
    origins_.record(path, place());
    message.GetReflection()->ClearField(&message, &field);
    builder_.set_fields(tree.fields, parent, message);
  }

  bool check_no_index(const PathPart& part, const std::string& parent) {
    if (!part.index && !part.every) return true;
    report(fmt::format("{} is not a list; remove [{}]", join_path(parent, part.name),
                       part.every ? "*" : std::to_string(*part.index)));
    return false;
  }

  // Returns the element that `part` names and appends it to `path`, or reports a problem
  // and returns null. Creates the element after the last one if a `whole` is to be set.
  pb::Message* element(const PathPart& part, const pb::FieldDescriptor& field, bool whole,
                       std::string& path, pb::Message& message) {
    path = join_path(path, part.name);
    const int size = message.GetReflection()->FieldSize(message, &field);
    if (whole && part.index == size) {
      path += fmt::format("[{}]", size);
      return message.GetReflection()->AddMessage(&message, &field);
    }
    if (part.index && *part.index < size) {
      path += fmt::format("[{}]", *part.index);
      return message.GetReflection()->MutableRepeatedMessage(&message, &field, *part.index);
    }
    const std::string allowed =
        size == 0 ? std::string("the job has none")
                  : fmt::format("the job has {0}[0] to {0}[{1}]", part.name, size - 1);
    report(part.index ? fmt::format("no {}[{}]; {}", path, *part.index, allowed)
                      : fmt::format("{} needs an index; {}", path, allowed));
    return nullptr;
  }

  // Returns the message in `field`, creating it if needed, and appends its name to `path`.
  pb::Message* enter(const pb::FieldDescriptor& field, std::string& path, pb::Message& message) {
    const pb::Reflection& reflection = *message.GetReflection();
    const bool is_new = !reflection.HasField(message, &field);
    if (is_new) forget_excluded(field, path);
    path = join_path(path, field.name());
    if (is_new) origins_.record_made(path, place());
    return reflection.MutableMessage(&message, &field);
  }

  void set(const std::string& value, const pb::FieldDescriptor& field, const std::string& parent,
           pb::Message& message) {
    if (value == "none" && field.cpp_type() == pb::FieldDescriptor::CPPTYPE_MESSAGE) {
      return remove(field, parent, message);
    }
    const auto parsed = parse_value(value, field);
    if (!parsed) return;
    forget_excluded(field, parent);
    const std::string path = join_path(parent, field.name());
    origins_.record(path, place());
    message.GetReflection()->ClearField(&message, &field);
    builder_.set_value(*parsed, field, path, message);
  }

  // Removes a section, which may be absent (value "none").
  void remove(const pb::FieldDescriptor& field, const std::string& parent, pb::Message& message) {
    const std::string path = join_path(parent, field.name());
    if (const auto* instead = std::ranges::find(kNeverAbsent, path, &NeverAbsent::path);
        instead != kNeverAbsent.end()) {
      return report(
          fmt::format("{0} cannot be none: its defaults apply when it is absent; write {1}", path,
                      instead->instead));
    }
    origins_.forget(path, assignment_);
    origins_.record_removed(path, place());
    message.GetReflection()->ClearField(&message, &field);
  }

  // Replaces a whole element of a repeated field.
  void replace(const std::string& value, const std::string& path, pb::Message& element) {
    const auto [parsed, error] = parse_text_value(value);
    if (error || parsed.kind != TextValue::Kind::message) {
      return report(fmt::format("{} expects {{ ... }}", path));
    }
    origins_.forget(path, assignment_);
    origins_.record(path, place());
    element.Clear();
    builder_.set_fields(parsed.fields, path, element);
  }

  std::optional<TextValue> parse_value(const std::string& value, const pb::FieldDescriptor& field) {
    const bool quoted = value.starts_with('"') || value.starts_with('\'');
    if (field.cpp_type() == pb::FieldDescriptor::CPPTYPE_STRING && !quoted) {
      TextValue bare;
      bare.kind = TextValue::Kind::string;
      bare.text = value;
      return bare;
    }
    auto [parsed, error] = parse_text_value(value);
    if (!error) return parsed;
    report(error->message);
    return std::nullopt;
  }

  // Forgets `field` and, if it belongs to a oneof, the members that it excludes.
  void forget_excluded(const pb::FieldDescriptor& field, const std::string& parent) {
    if (const pb::OneofDescriptor* oneof = field.containing_oneof()) {
      for (int i = 0; i < oneof->field_count(); ++i) {
        origins_.forget(join_path(parent, oneof->field(i)->name()), assignment_);
      }
    }
    origins_.forget(join_path(parent, field.name()), assignment_);
  }

  [[nodiscard]] Place place() const { return {1, 1, assignment_}; }
  void report(const std::string& message) { problems_.add(place(), message); }

  const std::string& assignment_;
  Origins& origins_;
  Problems& problems_;
  MessageBuilder builder_;
};

}  // namespace

void apply_override(const std::string& assignment, pb::Message& job, Origins& origins,
                    Problems& problems) {
  Override(assignment, origins, problems).apply(job);
}

}  // namespace lockstep
