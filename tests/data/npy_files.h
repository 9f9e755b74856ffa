#pragma once
// NPY content for tests.

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "data/examples.h"
#include "idx_files.h"

namespace lockstep {

// A header of version 1.0 with this dictionary.
inline std::string npy_header(const std::string& dictionary) {
  const auto length = static_cast<std::uint16_t>(dictionary.size());
  std::string header = "\x93NUMPY\x01";
  header += '\0';
  header += static_cast<char>(length & 0xFFU);
  header += static_cast<char>(length >> 8);
  return header + dictionary;
}

inline std::string npy_dictionary(const std::string& descr, const std::string& shape,
                                  bool fortran_order = false) {
  return "{'descr': '" + descr + "', 'fortran_order': " + (fortran_order ? "True" : "False") +
         ", 'shape': " + shape + ", }\n";
}

// The values as they lie in memory here, little-endian.
template <typename T>
std::string npy_file(const std::string& descr, const std::string& shape,
                     const std::vector<T>& values, bool fortran_order = false) {
  std::string content = npy_header(npy_dictionary(descr, shape, fortran_order));
  for (const T value : values) {
    std::string bytes = big_endian(value);
    content.append(bytes.rbegin(), bytes.rend());
  }
  return content;
}

template <typename V>
std::vector<V> values_as(const Examples& examples) {
  return visit_values(examples.type, examples.values, []<typename S>(std::span<const S> values) {
    return std::vector<V>(values.begin(), values.end());
  });
}

inline std::vector<std::uint32_t> ids_below(std::uint64_t n) {
  std::vector<std::uint32_t> ids(n);
  for (std::uint32_t i = 0; i < n; ++i) ids[i] = i;
  return ids;
}

}  // namespace lockstep
