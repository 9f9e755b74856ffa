#pragma once
// Validation of the augmentation of images.

#include "config/value_checks.h"
#include "proto/job.pb.h"

namespace lockstep {

void check_augmentation(const ValueChecks& checks, const proto::Augmentation& augmentation);

}  // namespace lockstep
