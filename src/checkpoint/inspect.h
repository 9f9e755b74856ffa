#pragma once
// A checkpoint for people to read.

#include <string>

#include "checkpoint/checkpoint.h"

namespace lockstep {

// Facts of the header; a table of tensors with shape, Frobenius norm (a sum in
// double, in order), smallest and largest value; optimizer slots and
// normalisation likewise; the resolved job at the end. Several lines.
std::string describe_checkpoint(const Checkpoint& checkpoint);

}  // namespace lockstep
