#pragma once
// "--set path=value": one field of a job set from the command line.

#include <string>

#include "config/origins.h"
#include "config/problems.h"

namespace google::protobuf {
class Message;
}

namespace lockstep {

// Applies `assignment`, such as "optimizer.adam.learning_rate=0.01",
// "network.layer[0].units=64" or "early_stopping={}", to `job`. It replaces
// what was there; where fields exclude each other, the others are dropped.
// Messages on the way are created, and a list grows by
// "network.layer[N]={units: 64}" when it has N elements. A string may stand without
// quotes. A section is removed by "none", as in "early_stopping=none". [*] is every element of a
// list, as in "network.layer[*].keep_prob=0.8"; a list without index is replaced as a whole:
// "network.layer=[{units: 64}, {units: 32}]".
void apply_override(const std::string& assignment, google::protobuf::Message& job, Origins& origins,
                    Problems& problems);

}  // namespace lockstep
