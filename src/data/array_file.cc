#include "data/array_file.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <type_traits>

#include <fmt/format.h>

#include "data/file_error.h"

namespace lockstep {

ArrayFile::Integers ArrayFile::read_integers() const {
  const ArrayContent content = read(std::nullopt);
  Integers integers{.values = {}, .digest = content.digest};
  visit_values(header_.type, content.values, [&]<typename V>(std::span<const V> numbers) {
    integers.values.reserve(numbers.size());
    for (const V number : numbers) {
      integers.values.push_back(static_cast<std::uint64_t>(static_cast<std::int64_t>(number)));
    }
  });
  return integers;
}

ArrayExtent extent_of(const std::filesystem::path& path,
                      const std::vector<std::uint64_t>& dimensions, std::uint64_t value_bytes,
                      const std::string& text) {
  if (std::ranges::find(dimensions, 0U) != dimensions.end()) {
    fail_file(path, fmt::format("has no values: a dimension of {} is 0", text));
  }
  const auto product = [&](std::uint64_t a, std::uint64_t b) {
    std::uint64_t result = 0;
    if (__builtin_mul_overflow(a, b, &result) || result > (std::uint64_t{1} << 62)) {
      fail_file(path,
                fmt::format("its dimensions, {}, overflow: no file holds that many values", text));
    }
    return result;
  };
  ArrayExtent extent{.rows = dimensions[0], .row_values = 1, .bytes = 0};
  for (std::size_t k = 1; k < dimensions.size(); ++k) {
    extent.row_values = product(extent.row_values, dimensions[k]);
  }
  extent.bytes = product(extent.rows, product(extent.row_values, value_bytes));
  return extent;
}

void check_content_bytes(const std::filesystem::path& path, const ByteStream& stream,
                         std::uint64_t content_bytes, const std::string& text) {
  if (!stream.compressed() && stream.file_bytes() != content_bytes) {
    fail_size(path, text, content_bytes, stream.file_bytes(), false);
  }
  if (stream.content_bytes_limit() < content_bytes) {
    fail_file(path, fmt::format("too short: its header, {}, implies {}, more than {} of gzip can "
                                "hold; fetch the file again",
                                text, bytes_text(content_bytes), bytes_text(stream.file_bytes())));
  }
}

void check_finite(const ArrayFile& file, std::span<const std::byte> values, OptionalIds ids) {
  const ArrayHeader& header = file.header();
  visit_values(header.type, values, [&]<typename V>(std::span<const V> numbers) {
    if constexpr (std::is_floating_point_v<V>) {
      constexpr V kLargest = std::numeric_limits<float>::max();
      const auto bad =
          std::ranges::find_if(numbers, [](V value) { return !(std::abs(value) <= kLargest); });
      if (bad == numbers.end()) return;
      const auto index = static_cast<std::uint64_t>(bad - numbers.begin());
      const std::uint64_t row = index / header.row_values;
      fail_file(
          file.path(),
          fmt::format("expected finite numbers within the range of float, found {} in row "
                      "{}, value {} (both count from 0)",
                      *bad, ids ? std::uint64_t{(*ids)[row]} : row, index % header.row_values));
    }
  });
}

}  // namespace lockstep
