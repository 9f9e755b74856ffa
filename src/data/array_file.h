#pragma once
// A file that holds one array of numbers, such as IDX or NPY.

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "data/examples.h"
#include "data/row_reader.h"
#include "data/source.h"

namespace lockstep {

// What an array file declares. Row i holds the values of example i.
struct ArrayHeader {
  ElementType type = ElementType::u8;     // in memory
  bool integers = false;                  // whether the file holds integers
  std::vector<std::uint64_t> dimensions;  // at least one, each at least 1; the first counts rows
  std::uint64_t rows = 0;
  std::uint64_t row_values = 0;
  std::string text;                 // "u8 [60000, 28, 28]", for people
  std::optional<ImageShape> image;  // shape of a row, where the dimensions tell it
  std::string image_hint = {};      // as in SourceInfo
};

struct ArrayContent {
  std::vector<std::byte> values;  // values of the kept rows: [kept, row_values], native byte order
  std::uint64_t digest = 0;       // digest of the whole decompressed file
};

// An array file. Its header, including the size that it implies, is read and checked
// before memory for the values is allocated. Members throw what those of
// ExampleSource do.
class ArrayFile {
 public:
  explicit ArrayFile(std::filesystem::path path) : path_(std::move(path)) {}
  virtual ~ArrayFile() = default;
  ArrayFile(const ArrayFile&) = delete;
  ArrayFile& operator=(const ArrayFile&) = delete;

  [[nodiscard]] const std::filesystem::path& path() const { return path_; }
  [[nodiscard]] const ArrayHeader& header() const { return header_; }

  // Streams the whole file; values are finite as float. Throws if the header has
  // changed since the file was opened.
  [[nodiscard]] virtual ArrayContent read(OptionalIds ids) const = 0;

  // The numbers of an array of integers, as 64 bits (negative ones wrap), and
  // the digest of the file.
  struct Integers {
    std::vector<std::uint64_t> values;
    std::uint64_t digest = 0;
  };
  [[nodiscard]] virtual Integers read_integers() const;

 protected:
  void set_header(ArrayHeader header) { header_ = std::move(header); }

 private:
  std::filesystem::path path_;
  ArrayHeader header_;
};

// The rows and row_values of `dimensions`, and the bytes of all values. Throws
// Error(data) when a dimension is 0 or the product is beyond 2^62; `text` names
// the array.
struct ArrayExtent {
  std::uint64_t rows = 0;
  std::uint64_t row_values = 0;
  std::uint64_t bytes = 0;
};
ArrayExtent extent_of(const std::filesystem::path& path,
                      const std::vector<std::uint64_t>& dimensions, std::uint64_t value_bytes,
                      const std::string& text);

// Throws Error(data) unless `stream` can have `content_bytes` of content: the exact
// size is known beforehand for a plain file, and only at the end for gzip.
void check_content_bytes(const std::filesystem::path& path, const ByteStream& stream,
                         std::uint64_t content_bytes, const std::string& text);

// Throws Error(data), naming row and value, unless the values of the kept rows
// are finite as float, the type in which the network computes.
void check_finite(const ArrayFile& file, std::span<const std::byte> values, OptionalIds ids);

}  // namespace lockstep
