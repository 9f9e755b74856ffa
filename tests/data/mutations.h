#pragma once
// Damaged copies of files, each a pure function of the content and a number.

#include <cstdint>
#include <string>

namespace lockstep {

// One of: some bits flipped; bytes replaced by extremes, as sizes in headers are
// (00, FF, 7F, 80, in runs of 1 to 8); a number in text replaced by an absurd one;
// a stretch removed, doubled, or replaced by another of the same content; cut
// short; or two of these, one after the other.
std::string mutated(const std::string& content, std::uint32_t variant);

}  // namespace lockstep
