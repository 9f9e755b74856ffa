#pragma once
// Everything in a checkpoint but its arrays, as the message at the start of its file. A new member
// of Checkpoint is added here, in both directions, and in proto/checkpoint.proto.

#include <cstdint>
#include <string>

#include "checkpoint/checkpoint.h"

namespace lockstep {

namespace proto {
class CheckpointHeader;
}

// `parameters` and `weights_digest` describe the weights, which may be elsewhere.
proto::CheckpointHeader header_of(const Checkpoint& checkpoint, std::uint64_t parameters,
                                  const std::string& weights_digest);

// The checkpoint without its arrays, and with the version of the format that this build writes.
Checkpoint checkpoint_of(const proto::CheckpointHeader& header);

// The same message as bytes, which other ranks can take.
std::string header_bytes(const Checkpoint& checkpoint);
Checkpoint checkpoint_of_bytes(const std::string& header_bytes);

}  // namespace lockstep
