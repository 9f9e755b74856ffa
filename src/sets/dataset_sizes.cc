#include "sets/dataset_sizes.h"

#include "data/open.h"
#include "data/source.h"
#include "sets/build_augmentation.h"
#include "sets/checked_labels.h"
#include "sets/open_like.h"
#include "sets/partition.h"

namespace lockstep {

DatasetSizes dataset_sizes(const Job& job) {
  const auto train = open_source(job.data.train);
  const SourceInfo& info = train->info();
  check_label_width(info, job.network.output);
  DatasetSizes sizes;
  const auto take_notices = [&](const ExampleSource& source) {
    const std::vector<std::string>& notices = source.info().notices;
    sizes.notices.insert(sizes.notices.end(), notices.begin(), notices.end());
  };
  take_notices(*train);
  sizes.image = image_shape(job.data, info);
  sizes.table = info.table;
  (void)build_augmentation(job.data, info);  // throws if it cannot be done
  sizes.features = info.features;
  sizes.label_width = info.label_width;
  sizes.bytes_per_example = info.features * element_size(info.type) +
                            info.label_width * sizeof(float) + sizeof(std::uint32_t);
  PartSizes parts = split_sizes(job, SplitSource::train, *train);
  sizes.train = info.examples - parts.total();
  sizes.train_dev = parts.train_dev;
  sizes.bayes_error = info.bayes_error;
  if (job.data.held_out) {
    const auto held_out = open_like(*job.data.held_out, info);
    take_notices(*held_out);
    parts = split_sizes(job, SplitSource::held_out, *held_out);
    sizes.unused = held_out->info().examples - parts.total();
    if (parts.dev > 0) sizes.bayes_error = held_out->info().bayes_error;
  }
  const auto size_of = [&](const std::optional<DataSource>& own, std::uint64_t part,
                           bool serves_as_dev = false) {
    if (!own) return part;
    const auto source = open_like(*own, info);
    take_notices(*source);
    if (serves_as_dev) sizes.bayes_error = source->info().bayes_error;
    return source->info().examples;
  };
  sizes.dev = size_of(job.data.dev, parts.dev, true);
  sizes.test = size_of(job.data.test, parts.test);
  return sizes;
}

}  // namespace lockstep
