#include "data/npy_header.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstddef>
#include <span>
#include <string_view>
#include <utility>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "base/parse_number.h"
#include "data/file_error.h"

namespace lockstep {
namespace {

// The first bytes: magic and version.
constexpr std::string_view kMagic = "\x93NUMPY";
constexpr std::size_t kStartBytes = 8;
// NumPy's own limit is 10,000 bytes; a longer text is not a header.
constexpr std::uint64_t kLongestText = std::uint64_t{1} << 16;

[[noreturn]] void fail_magic(const std::filesystem::path& path, std::span<const std::byte> start) {
  if (start.empty()) {
    fail_file(path, "expected an NPY file, found an empty one; fetch the file again");
  }
  refuse_html(path, start, "NPY");
  std::string hint;
  if (start[0] == std::byte{'P'} && start.size() > 1 && start[1] == std::byte{'K'}) {
    hint = "; it looks like NPZ, a zip archive of arrays: unzip it and name one of them";
  }
  std::vector<unsigned> bytes;
  for (const std::byte byte : start) bytes.push_back(std::to_integer<unsigned>(byte));
  fail_file(path, fmt::format("not an NPY file: expected it to begin with 93 4E 55 4D 50 59, found "
                              "{:02X}{}",
                              fmt::join(bytes, " "), hint));
}

// Reads the dictionary, which uses a small part of Python's syntax.
class DictionaryReader {
 public:
  DictionaryReader(const std::filesystem::path& path, std::string_view text)
      : path_(path), text_(text) {}

  void read(NpyHeader& header) {
    expect('{');
    while (!take('}')) {
      read_entry(header);
      if (take(',')) continue;
      expect('}');
      break;
    }
    skip_space();
    if (at_ < text_.size()) fail("nothing after the dictionary");
    const auto require = [&](bool is_there, const char* key) {
      if (!is_there) fail_file(path_, fmt::format("its NPY header has no '{}'", key));
    };
    require(has_descr_, "descr");
    require(has_order_, "fortran_order");
    require(has_shape_, "shape");
    set_type(header);
    header.text = fmt::format("{} ({}){}", descr_, fmt::join(header.shape, ", "),
                              header.fortran_order ? " in Fortran order" : "");
    if (header.shape.empty()) {
      fail_file(path_, fmt::format("expected an array [examples, ...], found the single number {}",
                                   header.text));
    }
  }

 private:
  void read_entry(NpyHeader& header) {
    const std::string key = read_string("a key in quotes");
    expect(':');
    const auto first = [&](bool seen) {
      if (seen) fail_file(path_, fmt::format("its NPY header has '{}' twice", key));
    };
    if (key == "descr") {
      first(std::exchange(has_descr_, true));
      skip_space();
      if (at_ < text_.size() && (text_[at_] == '[' || text_[at_] == '(')) {
        fail_file(path_,
                  "an array of records (a structured type), not of numbers; save its fields "
                  "as arrays of their own");
      }
      descr_ = read_string("a type in quotes");
    } else if (key == "fortran_order") {
      first(std::exchange(has_order_, true));
      header.fortran_order = read_truth();
    } else if (key == "shape") {
      first(std::exchange(has_shape_, true));
      read_shape(header.shape);
    } else {
      fail_file(path_, fmt::format("its NPY header has the unknown key '{}'", key));
    }
  }

  // [<>|=]KIND[BYTES], such as <f4.
  void set_type(NpyHeader& header) {
    std::string_view type = descr_;
    char order = '=';
    if (!type.empty() && std::string_view("<>|=").find(type[0]) != std::string_view::npos) {
      order = type[0];
      type.remove_prefix(1);
    }
    const char kind = type.empty() ? '\0' : type[0];
    const unsigned bytes = type.empty() ? 0 : parse_number<unsigned>(type.substr(1)).value_or(0);
    const auto refuse = [&](std::string_view what) {
      fail_file(path_, fmt::format("an array of {} (type '{}'); expected numbers or truth values: "
                                   "b1, i1 to i8, u1 to u8, f2, f4 or f8",
                                   what, descr_));
    };
    const bool whole = bytes == 1 || bytes == 2 || bytes == 4 || bytes == 8;
    switch (kind) {
      case 'b':
        if (bytes != 1) refuse("an unknown type");
        header.kind = NpyKind::boolean;
        break;
      case 'i':
      case 'u':
        if (!whole) refuse("integers of an unknown size");
        header.kind = kind == 'i' ? NpyKind::signed_integer : NpyKind::unsigned_integer;
        break;
      case 'f':
        if (!whole || bytes == 1) refuse("floating-point numbers of another size");
        header.kind = NpyKind::floating;
        break;
      case 'O':
        refuse("Python objects, which only Python's pickle can read");
        break;
      case 'c':
        refuse("complex numbers");
        break;
      case 'S':
      case 'U':
      case 'a':
        refuse("text");
        break;
      case 'M':
      case 'm':
        refuse("dates or times");
        break;
      case 'V':
        refuse("raw bytes or records");
        break;
      default:
        refuse("an unknown type");
    }
    header.value_bytes = bytes;
    header.big_endian = order == '>';
  }

