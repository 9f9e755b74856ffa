#include "data/idx.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <functional>
#include <limits>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "base/check.h"
#include "base/digest.h"
#include "base/error.h"
#include "data/byte_stream.h"

namespace lockstep {
namespace {

using OptionalIds = std::optional<std::span<const std::uint32_t>>;

constexpr std::size_t kChunkBytes = std::size_t{1} << 18;

[[noreturn]] void fail(const std::filesystem::path& path, std::string_view what) {
  throw Error(ExitCode::data, fmt::format("{}: {}", path.string(), what));
}

std::string bytes_text(std::uint64_t n) { return fmt::format("{} byte{}", n, n == 1 ? "" : "s"); }

// "u8 [60000, 28, 28]"
std::string shape_text(const IdxHeader& header) {
  return fmt::format("{} [{}]", element_name(header.type), fmt::join(header.dimensions, ", "));
}

[[noreturn]] void fail_size(const std::filesystem::path& path, const IdxHeader& header,
                            std::uint64_t found, bool compressed) {
  const bool is_short = found < header.content_bytes;
  const std::uint64_t difference =
      is_short ? header.content_bytes - found : found - header.content_bytes;
  fail(path, fmt::format("expected {} for {}, found {}{}: {} too {}; fetch the file again",
                         bytes_text(header.content_bytes), shape_text(header), bytes_text(found),
                         compressed ? " after decompression" : "", bytes_text(difference),
                         is_short ? "few" : "many"));
}

// ---- the header ----

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

// The first bytes of a page: white space or a byte order mark, then '<'.
bool looks_like_html(std::span<const std::byte> start) {
  std::string_view text(reinterpret_cast<const char*>(start.data()), start.size());
  if (text.starts_with("\xEF\xBB\xBF")) text.remove_prefix(3);
  const auto first = text.find_first_not_of(" \t\r\n");
  return first != std::string_view::npos && text[first] == '<';
}

// Why these four bytes do not begin an IDX file.
[[noreturn]] void fail_magic(const std::filesystem::path& path, std::span<const std::byte> start) {
  if (start.empty()) fail(path, "expected an IDX file, found an empty one; fetch the file again");
  if (looks_like_html(start)) {
    fail(path, "looks like an HTML page, not IDX: was the download redirected?");
  }
  std::vector<unsigned> bytes;
  for (const std::byte byte : start) bytes.push_back(std::to_integer<unsigned>(byte));
  fail(path, fmt::format("not an IDX file: expected it to begin with 00 00, a type (08, 09, 0B, "
                         "0C, 0D or 0E) and the number of dimensions, found {:02X}",
                         fmt::join(bytes, " ")));
}

std::uint64_t checked_product(std::uint64_t a, std::uint64_t b, const std::filesystem::path& path,
                              const IdxHeader& header) {
  std::uint64_t product = 0;
  if (__builtin_mul_overflow(a, b, &product) || product > (std::uint64_t{1} << 62)) {
    fail(path, fmt::format("its dimensions, {}, overflow: no file holds so many values",
                           shape_text(header)));
  }
  return product;
}

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
    fail(path, fmt::format("cut short inside its header: expected {} for {} dimensions, found {}",
                           bytes_text(4 + sizes.size()), rank, bytes_text(4 + sizes_got)));
  }
  digest.add(start);
  digest.add(sizes);

  IdxHeader header;
  header.type = *type;
  for (std::size_t k = 0; k < sizes.size(); k += 4) {
    std::uint32_t dimension = 0;
    for (std::size_t b = 0; b < 4; ++b) {
      dimension = dimension << 8 | std::to_integer<std::uint32_t>(sizes[k + b]);
    }
    header.dimensions.push_back(dimension);
  }
  if (std::ranges::find(header.dimensions, 0U) != header.dimensions.end()) {
    fail(path, fmt::format("has no values: a dimension of {} is 0", shape_text(header)));
  }
  header.rows = header.dimensions[0];
  header.row_values = 1;
  for (std::size_t k = 1; k < rank; ++k) {
    header.row_values = checked_product(header.row_values, header.dimensions[k], path, header);
  }
  const std::uint64_t row_bytes =
      checked_product(header.row_values, element_size(*type), path, header);
  header.content_bytes = 4 + sizes.size() + checked_product(header.rows, row_bytes, path, header);

