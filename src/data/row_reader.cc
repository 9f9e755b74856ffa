#include "data/row_reader.h"

#include <algorithm>
#include <vector>

namespace lockstep {

std::uint64_t read_chunks(ByteStream& stream, Digest& digest, const ChunkVisitor& visit) {
  constexpr std::size_t kChunkBytes = std::size_t{1} << 18;
  std::vector<std::byte> chunk(kChunkBytes);
  std::uint64_t begin = 0;
  while (true) {
    const std::size_t got = stream.read(chunk);
    if (got == 0) return begin;
    const auto bytes = std::span<const std::byte>(chunk).first(got);
    digest.add(bytes);
    visit(begin, bytes);
    begin += got;
  }
}

std::uint64_t read_rows(ByteStream& stream, Digest& digest, const RowSizes& sizes, OptionalIds ids,
                        const RowVisitor& visit) {
  const std::uint64_t kept_rows = ids ? ids->size() : sizes.rows;
  std::uint64_t kept = 0;  // rows kept whole
  return read_chunks(stream, digest, [&](std::uint64_t begin, std::span<const std::byte> bytes) {
    const std::uint64_t end = begin + bytes.size();
    for (; kept < kept_rows; ++kept) {
      const std::uint64_t row = ids ? std::uint64_t{(*ids)[kept]} : kept;
      const std::uint64_t row_begin = row * sizes.row_bytes;
      const std::uint64_t row_end = row_begin + sizes.row_bytes;
      const std::uint64_t from = std::max(row_begin, begin);
      const std::uint64_t to = std::min(row_end, end);
      if (from < to) visit(kept, from - row_begin, bytes.subspan(from - begin, to - from));
      if (end < row_end) break;
    }
  });
}

}  // namespace lockstep
