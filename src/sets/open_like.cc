#include "sets/open_like.h"

#include <cstdint>
#include <string>

#include <fmt/format.h>

#include "base/error.h"
#include "data/open.h"

namespace lockstep {

void require_same_image(const SourceInfo& info, const std::optional<ImageShape>& expected,
                        const char* whose) {
  if (!expected || !info.image || *info.image == *expected) return;
  const auto text = [](const ImageShape& image) {
    return fmt::format("{} x {} x {}", image.channels, image.height, image.width);
  };
  throw Error(ExitCode::data, fmt::format("{}: images of {} (channels, height, width); {} {}",
                                          info.name, text(*info.image), whose, text(*expected)));
}

std::unique_ptr<ExampleSource> open_like(const DataSource& config, const SourceInfo& train) {
  auto source =
      open_source(config, KnownFeatures{train.features, "the training set has", train.table});
  const SourceInfo& info = source->info();
  const auto require_same_count = [&](std::uint64_t count, std::uint64_t of_train, const char* what,
                                      const std::string& name) {
    if (count == of_train) return;
    throw Error(ExitCode::data,
                fmt::format("{}: {} {}; the training set has {}", name, count, what, of_train));
  };
  require_same_count(info.features, train.features, "features per example", info.name);
  require_same_image(info, train.image, "the training set has");
  require_same_count(info.label_width, train.label_width, "values per label", info.labels_name);
  return source;
}

std::unique_ptr<ExampleSource> open_for_model(const DataSource& config, const SavedModel& model) {
  const std::uint64_t features = size_of(model.network.spec().input);
  auto source = open_source(config, KnownFeatures{features, "the model has"});
  const SourceInfo& info = source->info();
  if (info.features != features) {
    throw Error(ExitCode::data, fmt::format("{}: {} features per example; the model has {}",
                                            info.name, info.features, features));
  }
  require_same_image(info, model.image, "the model has");
  return source;
}

}  // namespace lockstep
