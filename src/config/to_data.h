#pragma once

#include "config/job.h"

namespace lockstep {

namespace proto {
class Data;
}

// Of a validated job with every default filled in.
DataConfig to_data(const proto::Data& data);

}  // namespace lockstep
