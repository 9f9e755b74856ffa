#include "sets/checked_labels.h"

#include <cstdint>
#include <span>
#include <string>

#include <fmt/format.h>

#include "base/error.h"
#include "data/labels.h"

namespace lockstep {
namespace {

// The number of class names must suit the network's output.
void check_class_names(const SourceInfo& info, const OutputConfig& output) {
  if (info.table == nullptr || info.table->schema.class_names.empty()) return;
  const std::vector<std::string>& names = info.table->schema.class_names;
  const auto fail = [&](const std::string& remedy) {
    throw Error(
        ExitCode::data,
        fmt::format("{}: {} class{} ({}), but network.output has {} unit{}; {}", info.labels_name,
                    names.size(), names.size() == 1 ? "" : "es", quoted_names(names), output.units,
                    output.units == 1 ? "" : "s", remedy));
  };
  if (output.units == 1 && predicts_values(output.loss)) {
    fail("class names need SOFTMAX_CROSS_ENTROPY, or LOGISTIC where there are two");
  }
  const std::uint64_t expected = output.units == 1 ? 2 : output.units;
  if (names.size() != expected) {
    fail(names.size() == 1 ? "with one class there is nothing to learn"
                           : fmt::format("set network.output.units to {}", names.size()));
  }
}

// Checks the labels of a source that guarantees its classes.
void check_known_classes(std::uint64_t classes, const std::string& source,
                         const OutputConfig& output) {
  const bool values = predicts_values(output.loss) && output.units == 1;
  const std::uint64_t most = output.units == 1 ? 2 : output.units;
  if (values || classes <= most) return;
  throw Error(ExitCode::data, fmt::format("{} has {} classes; the network has {} output{}", source,
                                          classes, output.units, output.units == 1 ? "" : "s"));
}

}  // namespace

void check_label_width(const SourceInfo& info, const OutputConfig& output) {
  check_class_names(info, output);
  const std::uint64_t width = info.label_width;
  if (width != 1 && output.loss == Loss::softmax_cross_entropy) {
    throw Error(ExitCode::data,
                fmt::format("{}: {} values per label; softmax needs one class number each",
                            info.labels_name, width));
  }
  if (width != 1 && width != output.units) {
    throw Error(ExitCode::data, fmt::format("{}: {} values per label; the network has {} outputs",
                                            info.labels_name, width, output.units));
  }
}

void check_labels(std::span<const float> labels, const SourceInfo& info, const OutputConfig& output,
                  const RowPlaces& places) {
  const std::uint64_t width = info.label_width;
  check_label_width(info, output);
  switch (output.loss) {
    case Loss::softmax_cross_entropy:
      return check_class_labels(labels, output.units, info.labels_name, places);
    case Loss::logistic:
      if (width == 1 && output.units > 1) {
        return check_class_labels(labels, output.units, info.labels_name, places);
      }
      return check_binary_targets(labels, width, info.labels_name, places);
    case Loss::squared_error:
    case Loss::absolute_error:
    case Loss::huber:
      if (width == 1 && output.units > 1) {
        return check_class_labels(labels, output.units, info.labels_name, places);
      }
  }
}

std::vector<float> checked_labels(ExampleSource& source, const OutputConfig& output, bool wanted) {
  const SourceInfo& info = source.info();
  if (info.classes) {
    check_known_classes(*info.classes, info.labels_name, output);
    return wanted ? source.read_labels() : std::vector<float>();
  }
  std::vector<float> labels = source.read_labels();
  check_labels(labels, info, output,
               [&](std::span<const std::uint64_t> rows) { return source.places(rows); });
  return labels;
}

}  // namespace lockstep
