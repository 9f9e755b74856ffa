#pragma once
// The part of validation that looks at images and their augmentation.

#include "config/value_checks.h"
#include "proto/job.pb.h"

namespace lockstep {

void check_image(const ValueChecks& checks, const proto::Image& image);
void check_augmentation(const ValueChecks& checks, const proto::Augmentation& augmentation);

}  // namespace lockstep