  // The exact size of a plain file is known here, that of gzip at its end only.
  if (!stream.compressed() && stream.file_bytes() != header.content_bytes) {
    fail_size(path, header, stream.file_bytes(), false);
  }
  if (stream.content_bytes_limit() < header.content_bytes) {
    fail(path, fmt::format("too short: its header, {}, implies {}, more than {} of gzip can hold; "
                           "fetch the file again",
                           shape_text(header), bytes_text(header.content_bytes),
                           bytes_text(stream.file_bytes())));
  }
  return header;
}

// ---- the values ----

struct Content {
  std::vector<std::byte> values;  // of the kept rows, native byte order
  std::uint64_t digest = 0;       // of the whole file
};

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

// Streams the file whole and keeps the rows in `ids`, or all. `expected` is its
// header as seen before; a file that has changed since is refused.
Content read_content(const std::filesystem::path& path, const IdxHeader& expected,
                     OptionalIds ids) {
  ByteStream stream(path);
  Digest digest;
  const IdxHeader header = parse_header(path, stream, digest);
  if (header.type != expected.type || header.dimensions != expected.dimensions) {
    fail(path, fmt::format("changed while it was read: {} became {}", shape_text(expected),
                           shape_text(header)));
  }

  const std::uint64_t value_bytes = element_size(header.type);
  const std::uint64_t row_bytes = header.row_values * value_bytes;
  const std::uint64_t kept_rows = ids ? ids->size() : header.rows;
  const auto row_id = [&](std::uint64_t k) { return ids ? std::uint64_t{(*ids)[k]} : k; };

  Content content;
  // Exact, so that no growth doubles it; bounded by the size check of the
  // header; and touched only as far as rows do arrive.
  content.values.reserve(kept_rows * row_bytes);
  std::vector<std::byte> chunk(kChunkBytes);
  const std::uint64_t header_bytes = 4 + 4 * header.dimensions.size();
  std::uint64_t chunk_begin = 0;  // position among the values
  std::uint64_t kept = 0;         // rows kept whole
  while (true) {
    const std::size_t got = stream.read(chunk);
    if (got == 0) break;
    digest.add(std::span(chunk).first(got));
    const std::uint64_t chunk_end = chunk_begin + got;
    for (; kept < kept_rows; ++kept) {
      const std::uint64_t row_begin = row_id(kept) * row_bytes;
      const std::uint64_t row_end = row_begin + row_bytes;
      const std::uint64_t from = std::max(row_begin, chunk_begin);
      const std::uint64_t to = std::min(row_end, chunk_end);
      if (from < to) {
        const auto* source = chunk.data() + (from - chunk_begin);
        content.values.insert(content.values.end(), source, source + (to - from));
      }
      if (chunk_end < row_end) break;
    }
    chunk_begin = chunk_end;
  }
  if (header_bytes + chunk_begin != header.content_bytes) {
    fail_size(path, header, header_bytes + chunk_begin, stream.compressed());
  }
  check(content.values.size() == kept_rows * row_bytes, "every row asked for was kept");

  if constexpr (std::endian::native == std::endian::little) {
    swap_bytes(content.values, value_bytes);
  }
  content.digest = digest.value();
  return content;
}

// The network computes in float, so a value must be finite as float.
void check_finite(const std::filesystem::path& path, const IdxHeader& header,
                  std::span<const std::byte> values, OptionalIds ids) {
  visit_values(header.type, values, [&]<typename V>(std::span<const V> numbers) {
    if constexpr (std::is_floating_point_v<V>) {
      constexpr V kLargest = std::numeric_limits<float>::max();
      const auto bad =
          std::ranges::find_if(numbers, [](V value) { return !(std::abs(value) <= kLargest); });
      if (bad == numbers.end()) return;
      const auto index = static_cast<std::uint64_t>(bad - numbers.begin());
      const std::uint64_t row = index / header.row_values;
      fail(path,
           fmt::format("expected finite numbers within the range of float, found {} in row "
                       "{}, value {} (both count from 0)",
                       *bad, ids ? std::uint64_t{(*ids)[row]} : row, index % header.row_values));
    }
  });
}

}  // namespace

IdxHeader read_idx_header(const std::filesystem::path& path) {
  ByteStream stream(path);
  Digest unused;
  return parse_header(path, stream, unused);
}

