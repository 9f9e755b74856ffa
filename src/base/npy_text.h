#pragma once
// The header of an NPY file, NumPy's format of one array (version 1).

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace lockstep {

// `type`: NumPy's name of the type of the values, such as "<f4". `shape`: the extents of the
// array, whose values follow the header row by row. The header's size is a multiple of 64.
std::string npy_header(std::string_view type, std::span<const std::uint64_t> shape);

}  // namespace lockstep
