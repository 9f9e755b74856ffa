#pragma once
// A checkpoint as text for people.

#include <string>

#include "checkpoint/checkpoint.h"

namespace lockstep {

// Several lines: facts of the header; tables of tensors, optimizer slots and
// normalization with shape, Frobenius norm (a sum in double, in order), smallest and
// largest value; and the resolved job at the end.
std::string describe_checkpoint(const Checkpoint& checkpoint);

}  // namespace lockstep
