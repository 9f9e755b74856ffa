#pragma once
// Makes a job explicit: writes the defaults of everything that the file omits into it.

#include <filesystem>

namespace google::protobuf {
class Message;
}
namespace lockstep::proto {
class Job;
}

namespace lockstep {

// Sets every default of proto/job.proto: scalars get their [default = ...]; absent
// sections that consist of defaults, standardized inputs and the constant schedule are
// added; AUTO of initializers and targets becomes what it stands for; absent shards are chosen by
// the batch; and a layer's own `regularization` gets the lambda that it leaves to the job.
// Sections whose presence has a meaning (early_stopping, data.dev) or is required (network,
// optimizer) are not added.
void fill_defaults(proto::Job& job);

// Sets every absent scalar that has a [default = ...], in this message and those
// it contains.
void fill_scalar_defaults(google::protobuf::Message& message);
// Replaces each layer with `repeat: N` by N layers.
void expand_repeated_layers(proto::Job& job);

// Makes the paths of data files absolute; they are relative to `base_dir`.
void make_paths_absolute(proto::Job& job, const std::filesystem::path& base_dir);

}  // namespace lockstep
