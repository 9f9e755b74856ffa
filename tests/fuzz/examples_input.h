#pragma once
// Reads files of examples in every way in which training and predictions do.

#include <optional>
#include <span>
#include <string_view>

#include "data/open.h"
#include "data/spec.h"
#include "memory_file.h"

namespace lockstep {

// A source with the fuzzed file in it, and what is known of its examples.
struct ReadingWay {
  DataSource source;
  std::optional<KnownFeatures> known = std::nullopt;
};

// Writes all but the first byte of `input` to `file` and reads the source of the way that the
// byte chooses: 'a' is the first of `ways`, 'b' the second, and so on. Aborts if what a source
// gives is not what ExampleSource promises.
void read_examples(std::string_view input, const MemoryFile& file,
                   std::span<const ReadingWay> ways);

}  // namespace lockstep
