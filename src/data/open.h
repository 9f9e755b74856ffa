#pragma once
// Opens sources of every format. To add a format, write its reader, describe it in
// data/spec.h and proto/job.proto, and give it its lines in open.cc and config/to_data.cc.

#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>

#include "data/source.h"
#include "data/spec.h"

namespace lockstep {

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

// The examples of `input` without labels, in the format and with the settings
// of `like`: what predictions are made for. Throws Error(usage) when that format
// has no files.
DataSource unlabelled_source(const DataSource& like, const std::filesystem::path& input);

}  // namespace lockstep
