#pragma once
// The beginning of an NPY file, NumPy's format of one array: 93 "NUMPY", the
// version, the length of what follows as u16 (1.0) or u32 (2.0, 3.0),
// little-endian, and a Python dictionary with the keys descr, fortran_order and
// shape. Format: numpy.lib.format, NEP 1.

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "base/digest.h"
#include "data/byte_stream.h"

namespace lockstep {

enum class NpyKind { boolean, signed_integer, unsigned_integer, floating };

struct NpyHeader {
  NpyKind kind = NpyKind::floating;
  unsigned value_bytes = 0;  // 1, 2, 4 or 8; for floating 2, 4 or 8
  bool big_endian = false;
  bool fortran_order = false;  // the first dimension varies fastest
  std::vector<std::uint64_t> shape;
  std::string text;                // "<f4 (60000, 784)", for people
  std::uint64_t header_bytes = 0;  // before the values
};

// Reads the header from the beginning of `stream` and adds its bytes to
// `digest`. Throws Error(data) for anything else, and for arrays of Python objects,
// records, complex numbers, text or dates.
NpyHeader read_npy_header(const std::filesystem::path& path, ByteStream& stream, Digest& digest);

}  // namespace lockstep
