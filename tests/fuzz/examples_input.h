#pragma once
// Reads files of examples in every way in which training and predictions do.

#include <cstddef>
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

// The way, of so many, that the first byte of `input` chooses: 'a' is the first, 'b' the second,
// and so on. There is a first byte.
std::size_t chosen_way(std::string_view input, std::size_t ways);

// Writes `text` to `file` and reads the source. Aborts if what it gives is not what ExampleSource
// promises.
void read_examples_of(std::string_view text, const MemoryFile& file, const ReadingWay& way);

// The same with all but the first byte of `input`, in the way that this byte chooses.
void read_examples(std::string_view input, const MemoryFile& file,
                   std::span<const ReadingWay> ways);

}  // namespace lockstep
