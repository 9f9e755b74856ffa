#pragma once
// What the inputs of examples are, as digests that are compared instead of them. Two examples are
// copies of each other when their inputs are equal as the network gets them: in float, where -0
// equals 0. A missing value equals a missing value. Labels do not count.

#include <cstdint>
#include <span>
#include <vector>

#include "base/digest.h"
#include "data/examples.h"

namespace lockstep {

// The digest of the inputs of each example, before missing values are filled in and before
// normalization. [examples]
std::vector<WideDigest> contents_of(const Examples& examples);

// The digest of the labels of each example, in the same way. [examples]
std::vector<WideDigest> label_contents_of(const Examples& examples);

// Numbers the copies as groups: the group of an example is the number of the first example with
// the same content. [contents.size()]
std::vector<std::uint64_t> groups_of_copies(std::span<const WideDigest> contents);

}  // namespace lockstep
