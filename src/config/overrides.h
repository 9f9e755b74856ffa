#pragma once
// "--set path=value": sets one field of a job from the command line.

#include <string>

#include "config/origins.h"
#include "config/problems.h"

namespace google::protobuf {
class Message;
}

namespace lockstep {

// Applies `assignment`, such as "optimizer.adam.learning_rate=0.01",
// "network.layer[0].units=64" or "early_stopping={}", to `job`. It replaces the previous
// value; if fields exclude each other, the others are dropped. Absent messages on the path
// are created, and "network.layer[N]={units: 64}" appends to a list of N elements. Strings
// need no quotes. "none" removes a section, as in "early_stopping=none". [*] means every
// element of a list, as in "network.layer[*].keep_prob=0.8". A list without index is
// replaced as a whole: "network.layer=[{units: 64}, {units: 32}]".
void apply_override(const std::string& assignment, google::protobuf::Message& job, Origins& origins,
                    Problems& problems);

}  // namespace lockstep
