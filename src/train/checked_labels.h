#pragma once
// The labels of a source, checked against the network's output before anything is
// trained. Nothing here communicates.

#include <vector>

#include "config/job.h"
#include "data/source.h"

namespace lockstep {

// Whether a label of the source, as its header describes it, suits `output`: as many
// values as the loss needs, as many class names as there are classes. Throws Error(data).
void check_label_width(const SourceInfo& info, const OutputConfig& output);

// All labels of a source, in order. Where the source vouches for its classes they are
// not even read, unless `wanted`: there may be more of them than memory holds.
// Throws Error(data), with the place of the first bad one and the remedy, when
// labels, their number for each example or the names of classes do not suit `output`.
std::vector<float> checked_labels(ExampleSource& source, const OutputConfig& output, bool wanted);

}  // namespace lockstep