  bool read_truth() {
    skip_space();
    for (const auto& [word, value] :
         {std::pair(std::string_view("True"), true), std::pair(std::string_view("False"), false)}) {
      if (!text_.substr(at_).starts_with(word)) continue;
      at_ += word.size();
      return value;
    }
    fail("True or False");
  }

  void read_shape(std::vector<std::uint64_t>& shape) {
    constexpr std::size_t kMostDimensions = 64;  // NumPy's own limit
    expect('(');
    while (!take(')')) {
      skip_space();
      std::uint64_t dimension = 0;
      const char* const begin = text_.data() + at_;
      const auto [stop, error] = std::from_chars(begin, text_.data() + text_.size(), dimension);
      if (error != std::errc()) fail("a dimension, a whole number below 2^64");
      at_ += static_cast<std::size_t>(stop - begin);
      if (at_ < text_.size() && text_[at_] == 'L') ++at_;  // as Python 2 wrote them
      shape.push_back(dimension);
      if (shape.size() > kMostDimensions) fail("at most 64 dimensions");
      if (take(',')) continue;
      expect(')');
      break;
    }
  }

  std::string read_string(std::string_view expected) {
    skip_space();
    const char quote = at_ < text_.size() ? text_[at_] : '\0';
    if (quote != '\'' && quote != '"') fail(expected);
    const auto end = text_.find(quote, at_ + 1);
    if (end == std::string_view::npos) fail("a closing quote");
    std::string value(text_.substr(at_ + 1, end - at_ - 1));
    at_ = end + 1;
    return value;
  }

  void skip_space() {
    while (at_ < text_.size() &&
           std::string_view(" \t\r\n").find(text_[at_]) != std::string::npos) {
      ++at_;
    }
  }

  bool take(char c) {
    skip_space();
    if (at_ >= text_.size() || text_[at_] != c) return false;
    ++at_;
    return true;
  }

  void expect(char c) {
    if (!take(c)) fail(fmt::format("'{}'", c));
  }

  [[noreturn]] void fail(std::string_view expected) const {
    const auto found = text_.substr(std::min(at_, text_.size()), 20);
    // The bytes shown may be arbitrary.
    std::string shown;
    for (const char c : found) shown += c >= ' ' && c <= '~' ? c : '?';
    fail_file(path_, fmt::format("its NPY header is not understood: expected {} at character {}, "
                                 "found \"{}\"",
                                 expected, at_, shown));
  }

  const std::filesystem::path& path_;
  std::string_view text_;
  std::size_t at_ = 0;
  std::string descr_;
  bool has_descr_ = false;
  bool has_order_ = false;
  bool has_shape_ = false;
};

}  // namespace

NpyHeader read_npy_header(const std::filesystem::path& path, ByteStream& stream, Digest& digest) {
  std::array<std::byte, kStartBytes> start = {};
  const auto got = std::span(start).first(stream.read(start));
  const auto magic = std::as_bytes(std::span(kMagic));
  if (got.size() < kStartBytes || !std::ranges::equal(got.first(magic.size()), magic)) {
    fail_magic(path, got);
  }
  const auto major = std::to_integer<unsigned>(start[6]);
  const auto minor = std::to_integer<unsigned>(start[7]);
  if (major < 1 || major > 3 || minor != 0) {
    fail_file(path, fmt::format("NPY version {}.{}; expected 1.0, 2.0 or 3.0", major, minor));
  }

  std::array<std::byte, 4> length = {};
  const auto length_bytes = std::span(length).first(major == 1 ? 2 : 4);
  const auto fail_short = [&](std::uint64_t expected, std::uint64_t found) {
    fail_file(path, fmt::format("cut short inside its header: expected {}, found {}",
                                bytes_text(expected), bytes_text(found)));
  };
  const std::size_t length_got = stream.read(length_bytes);
  if (length_got < length_bytes.size()) {
    fail_short(kStartBytes + length_bytes.size(), kStartBytes + length_got);
  }
  std::uint64_t text_bytes = 0;
  for (std::size_t b = length_bytes.size(); b-- > 0;) {
    text_bytes = text_bytes << 8 | std::to_integer<std::uint64_t>(length[b]);
  }
  if (text_bytes > kLongestText) {
    fail_file(path, fmt::format("its NPY header claims {}; expected at most {}",
                                bytes_text(text_bytes), bytes_text(kLongestText)));
  }
  std::string text(text_bytes, '\0');
  const std::size_t text_got = stream.read(std::as_writable_bytes(std::span(text)));
  NpyHeader header;
  header.header_bytes = kStartBytes + length_bytes.size() + text_bytes;
  if (text_got < text_bytes) {
    fail_short(header.header_bytes, header.header_bytes - text_bytes + text_got);
  }
  digest.add(start);
  digest.add(length_bytes);
  digest.add(std::as_bytes(std::span(text)));
  DictionaryReader(path, text).read(header);
  return header;
}

}  // namespace lockstep
