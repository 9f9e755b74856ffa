#pragma once
// The signal flow of a network as a table for people.

#include <string>

#include "records/flow.h"

namespace lockstep {

// A text with one line for each layer, and the verdict.
std::string flow_text(const FlowRecord& record);

}  // namespace lockstep
