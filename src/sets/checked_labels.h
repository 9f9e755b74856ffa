#pragma once
// Checks the labels of a source against the network's output before anything is trained. Nothing
// here communicates.

#include <span>
#include <vector>

#include "config/job.h"
#include "data/labels.h"
#include "data/source.h"

namespace lockstep {

// Checks that a label of the source, as its header describes it, suits `output`: that it has as
// many values as the loss needs, and that there are as many class names as classes. Throws
// Error(data).
void check_label_width(const SourceInfo& info, const OutputConfig& output);

// Checks labels, [examples, label_width] of `info`, as checked_labels() does. `places`: those of
// the examples.
void check_labels(std::span<const float> labels, const SourceInfo& info, const OutputConfig& output,
                  const RowPlaces& places);

// All labels of a source, in order. If the source guarantees its classes, they are not read unless
// `wanted`, because they may not fit into memory. Throws Error(data), with the place of the first
// bad label and the remedy, when labels, their number for each example or the names of classes do
// not suit `output`.
std::vector<float> checked_labels(ExampleSource& source, const OutputConfig& output, bool wanted);

}  // namespace lockstep
