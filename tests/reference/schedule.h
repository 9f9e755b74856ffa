#pragma once

#include <cstddef>

#include "reference/job.h"

namespace reference {

// The factor on the learning rate of step k (from 0) of `steps`, with `per_epoch` in an epoch.
double schedule_factor(const ScheduleConstants& schedule, std::size_t k, std::size_t per_epoch,
                       std::size_t steps);

}  // namespace reference
