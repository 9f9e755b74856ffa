#pragma once
// Opens sources of every format. To add a format, write its reader, describe it in
// data/spec.h and proto/job.proto, and add it to open.cc and config/to_data.cc.

#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>

#include "data/source.h"
#include "data/spec.h"

namespace lockstep {

// The number of features that examples must have, and its origin.
struct KnownFeatures {
  std::uint64_t count = 0;
  std::string given_by;  // "the training set has", for people
  // For tables: how the training table was read.
  std::shared_ptr<const FittedTable> table = nullptr;
};

// Opens the files of a source; throws as ExampleSource does. A format that does not
// state the number of features takes the known number, and a table other than the
// training table is read like it. For other formats the caller compares.
std::unique_ptr<ExampleSource> open_source(
    const DataSource& source, const std::optional<KnownFeatures>& known = std::nullopt);
// An opened source with the job's label coding and corruption applied.
std::unique_ptr<ExampleSource> as_configured(std::unique_ptr<ExampleSource> opened,
                                             const DataSource& source);

// Opens part `part` of `parts` of a source, without as_configured(). Returns null if
// its format is not read in parts.
std::unique_ptr<PartedSource> open_part(const DataSource& source,
                                        std::shared_ptr<const FittedTable> like, std::uint64_t part,
                                        std::uint64_t parts);

// The unlabelled examples of `input`, to predict, in the format and with the settings
// of `like`. Throws Error(usage) when that format has no files.
DataSource unlabelled_source(const DataSource& like, const std::filesystem::path& input);

// The labelled examples of `input`, to score, in the format and with the settings of `like`, but
// without its corruption. `labels`: their labels, for formats that have them in a file of their
// own; otherwise empty. Throws Error(usage) when that format has no files, when it needs `labels`,
// or when it has no use for them.
DataSource labelled_source(const DataSource& like, const std::filesystem::path& input,
                           const std::filesystem::path& labels);

}  // namespace lockstep
