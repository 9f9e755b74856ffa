#pragma once
// How much of the exchange of gradients a backward pass hides: the sums of a bucket travel while
// those of earlier layers are computed. Pure.

#include "comm/ownership.h"
#include "nn/spec.h"

namespace lockstep {

// Seconds of the exchange of sums, which takes `exchange_seconds` for all parameters, that pass
// before the end of the passes, which take `pass_seconds`, on a rank that is alone on its host.
double hidden_seconds(const NetworkSpec& network, const Ownership& ownership, double pass_seconds,
                      double exchange_seconds);

}  // namespace lockstep
