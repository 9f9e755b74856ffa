#pragma once
// Makes a job explicit: what the file left to defaults is written into it.

#include <filesystem>

namespace google::protobuf {
class Message;
}
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

// Sets every absent scalar that has a [default = ...], in this message and those
// it contains.
void fill_scalar_defaults(google::protobuf::Message& message);
// Writes a layer that stands for several (`repeat`) as so many layers.
void expand_repeated_layers(proto::Job& job);

// Makes the paths of data files absolute; relative ones are taken from
// `base_dir`.
void make_paths_absolute(proto::Job& job, const std::filesystem::path& base_dir);

}  // namespace lockstep
