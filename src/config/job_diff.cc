#include "config/job_diff.h"

#include <algorithm>

#include <fmt/format.h>
#include <google/protobuf/descriptor.h>
#include <google/protobuf/message.h>
#include <google/protobuf/text_format.h>

#include "base/error.h"
#include "config/job_file.h"
#include "config/message_builder.h"
#include "config/origins.h"
#include "config/problems.h"
#include "config/text_tree.h"
#include "proto/job.pb.h"

namespace lockstep {

namespace pb = google::protobuf;

namespace {

constexpr const char* kAbsent = "(absent)";

proto::Job read(std::string_view text) {
  Problems problems(kResolvedJob);
  Origins origins;
  proto::Job job;
  const TextTree tree = parse_text_tree(text);
  MessageBuilder(origins, problems).set_fields(tree.fields, "", job);
  if (tree.error) {
    const auto& [position, message] = *tree.error;
    problems.add({position.line, position.column, {}}, message);
  }
  try {
    problems.throw_if_any();
  } catch (const Error& error) {
    throw Error(ExitCode::data, fmt::format("the job was written by another version of Lockstep or "
                                            "is damaged:\n{}",
                                            error.what()));
  }
  // Older builds had only targets as they are given.
  if (!job.data().has_targets()) job.mutable_data()->set_targets(proto::Data::AS_GIVEN);
  return job;
}

// A null message is absent on that side.
int size_of(const pb::Message* message, const pb::FieldDescriptor& field) {
  return message == nullptr ? 0 : message->GetReflection()->FieldSize(*message, &field);
}

const pb::Message* element_of(const pb::Message* message, const pb::FieldDescriptor& field,
                              int index) {
  if (index >= size_of(message, field)) return nullptr;
  return &message->GetReflection()->GetRepeatedMessage(*message, &field, index);
}

const pb::Message* child_of(const pb::Message* message, const pb::FieldDescriptor& field) {
  if (message == nullptr || !message->GetReflection()->HasField(*message, &field)) return nullptr;
  return &message->GetReflection()->GetMessage(*message, &field);
}

std::string scalar_of(const pb::Message* message, const pb::FieldDescriptor& field) {
  if (message == nullptr) return kAbsent;
  if (!message->GetReflection()->HasField(*message, &field) && !field.has_default_value()) {
    return kAbsent;
  }
  std::string text;
  pb::TextFormat::PrintFieldValueToString(*message, &field, -1, &text);
  return text;
}

class Comparison {
 public:
  std::vector<FieldDifference> differences;

  // At least one of `a` and `b` is not null; both have type `type`.
  void compare(const pb::Descriptor& type, const pb::Message* a, const pb::Message* b,
               const std::string& path) {
    const std::size_t before = differences.size();
    for (int i = 0; i < type.field_count(); ++i) {
      const pb::FieldDescriptor& field = *type.field(i);
      const std::string field_path = join_path(path, field.name());
      if (field.is_repeated()) {
        const int size = std::max(size_of(a, field), size_of(b, field));
        for (int k = 0; k < size; ++k) {
          compare(*field.message_type(), element_of(a, field, k), element_of(b, field, k),
                  fmt::format("{}[{}]", field_path, k));
        }
      } else if (field.cpp_type() == pb::FieldDescriptor::CPPTYPE_MESSAGE) {
        const pb::Message* child_a = child_of(a, field);
        const pb::Message* child_b = child_of(b, field);
        if (child_a != nullptr || child_b != nullptr) {
          compare(*field.message_type(), child_a, child_b, field_path);
        }
      } else {
        add(field_path, scalar_of(a, field), scalar_of(b, field));
      }
    }
    // A message without fields, such as `constant { }`.
    const bool one_sided = (a == nullptr) != (b == nullptr);
    if (one_sided && differences.size() == before) {
      add(path, a == nullptr ? kAbsent : "{}", b == nullptr ? kAbsent : "{}");
    }
  }

 private:
  void add(const std::string& path, const std::string& value_a, const std::string& value_b) {
    if (value_a != value_b) differences.push_back({path, value_a, value_b});
  }
};

}  // namespace

std::vector<FieldDifference> diff_jobs(std::string_view resolved_a, std::string_view resolved_b) {
  const proto::Job a = read(resolved_a);
  const proto::Job b = read(resolved_b);
  Comparison comparison;
  comparison.compare(*proto::Job::descriptor(), &a, &b, "");
  return std::move(comparison.differences);
}

}  // namespace lockstep
