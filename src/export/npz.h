#pragma once
// Arrays in an NPZ file, NumPy's archive: a ZIP file with an NPY file for each array.

#include <cstdint>
#include <span>
#include <string>

namespace lockstep {

// An array by its name. `npy`: the bytes of its NPY file.
struct NpzMember {
  std::string name;
  std::string npy;
};

// An NPY file of floats [shape].
std::string npy_of(std::span<const float> values, std::span<const std::uint64_t> shape);

// An NPY file of texts [texts], as NumPy's type of Unicode strings. Bytes that are not UTF-8, as in
// names from files in another encoding, become U+FFFD.
std::string npy_of(std::span<const std::string> texts);

// The bytes of the archive, in which members are stored as they are; the same members give the
// same bytes. Throws Error(io) when the archive cannot be made.
std::string npz_archive(std::span<const NpzMember> members);

}  // namespace lockstep
