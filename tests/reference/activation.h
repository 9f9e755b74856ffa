#pragma once

#include "reference/job.h"

namespace reference {

struct Activated {
  float value;
  float slope;
};

// g(z) and g'(z).
Activated activate(Activation activation, float z);

}  // namespace reference
