#pragma once
// Rows of equal size in a stream: all rows are read, and some are kept.

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <span>

#include "base/digest.h"
#include "data/byte_stream.h"

namespace lockstep {

// Rows to keep, ascending and distinct; nothing: all rows.
using OptionalIds = std::optional<std::span<const std::uint32_t>>;

// Called with the position of a chunk in the stream, counted from where reading
// began, and its bytes. Every chunk except the last is a multiple of 8 bytes.
using ChunkVisitor = std::function<void(std::uint64_t begin, std::span<const std::byte> bytes)>;

// Reads `stream` to its end and adds it to `digest`. Returns the number of bytes
// read.
std::uint64_t read_chunks(ByteStream& stream, Digest& digest, const ChunkVisitor& visit);

struct RowSizes {
  std::uint64_t rows = 0;
  std::uint64_t row_bytes = 0;
};

// Called for each piece of a kept row with the row's index among the kept rows, the
// piece's position in the row, and its bytes. In rows of values of 2, 4 or 8 bytes, no
// piece ends within a value, unless the stream does.
using RowVisitor =
    std::function<void(std::uint64_t kept, std::uint64_t offset, std::span<const std::byte> bytes)>;

// Reads `stream`, which should hold these rows and nothing else, to its end and adds it
// to `digest`. Returns the number of bytes read, which the caller compares.
std::uint64_t read_rows(ByteStream& stream, Digest& digest, const RowSizes& sizes, OptionalIds ids,
                        const RowVisitor& visit);

}  // namespace lockstep
