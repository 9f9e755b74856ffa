#pragma once
// From the job's settings to the values that nn and optim work with.

#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>

#include "config/job.h"
#include "data/source.h"
#include "nn/regularizer.h"
#include "nn/spec.h"

namespace lockstep {

// The network of a job for examples with so many features.
NetworkSpec build_network(const NetworkConfig& config, std::uint64_t features);

RegularizationSpec build_regularization(const Job& job);

// The number of features that examples must have, and who says so.
struct KnownFeatures {
  std::uint64_t count = 0;
  std::string given_by;  // "the training set has", for people
  // Of tables: how the training one was read.
  std::shared_ptr<const FittedTable> table = nullptr;
};

// Opens the files of a source; throws as ExampleSource does. A format that does
// not say how many features there are takes the known number, and another table than
// the training one is read as that was; others are left for the caller to compare.
std::unique_ptr<ExampleSource> open_source(
    const DataSource& source, const std::optional<KnownFeatures>& known = std::nullopt);
// An opened source with what the job says of its labels and damage.
std::unique_ptr<ExampleSource> as_configured(std::unique_ptr<ExampleSource> opened,
                                             const DataSource& source);

// Opens part `part` of `parts` of a source, not yet as_configured(); null when its
// format is not read in parts.
std::unique_ptr<PartedSource> open_part(const DataSource& source,
                                        std::shared_ptr<const FittedTable> like, std::uint64_t part,
                                        std::uint64_t parts);

// What a job says of its tables.
TableRules table_rules(const TableConfig& config);

// The examples of `input` without labels, in the format and with the settings
// of `like`: what predictions are made for. Throws Error(usage) when that format
// has no files.
DataSource unlabelled_source(const DataSource& like, const std::filesystem::path& input);

}  // namespace lockstep
