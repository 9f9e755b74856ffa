#include "config/validate_augmentation.h"

#include <cmath>
#include <string>
#include <vector>

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <google/protobuf/descriptor.h>

namespace lockstep {

namespace pb = google::protobuf;

namespace {

// Checks the end of a range whose beginning is at `low_path`.
void check_not_below(const ValueChecks& checks, const std::string& path, double value,
                     const std::string& low_path, double low) {
  if (!checks.trusted(low_path) || !checks.trusted(path)) return;
  if (!std::isfinite(value) || !std::isfinite(low)) return;  // reported already
  checks.require(value >= low, path, fmt::to_string(value),
                 fmt::format("at least {}, which is {}", low_path, low));
}

void check_value_range(const ValueChecks& checks, const proto::Augmentation::ValueRange& range,
                       const std::string& path) {
  if (!range.has_low() || !range.has_high()) return;
  if (!std::isfinite(range.low()) || !std::isfinite(range.high())) return;
  checks.require(static_cast<float>(range.low()) < static_cast<float>(range.high()), path + ".high",
                 fmt::to_string(range.high()),
                 fmt::format("above {}.low, which is {}", path, range.low()));
}

// The fields that are transforms: those with a probability.
std::vector<const pb::FieldDescriptor*> transform_fields() {
  const pb::Descriptor& type = *proto::Augmentation::descriptor();
  std::vector<const pb::FieldDescriptor*> fields;
  for (int i = 0; i < type.field_count(); ++i) {
    const pb::Descriptor* message = type.field(i)->message_type();
    if (message != nullptr && message->FindFieldByName("probability") != nullptr) {
      fields.push_back(type.field(i));
    }
  }
  return fields;
}

}  // namespace

void check_augmentation(const ValueChecks& checks, const proto::Augmentation& augmentation) {
  const std::string root = "data.augmentation";
  bool any = false;
  std::vector<std::string> transforms;
  for (const pb::FieldDescriptor* field : transform_fields()) {
    transforms.push_back(field->name());
    any = any || augmentation.GetReflection()->HasField(augmentation, field) ||
          !checks.trusted(root + "." + field->name());
  }
  if (!any) {
    checks.complain(root, fmt::format("{} has no transform; expected some of {}", root,
                                      fmt::join(transforms, ", ")));
  }
  const proto::Augmentation& a = augmentation;
  const auto check_pair = [&](const std::string& low_path, double low, const std::string& path,
                              double value) {
    check_not_below(checks, root + path, value, root + low_path, low);
  };
  if (a.has_crop()) {
    check_pair(".crop.min_side", a.crop().min_side(), ".crop.max_side", a.crop().max_side());
  }
  if (a.has_zoom()) {
    check_pair(".zoom.min_factor", a.zoom().min_factor(), ".zoom.max_factor",
               a.zoom().max_factor());
  }
  if (a.has_erasing()) {
    check_pair(".erasing.min_area", a.erasing().min_area(), ".erasing.max_area",
               a.erasing().max_area());
  }
  if (a.has_value_range()) check_value_range(checks, a.value_range(), root + ".value_range");
}

}  // namespace lockstep
