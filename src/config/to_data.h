#pragma once

#include "config/job.h"

namespace lockstep {

namespace proto {
class Data;
}

// Converts the data section of a validated job with every default filled in.
DataConfig to_data(const proto::Data& data);

}  // namespace lockstep
