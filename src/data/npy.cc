#include "data/npy.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cstdint>
#include <cstring>
#include <limits>
#include <string>
#include <vector>

#include <fmt/format.h>

#include "base/digest.h"
#include "data/byte_stream.h"
#include "data/file_error.h"
#include "data/half.h"
#include "data/npy_header.h"

namespace lockstep {
namespace {

static_assert(std::endian::native == std::endian::little, "the conversions assume it");

// ---- values ----

// A value that its type in memory cannot hold.
struct BadValue {
  std::size_t index = 0;  // index among the converted values
  std::string what;       // "expected ..., found ..."
};

// Converts values as stored in a file to the kept type, at `to`.
using Convert = std::optional<BadValue> (*)(std::span<const std::byte> from, bool swap,
                                            std::byte* to);

template <typename Raw>
Raw raw_value(const std::byte* from, bool swap) {
  std::array<std::byte, sizeof(Raw)> bytes;
  std::memcpy(bytes.data(), from, sizeof(Raw));
  if (swap) std::ranges::reverse(bytes);
  return std::bit_cast<Raw>(bytes);
}

// Calls to_kept(raw) for every whole value; to_kept returns nothing for a value that
// the kept type cannot hold.
template <typename Raw, typename Kept, typename ToKept>
std::optional<BadValue> convert_each(std::span<const std::byte> from, bool swap, std::byte* to,
                                     const ToKept& to_kept) {
  for (std::size_t i = 0; i < from.size() / sizeof(Raw); ++i) {
    const Raw raw = raw_value<Raw>(from.data() + i * sizeof(Raw), swap);
    const std::optional<Kept> kept = to_kept(raw);
    if (!kept) return BadValue{i, fmt::to_string(raw)};
    std::memcpy(to + i * sizeof(Kept), &*kept, sizeof(Kept));
  }
  return std::nullopt;
}

template <typename Raw, typename Kept>
std::optional<BadValue> convert_number(std::span<const std::byte> from, bool swap, std::byte* to) {
  auto bad = convert_each<Raw, Kept>(from, swap, to, [](Raw raw) -> std::optional<Kept> {
    if constexpr (std::is_integral_v<Raw> && std::is_same_v<Kept, std::int32_t>) {
      if (!std::in_range<Kept>(raw)) return std::nullopt;
    }
    return static_cast<Kept>(raw);
  });
  if (bad) bad->what = "expected integers that fit 32 bits, found " + bad->what;
  return bad;
}

template <typename Kept>
std::optional<BadValue> convert_truth(std::span<const std::byte> from, bool swap, std::byte* to) {
  auto bad =
      convert_each<std::uint8_t, Kept>(from, swap, to, [](std::uint8_t raw) -> std::optional<Kept> {
        return raw <= 1 ? std::optional(static_cast<Kept>(raw)) : std::nullopt;
      });
  if (bad) bad->what = "expected truth values 0 or 1, found " + bad->what;
  return bad;
}

std::optional<BadValue> convert_half(std::span<const std::byte> from, bool swap, std::byte* to) {
  return convert_each<std::uint16_t, float>(
      from, swap, to, [](std::uint16_t raw) { return std::optional(half_to_float(raw)); });
}

// A conversion and the type it makes.
struct Conversion {
  Convert convert;
  ElementType kept;
};

Conversion conversion_of(const NpyHeader& header) {
  switch (header.kind) {
    case NpyKind::boolean:
      return {convert_truth<std::uint8_t>, ElementType::u8};
    case NpyKind::floating:
      if (header.value_bytes == 2) return {convert_half, ElementType::f32};
      if (header.value_bytes == 4) return {convert_number<float, float>, ElementType::f32};
      return {convert_number<double, double>, ElementType::f64};
    case NpyKind::signed_integer:
      if (header.value_bytes == 1)
        return {convert_number<std::int8_t, std::int8_t>, ElementType::i8};
      if (header.value_bytes == 2) {
        return {convert_number<std::int16_t, std::int16_t>, ElementType::i16};
      }
      if (header.value_bytes == 4) {
        return {convert_number<std::int32_t, std::int32_t>, ElementType::i32};
      }
      return {convert_number<std::int64_t, std::int32_t>, ElementType::i32};
    case NpyKind::unsigned_integer:
      break;
  }
  if (header.value_bytes == 1) return {convert_number<std::uint8_t, std::uint8_t>, ElementType::u8};
  if (header.value_bytes == 2) {
    return {convert_number<std::uint16_t, std::int32_t>, ElementType::i32};
  }
  if (header.value_bytes == 4) {
    return {convert_number<std::uint32_t, std::int32_t>, ElementType::i32};
  }
  return {convert_number<std::uint64_t, std::int32_t>, ElementType::i32};
}

// The conversion to 64 bits, in which negative numbers wrap.
Convert integer_conversion_of(const NpyHeader& header) {
  const bool is_signed = header.kind == NpyKind::signed_integer;
  switch (header.value_bytes) {
    case 1:
      if (header.kind == NpyKind::boolean) return convert_truth<std::uint64_t>;
      return is_signed ? convert_number<std::int8_t, std::uint64_t>
                       : convert_number<std::uint8_t, std::uint64_t>;
    case 2:
      return is_signed ? convert_number<std::int16_t, std::uint64_t>
                       : convert_number<std::uint16_t, std::uint64_t>;
    case 4:
      return is_signed ? convert_number<std::int32_t, std::uint64_t>
                       : convert_number<std::uint32_t, std::uint64_t>;
    default:
      return is_signed ? convert_number<std::int64_t, std::uint64_t>
                       : convert_number<std::uint64_t, std::uint64_t>;
  }
}

// ---- places ----

// The places of the values of a row: the k-th in the order of the file is feature
// places[k], or feature k if `places` is empty.
using Places = std::vector<std::uint64_t>;

Places places_of(const NpyHeader& header, std::uint64_t row_values, NpyChannels channels) {
  const std::span<const std::uint64_t> dimensions = std::span(header.shape).subspan(1);
  const bool last = channels == NpyChannels::last;
  if (!last && (!header.fortran_order || dimensions.size() < 2)) return {};
  Places places(row_values);
  std::vector<std::uint64_t> index(dimensions.size());
  for (std::uint64_t k = 0; k < row_values; ++k) {
    std::uint64_t rest = k;
    for (std::size_t d = 0; d < dimensions.size(); ++d) {
      const std::size_t axis = header.fortran_order ? d : dimensions.size() - 1 - d;
      index[axis] = rest % dimensions[axis];
      rest /= dimensions[axis];
    }
    std::uint64_t place = last ? index.back() : 0;
    for (std::size_t axis = 0; axis + (last ? 1 : 0) < dimensions.size(); ++axis) {
      place = place * dimensions[axis] + index[axis];
    }
    places[k] = place;
  }
  return places;
}

// Whether there are four dimensions, of which the last is probably the channels although the
// job does not say so.
bool looks_like_channels_last(const std::vector<std::uint64_t>& shape, NpyChannels channels) {
  const auto is_channels = [](std::uint64_t n) { return n == 1 || n == 3 || n == 4; };
  return channels == NpyChannels::first && shape.size() == 4 && is_channels(shape[3]) &&
         !is_channels(shape[1]);
}

std::optional<ImageShape> image_of(const std::vector<std::uint64_t>& shape, NpyChannels channels) {
  const bool is_image = shape.size() == 3 || shape.size() == 4;
  if (!is_image || looks_like_channels_last(shape, channels)) return std::nullopt;
  std::array<std::uint64_t, 3> sides = {1, shape[1], shape[2]};  // channels, height, width
  if (shape.size() == 4) {
    const bool last = channels == NpyChannels::last;
    sides = {last ? shape[3] : shape[1], last ? shape[1] : shape[2], last ? shape[2] : shape[3]};
  }
  if (*std::ranges::max_element(sides) > std::numeric_limits<std::uint32_t>::max()) {
    return std::nullopt;
  }
  return ImageShape{static_cast<std::uint32_t>(sides[0]), static_cast<std::uint32_t>(sides[1]),
                    static_cast<std::uint32_t>(sides[2])};
}

// ---- the file ----

class NpyFile : public ArrayFile {
 public:
  NpyFile(const std::filesystem::path& path, NpyChannels channels)
      : ArrayFile(path), channels_(channels) {
    ByteStream stream(path);
    Digest unused;
    npy_ = read_npy_header(path, stream, unused);
    if (channels == NpyChannels::last && npy_.shape.size() != 4) {
      fail_file(path, fmt::format("channels_last is for arrays [examples, height, width, "
                                  "channels], found {}",
                                  npy_.text));
    }
    const ArrayExtent extent = extent_of(path, npy_.shape, npy_.value_bytes, npy_.text);
    check_content_bytes(path, stream, npy_.header_bytes + extent.bytes, npy_.text);
    content_bytes_ = npy_.header_bytes + extent.bytes;
    set_header({.type = conversion_of(npy_).kept,
                .integers = npy_.kind != NpyKind::floating,
                .dimensions = npy_.shape,
                .rows = extent.rows,
                .row_values = extent.row_values,
                .text = npy_.text,
                .image = image_of(npy_.shape, channels),
                .image_hint = looks_like_channels_last(npy_.shape, channels)
                                  ? "its last dimension looks like channels: then say "
                                    "channels_last: true"
                                  : ""});
  }

