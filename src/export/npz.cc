#include "export/npz.h"

#include <algorithm>
#include <ctime>
#include <memory>

#include <fmt/format.h>
#include <zip.h>

#include "base/error.h"
#include "base/json_text.h"
#include "base/npy_text.h"

namespace lockstep {
namespace {

// The characters of a text.
std::u32string characters_of(const std::string& text) {
  // What JSON gives back is UTF-8.
  const auto valid = nlohmann::json::parse(to_text(nlohmann::json(text))).get<std::string>();
  std::u32string characters;
  for (const char c : valid) {
    const auto byte = static_cast<unsigned char>(c);
    if ((byte & 0xC0U) == 0x80U) {  // a byte that continues a character
      characters.back() = (characters.back() << 6U) | (byte & 0x3FU);
    } else {
      // The first byte of 1, 2, 3 or 4 has 7, 5, 4 or 3 bits of the character.
      const unsigned mask = byte < 0x80U ? 0x7FU : byte < 0xE0U ? 0x1FU : byte < 0xF0U ? 0x0FU : 7U;
      characters.push_back(byte & mask);
    }
  }
  return characters;
}

[[noreturn]] void fail(zip_error_t* error) {
  throw Error(ExitCode::io,
              fmt::format("the NPZ file cannot be made: {}", zip_error_strerror(error)));
}

// A time in every member: the first that ZIP knows, so that the bytes depend on the content alone.
std::time_t fixed_time() {
  std::tm first = {};
  first.tm_year = 80;
  first.tm_mday = 1;
  first.tm_isdst = -1;
  return std::mktime(&first);  // ZIP has local times
}

void add(zip_t* archive, const NpzMember& member) {
  zip_source_t* content =
      zip_source_buffer(archive, member.npy.data(), member.npy.size(), /*freep=*/0);
  if (content == nullptr) fail(zip_get_error(archive));
  const zip_int64_t index =
      zip_file_add(archive, (member.name + ".npy").c_str(), content, ZIP_FL_ENC_UTF_8);
  if (index < 0) {
    zip_source_free(content);
    fail(zip_get_error(archive));
  }
  const auto number = static_cast<zip_uint64_t>(index);
  if (zip_set_file_compression(archive, number, ZIP_CM_STORE, 0) != 0 ||
      zip_file_set_mtime(archive, number, fixed_time(), 0) != 0) {
    fail(zip_get_error(archive));
  }
}

struct FreeSource {
  void operator()(zip_source_t* source) const { zip_source_free(source); }
};
using Source = std::unique_ptr<zip_source_t, FreeSource>;

struct Discard {
  void operator()(zip_t* archive) const { zip_discard(archive); }
};
using Archive = std::unique_ptr<zip_t, Discard>;

std::string content_of(zip_source_t* source) {
  zip_stat_t stat = {};
  if (zip_source_stat(source, &stat) != 0 || zip_source_open(source) != 0) {
    fail(zip_source_error(source));
  }
  std::string bytes(stat.size, '\0');
  const zip_int64_t read = zip_source_read(source, bytes.data(), bytes.size());
  if (read < 0 || static_cast<zip_uint64_t>(read) != stat.size) fail(zip_source_error(source));
  zip_source_close(source);
  return bytes;
}

}  // namespace

std::string npy_of(std::span<const float> values, std::span<const std::uint64_t> shape) {
  std::string bytes = npy_header("<f4", shape);
  bytes.append(reinterpret_cast<const char*>(values.data()), values.size_bytes());
  return bytes;
}

std::string npy_of(std::span<const std::string> texts) {
  std::size_t longest = 1;  // NumPy has no strings without characters
  std::vector<std::u32string> all;
  for (const std::string& text : texts) {
    all.push_back(characters_of(text));
    longest = std::max(longest, all.back().size());
  }
  const std::uint64_t count = texts.size();
  std::string bytes = npy_header(fmt::format("<U{}", longest), std::span(&count, 1));
  for (std::u32string& text : all) {
    text.resize(longest);  // NumPy ends a text at zeros
    bytes.append(reinterpret_cast<const char*>(text.data()), text.size() * sizeof(char32_t));
  }
  return bytes;
}

std::string npz_archive(std::span<const NpzMember> members) {
  zip_error_t error;
  zip_error_init(&error);
  const Source target(zip_source_buffer_create(nullptr, 0, 0, &error));
  if (target == nullptr) fail(&error);
  zip_source_keep(target.get());  // closing the archive frees its own hold alone
  zip_t* opened = zip_open_from_source(target.get(), ZIP_TRUNCATE, &error);
  if (opened == nullptr) {
    zip_source_free(target.get());
    fail(&error);
  }
  Archive archive(opened);
  for (const NpzMember& member : members) add(archive.get(), member);
  if (zip_close(archive.get()) != 0) fail(zip_get_error(archive.get()));
  static_cast<void>(archive.release());  // closed
  return content_of(target.get());
}

}  // namespace lockstep
