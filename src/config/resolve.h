#pragma once
// Makes a job explicit: what the file left to defaults is written into it.

#include <filesystem>

namespace lockstep::proto {
class Job;
}

namespace lockstep {

// Sets every default of proto/job.proto: scalars to their [default = ...],
// absent sections that consist of defaults, standardised inputs, the constant
// schedule, the initializer AUTO to the kind that it stands for, and in a
// layer's own `regularization` the lambda that it leaves to the job. Sections
// whose presence means something (early_stopping, data.dev) or is required
// (network, optimizer) are not added.
void fill_defaults(proto::Job& job);

// Writes a layer that stands for several (`repeat`) as so many layers.
void expand_repeated_layers(proto::Job& job);

// Makes the paths of data files absolute; relative ones are taken from
// `base_dir`.
void make_paths_absolute(proto::Job& job, const std::filesystem::path& base_dir);

}  // namespace lockstep