  [[nodiscard]] ArrayContent read(OptionalIds ids) const override {
    ArrayContent content =
        read_converted(ids, conversion_of(npy_).convert, element_size(header().type));
    check_finite(*this, content.values, ids);
    return content;
  }

  [[nodiscard]] Integers read_integers() const override {
    const ArrayContent content =
        read_converted(std::nullopt, integer_conversion_of(npy_), sizeof(std::uint64_t));
    Integers integers{.values = std::vector<std::uint64_t>(header().rows * header().row_values),
                      .digest = content.digest};
    std::ranges::copy(content.values, std::as_writable_bytes(std::span(integers.values)).begin());
    return integers;
  }

 private:
  // Reads the values, converted to `kept_bytes` each.
  [[nodiscard]] ArrayContent read_converted(OptionalIds ids, Convert convert,
                                            std::uint64_t kept_bytes) const {
    ByteStream stream(path());
    Digest digest;
    const NpyHeader found = read_npy_header(path(), stream, digest);
    if (found.text != npy_.text || found.header_bytes != npy_.header_bytes) {
      fail_file(path(),
                fmt::format("changed while it was read: {} became {}", npy_.text, found.text));
    }
    const std::uint64_t kept_rows = ids ? ids->size() : header().rows;
    ArrayContent content;
    content.values.resize(kept_rows * header().row_values * kept_bytes);
    Placement placement{.ids = ids,
                        .convert = convert,
                        .kept_bytes = kept_bytes,
                        .places = places_of(npy_, header().row_values, channels_),
                        .values = content.values};
    const std::uint64_t bytes = npy_.fortran_order ? read_columns(stream, digest, placement)
                                                   : read_in_order(stream, digest, placement);
    if (npy_.header_bytes + bytes != content_bytes_) {
      fail_size(path(), npy_.text, content_bytes_, npy_.header_bytes + bytes, stream.compressed());
    }
    content.digest = digest.value();
    if (channels_ == NpyChannels::last) {
      // The same bytes give different features.
      content.digest = digest_of(std::as_bytes(std::span(&content.digest, 1)));
    }
    return content;
  }

