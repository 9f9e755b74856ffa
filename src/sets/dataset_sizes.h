#pragma once
// Finds how large the sets of a job are, without reading the examples.

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "config/job.h"
#include "data/table.h"

namespace lockstep {

// Number of examples of each set of a job. Opens the sources' files and reads their headers only
// (everything except the values for tables), and the groups if the split is by group. Does not
// communicate.
struct DatasetSizes {
  std::uint64_t features = 0;
  std::uint64_t label_width = 0;
  std::uint64_t bytes_per_example = 0;  // in memory, label and number included
  std::uint64_t train = 0;
  std::uint64_t dev = 0;
  std::uint64_t test = 0;
  std::optional<ImageShape> image = std::nullopt;  // if it is known
  std::uint64_t train_dev = 0;
  std::uint64_t unused = 0;  // examples of data.held_out that are neither in dev nor in test
  // The best possible error (1.2) on the source of dev (without a dev set: of train), if the
  // source knows it.
  std::optional<double> bayes_error = std::nullopt;
  std::shared_ptr<const FittedTable> table = nullptr;
  std::vector<std::string> notices = {};  // notices of the sources, see SourceInfo
};
DatasetSizes dataset_sizes(const Job& job);

}  // namespace lockstep
