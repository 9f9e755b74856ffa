#include "data/idx.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cstdint>
#include <vector>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "base/check.h"
#include "base/digest.h"
#include "data/byte_stream.h"
#include "data/file_error.h"

namespace lockstep {
namespace {

std::optional<ElementType> element_type(unsigned code) {
  switch (code) {
    case 0x08:
      return ElementType::u8;
    case 0x09:
      return ElementType::i8;
    case 0x0B:
      return ElementType::i16;
    case 0x0C:
      return ElementType::i32;
    case 0x0D:
      return ElementType::f32;
    case 0x0E:
      return ElementType::f64;
    default:
      return std::nullopt;
  }
}

// Throws an error that says why these bytes do not begin an IDX file.
[[noreturn]] void fail_magic(const std::filesystem::path& path, std::span<const std::byte> start) {
  if (start.empty()) {
    fail_file(path, "expected an IDX file, found an empty one; fetch the file again");
  }
  refuse_html(path, start, "IDX");
  std::vector<unsigned> bytes;
  for (const std::byte byte : start) bytes.push_back(std::to_integer<unsigned>(byte));
  fail_file(path, fmt::format("not an IDX file: expected it to begin with 00 00, a type (08, 09, "
                              "0B, 0C, 0D or 0E) and the number of dimensions, found {:02X}",
                              fmt::join(bytes, " ")));
}

struct IdxHeader {
  ArrayHeader array;
  std::uint64_t header_bytes = 0;
  std::uint64_t content_bytes = 0;  // decompressed size of the file, including the header
};

// Reads the header from the beginning of `stream` and adds its bytes to `digest`.
IdxHeader parse_header(const std::filesystem::path& path, ByteStream& stream, Digest& digest) {
  std::array<std::byte, 4> start = {};
  const std::size_t got = stream.read(start);
  const auto type = element_type(std::to_integer<unsigned>(start[2]));
  const auto rank = std::to_integer<std::size_t>(start[3]);
  if (got < start.size() || start[0] != std::byte{0} || start[1] != std::byte{0} || !type ||
      rank == 0) {
    fail_magic(path, std::span(start).first(got));
  }

  std::vector<std::byte> sizes(4 * rank);
  const std::size_t sizes_got = stream.read(sizes);
  if (sizes_got < sizes.size()) {
    fail_file(path,
              fmt::format("cut short inside its header: expected {} for {} dimensions, found {}",
                          bytes_text(4 + sizes.size()), rank, bytes_text(4 + sizes_got)));
  }
  digest.add(start);
  digest.add(sizes);

  IdxHeader header;
  ArrayHeader& array = header.array;
  array.type = *type;
  array.integers = *type != ElementType::f32 && *type != ElementType::f64;
  for (std::size_t k = 0; k < sizes.size(); k += 4) {
    std::uint32_t dimension = 0;
    for (std::size_t b = 0; b < 4; ++b) {
      dimension = dimension << 8 | std::to_integer<std::uint32_t>(sizes[k + b]);
    }
    array.dimensions.push_back(dimension);
  }
  array.text = fmt::format("{} [{}]", element_name(*type), fmt::join(array.dimensions, ", "));
  const ArrayExtent extent = extent_of(path, array.dimensions, element_size(*type), array.text);
  array.rows = extent.rows;
  array.row_values = extent.row_values;
  if (rank == 3) {
    array.image = ImageShape{.channels = 1,
                             .height = static_cast<std::uint32_t>(array.dimensions[1]),
                             .width = static_cast<std::uint32_t>(array.dimensions[2])};
  }
  header.header_bytes = 4 + sizes.size();
  header.content_bytes = header.header_bytes + extent.bytes;
  check_content_bytes(path, stream, header.content_bytes, array.text);
  return header;
}

void swap_bytes(std::span<std::byte> values, std::size_t value_bytes) {
  const auto swap_all = [&]<std::size_t Bytes>() {
    for (std::size_t i = 0; i + Bytes <= values.size(); i += Bytes) {
      std::reverse(values.data() + i, values.data() + i + Bytes);
    }
  };
  if (value_bytes == 2) swap_all.template operator()<2>();
  if (value_bytes == 4) swap_all.template operator()<4>();
  if (value_bytes == 8) swap_all.template operator()<8>();
}

class IdxFile : public ArrayFile {
 public:
  explicit IdxFile(const std::filesystem::path& path) : ArrayFile(path) {
    ByteStream stream(path);
    Digest unused;
    set_header(parse_header(path, stream, unused).array);
  }

  [[nodiscard]] ArrayContent read(OptionalIds ids) const override {
    ByteStream stream(path());
    Digest digest;
    const IdxHeader found = parse_header(path(), stream, digest);
    if (found.array.text != header().text) {
      fail_file(path(), fmt::format("changed while it was read: {} became {}", header().text,
                                    found.array.text));
    }
    const std::uint64_t value_bytes = element_size(header().type);
    const std::uint64_t row_bytes = header().row_values * value_bytes;
    const std::uint64_t kept_rows = ids ? ids->size() : header().rows;
    ArrayContent content;
    // Reserves the exact size, so that growth does not double it. The size check of the
    // header bounds it, and memory is touched only as rows arrive.
    content.values.reserve(kept_rows * row_bytes);
    const std::uint64_t bytes =
        read_rows(stream, digest, {header().rows, row_bytes}, ids,
                  [&](std::uint64_t /*kept*/, std::uint64_t /*offset*/, auto part) {
                    content.values.insert(content.values.end(), part.begin(), part.end());
                  });
    if (found.header_bytes + bytes != found.content_bytes) {
      fail_size(path(), header().text, found.content_bytes, found.header_bytes + bytes,
                stream.compressed());
    }
    check(content.values.size() == kept_rows * row_bytes, "every row asked for was kept");
    if constexpr (std::endian::native == std::endian::little) {
      swap_bytes(content.values, value_bytes);
    }
    check_finite(*this, content.values, ids);
    content.digest = digest.value();
    return content;
  }
};

std::unique_ptr<ArrayFile> open_if(const std::optional<std::filesystem::path>& path) {
  return path ? open_idx(*path) : nullptr;
}

}  // namespace

std::unique_ptr<ArrayFile> open_idx(const std::filesystem::path& path) {
  return std::make_unique<IdxFile>(path);
}

IdxExampleSource::IdxExampleSource(const std::filesystem::path& features,
                                   const std::optional<std::filesystem::path>& labels,
                                   const std::optional<std::filesystem::path>& groups)
    : ArrayExampleSource{open_idx(features), open_if(labels), open_if(groups)} {}

}  // namespace lockstep
