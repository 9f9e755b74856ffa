#pragma once

#include "optim/optimizer.h"
#include "optim/schedule.h"

namespace lockstep {

namespace proto {
class Optimizer;
class Schedule;
}  // namespace proto

// Converts the optimizer of a validated job with every default filled in.
Optimizer to_optimizer(const proto::Optimizer& optimizer);
LearningRateSchedule to_schedule(const proto::Schedule& schedule);

}  // namespace lockstep