  // How values are converted and where they are placed.
  struct Placement {
    OptionalIds ids;
    Convert convert;
    std::uint64_t kept_bytes;
    Places places;
    std::span<std::byte> values;

    [[nodiscard]] std::uint64_t row_of(std::uint64_t kept) const {
      return ids ? std::uint64_t{(*ids)[kept]} : kept;
    }
  };

  // C order: row after row.
  std::uint64_t read_in_order(ByteStream& stream, Digest& digest,
                              const Placement& placement) const {
    const std::uint64_t row_values = header().row_values;
    const RowSizes sizes{header().rows, row_values * npy_.value_bytes};
    return read_rows(stream, digest, sizes, placement.ids,
                     [&](std::uint64_t kept, std::uint64_t offset, auto part) {
                       const std::uint64_t first = offset / npy_.value_bytes;
                       if (placement.places.empty()) {
                         return put(placement, kept, first, first, part);
                       }
                       const std::uint64_t count = part.size() / npy_.value_bytes;
                       for (std::uint64_t i = 0; i < count; ++i) {
                         put(placement, kept, first + i, placement.places[first + i],
                             part.subspan(i * npy_.value_bytes, npy_.value_bytes));
                       }
                     });
  }

  // Fortran order: the values of all rows at one place, then those at the next.
  std::uint64_t read_columns(ByteStream& stream, Digest& digest, const Placement& placement) const {
    const std::uint64_t rows = header().rows;
    const std::uint64_t kept_rows = placement.ids ? placement.ids->size() : rows;
    return read_chunks(stream, digest, [&](std::uint64_t begin, auto bytes) {
      std::uint64_t at = begin / npy_.value_bytes;  // index among the values
      const std::uint64_t end = at + bytes.size() / npy_.value_bytes;
      while (at < end && at < rows * header().row_values) {
        const std::uint64_t column = at / rows;
        const std::uint64_t column_begin = column * rows;
        const std::uint64_t stop = std::min(end, column_begin + rows);
        std::uint64_t kept = at - column_begin;
        if (placement.ids) {
          kept = static_cast<std::uint64_t>(
              std::ranges::lower_bound(*placement.ids, at - column_begin) - placement.ids->begin());
        }
        for (; kept < kept_rows && column_begin + placement.row_of(kept) < stop; ++kept) {
          const std::uint64_t value = column_begin + placement.row_of(kept);
          const std::uint64_t place = placement.places.empty() ? column : placement.places[column];
          put(placement, kept, place, place,
              bytes.subspan(value * npy_.value_bytes - begin, npy_.value_bytes));
        }
        at = stop;
      }
    });
  }

