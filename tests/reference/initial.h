#pragma once

#include "reference/network.h"

namespace reference {

// The parameters before the first step.
Parameters initial_parameters(const Job& job, std::size_t features);

}  // namespace reference
