#pragma once
// Rows of equal size in a stream: all of them are read, some are kept.

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

// Called with the position of some bytes in the stream, counted from where
// reading began, and the bytes. All but the last are a multiple of 8 bytes.
using ChunkVisitor = std::function<void(std::uint64_t begin, std::span<const std::byte> bytes)>;

// Reads `stream` to its end and adds it to `digest`. Returns how many bytes
// there were.
std::uint64_t read_chunks(ByteStream& stream, Digest& digest, const ChunkVisitor& visit);

struct RowLayout {
  std::uint64_t rows = 0;
  std::uint64_t row_bytes = 0;
};

// Called with the number of a kept row among those kept, a position in that row,
// and the bytes from there; part after part. No part cuts a value of 2, 4 or 8
// bytes in rows of such values, unless the stream ends within it.
using RowVisitor =
    std::function<void(std::uint64_t kept, std::uint64_t offset, std::span<const std::byte> bytes)>;

// Reads `stream`, which should hold these rows and nothing else, to its end and
// adds it to `digest`. Returns how many bytes there were: the caller compares.
std::uint64_t read_rows(ByteStream& stream, Digest& digest, const RowLayout& layout,
                        OptionalIds ids, const RowVisitor& visit);

}  // namespace lockstep