  // Stores values of one row, from feature `place` on. `named` is the row that errors
  // name.
  void put(const Placement& placement, std::uint64_t kept, std::uint64_t named, std::uint64_t place,
           std::span<const std::byte> bytes) const {
    std::byte* to =
        placement.values.data() + (kept * header().row_values + place) * placement.kept_bytes;
    const auto bad = placement.convert(bytes, npy_.big_endian, to);
    if (!bad) return;
    fail_file(path(), fmt::format("{} in row {}, value {} (both count from 0)", bad->what,
                                  placement.row_of(kept), named + bad->index));
  }

  NpyChannels channels_;
  NpyHeader npy_;
  std::uint64_t content_bytes_ = 0;  // decompressed size of the file, including the header
};

std::unique_ptr<ArrayFile> open_if(const std::optional<std::filesystem::path>& path) {
  return path ? open_npy(*path) : nullptr;
}

}  // namespace

std::unique_ptr<ArrayFile> open_npy(const std::filesystem::path& path, NpyChannels channels) {
  return std::make_unique<NpyFile>(path, channels);
}

NpyExampleSource::NpyExampleSource(const std::filesystem::path& features,
                                   const std::optional<std::filesystem::path>& labels,
                                   const std::optional<std::filesystem::path>& groups,
                                   NpyChannels channels)
    : ArrayExampleSource{open_npy(features, channels), open_if(labels), open_if(groups)} {}

}  // namespace lockstep
