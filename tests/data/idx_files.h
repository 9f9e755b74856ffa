#pragma once
// Helpers of the data tests: a directory that goes away, IDX content, gzip.

#include <algorithm>
#include <array>
#include <bit>
#include <concepts>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <stdexcept>
#include <string>
#include <vector>

#include <stdlib.h>
#include <zlib.h>

#include <gtest/gtest.h>

#include "base/error.h"

namespace lockstep {

class TemporaryDirectory {
 public:
  TemporaryDirectory() {
    std::string pattern = testing::TempDir() + "/lockstep-XXXXXX";
    if (::mkdtemp(pattern.data()) == nullptr) throw std::runtime_error("mkdtemp failed");
    path_ = pattern;
  }
  ~TemporaryDirectory() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  TemporaryDirectory(const TemporaryDirectory&) = delete;
  TemporaryDirectory& operator=(const TemporaryDirectory&) = delete;

  [[nodiscard]] const std::filesystem::path& path() const { return path_; }

  std::filesystem::path write(const std::string& name, const std::string& content) const {
    std::ofstream(path_ / name, std::ios::binary) << content;
    return path_ / name;
  }

 private:
  std::filesystem::path path_;
};

// The bytes of `value`, most significant first.
template <typename T>
std::string big_endian(T value) {
  auto bytes = std::bit_cast<std::array<char, sizeof(T)>>(value);
  if constexpr (std::endian::native == std::endian::little) {
    std::reverse(bytes.begin(), bytes.end());
  }
  return {bytes.begin(), bytes.end()};
}

inline std::string idx_header(int type, const std::vector<std::uint32_t>& dimensions) {
  std::string header = {0, 0, static_cast<char>(type), static_cast<char>(dimensions.size())};
  for (const std::uint32_t dimension : dimensions) header += big_endian(dimension);
  return header;
}

template <typename T>
std::string idx_file(int type, const std::vector<std::uint32_t>& dimensions,
                     const std::vector<T>& values) {
  std::string content = idx_header(type, dimensions);
  for (const T value : values) content += big_endian(value);
  return content;
}

inline std::string gzip(const std::string& content) {
  z_stream stream = {};
  if (deflateInit2(&stream, 6, Z_DEFLATED, MAX_WBITS + 16, 8, Z_DEFAULT_STRATEGY) != Z_OK) {
    throw std::runtime_error("deflateInit2 failed");
  }
  std::string out(deflateBound(&stream, content.size()) + 32, '\0');
  std::string in = content;
  stream.next_in = reinterpret_cast<Bytef*>(in.data());
  stream.avail_in = static_cast<uInt>(in.size());
  stream.next_out = reinterpret_cast<Bytef*>(out.data());
  stream.avail_out = static_cast<uInt>(out.size());
  const int result = deflate(&stream, Z_FINISH);
  out.resize(stream.total_out);
  deflateEnd(&stream);
  if (result != Z_STREAM_END) throw std::runtime_error("deflate failed");
  return out;
}

// The code and message of the Error that `run` throws; fails when it does not.
struct Thrown {
  ExitCode code = ExitCode::ok;
  std::string message;
};

template <std::invocable Run>
Thrown error_of(Run&& run) {
  try {
    run();
  } catch (const Error& error) {
    return {error.code(), error.what()};
  }
  ADD_FAILURE() << "expected an Error";
  return {};
}

inline bool contains(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

}  // namespace lockstep