namespace {

// [examples, height, width] are images of one channel.
std::optional<ImageShape> image_shape(const IdxHeader& header) {
  if (header.dimensions.size() != 3) return std::nullopt;
  return ImageShape{.channels = 1, .height = header.dimensions[1], .width = header.dimensions[2]};
}

}  // namespace

IdxExampleSource::IdxExampleSource(std::filesystem::path features,
                                   std::optional<std::filesystem::path> labels,
                                   std::optional<std::filesystem::path> groups)
    : features_path_(std::move(features)),
      labels_path_(std::move(labels)),
      groups_path_(std::move(groups)),
      features_(read_idx_header(features_path_)) {
  info_ = {.name = features_path_.string(),
           .labels_name = "",
           .examples = features_.rows,
           .features = features_.row_values,
           .label_width = 0,
           .type = features_.type,
           .image = image_shape(features_)};
  if (groups_path_) {
    groups_ = read_idx_header(*groups_path_);
    const bool integers = groups_.type != ElementType::f32 && groups_.type != ElementType::f64;
    if (!integers || groups_.row_values != 1 || groups_.rows != features_.rows) {
      fail(*groups_path_,
           fmt::format("expected groups, one integer for each of the {} examples of "
                       "{}, found {}",
                       features_.rows, features_path_.string(), shape_text(groups_)));
    }
  }
  if (!labels_path_) return;
  labels_ = read_idx_header(*labels_path_);
  if (labels_.dimensions.size() > 2) {
    fail(*labels_path_, fmt::format("expected labels [examples] or [examples, width], found {}; "
                                    "are features and labels swapped?",
                                    shape_text(labels_)));
  }
  if (features_.rows != labels_.rows) {
    throw Error(
        ExitCode::data,
        fmt::format("{} has {} examples, but {} has {} labels; are they of the same set?",
                    features_path_.string(), features_.rows, labels_path_->string(), labels_.rows));
  }
  info_.labels_name = labels_path_->string();
  info_.label_width = labels_.row_values;
}

std::vector<float> IdxExampleSource::read_labels() { return read_labels_of(std::nullopt); }

std::vector<float> IdxExampleSource::read_labels_of(OptionalIds ids) {
  if (!labels_path_) {
    labels_digest_ = 0;
    return {};
  }
  const Content content = read_content(*labels_path_, labels_, ids);
  check_finite(*labels_path_, labels_, content.values, ids);
  labels_digest_ = content.digest;
  return visit_values(labels_.type, content.values, []<typename V>(std::span<const V> numbers) {
    std::vector<float> labels(numbers.size());
    std::ranges::transform(numbers, labels.begin(), [](V v) { return static_cast<float>(v); });
    return labels;
  });
}

std::vector<std::uint64_t> IdxExampleSource::read_groups() {
  if (!groups_path_) return {};
  const Content content = read_content(*groups_path_, groups_, std::nullopt);
  groups_digest_ = content.digest;
  return visit_values(groups_.type, content.values, []<typename V>(std::span<const V> numbers) {
    std::vector<std::uint64_t> groups(numbers.size());
    // Only whether two are equal counts, so negative ones may wrap.
    std::ranges::transform(numbers, groups.begin(), [](V v) {
      return static_cast<std::uint64_t>(static_cast<std::int64_t>(v));
    });
    return groups;
  });
}

Examples IdxExampleSource::read(std::span<const std::uint32_t> ids) {
  check(std::ranges::adjacent_find(ids, std::greater_equal<>{}) == ids.end(),
        "ids are ascending and distinct");
  check(ids.empty() || ids.back() < info_.examples, "ids are below the number of examples");

  std::vector<float> labels = read_labels_of(ids);
  Content content = read_content(features_path_, features_, ids);
  check_finite(features_path_, features_, content.values, ids);
  features_digest_ = content.digest;
  if (groups_path_ && !groups_digest_) read_groups();
  return {.type = info_.type,
          .features = info_.features,
          .values = std::move(content.values),
          .label_width = info_.label_width,
          .labels = std::move(labels),
          .ids = {ids.begin(), ids.end()}};
}

std::uint64_t IdxExampleSource::fingerprint() const {
  check(features_digest_ && labels_digest_, "read() comes before fingerprint()");
  std::vector digests = {features_digest_.value_or(0), labels_digest_.value_or(0)};
  if (groups_digest_) digests.push_back(*groups_digest_);
  return digest_of(std::as_bytes(std::span(digests)));
}

}  // namespace lockstep
