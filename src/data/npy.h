#pragma once
// NPY files, NumPy's format of one array. Gzip or not, recognized by content; either
// byte order, C or Fortran order.
//
// Types that ElementType has are kept (u1, i1, i2, i4, f4, f8). The others become
// the next type that holds their values: b1 u8, u2 i32, f2 f32; i8, u4 and u8 become
// i32 and must fit.

#include <filesystem>
#include <memory>
#include <optional>

#include "data/array_file.h"
#include "data/array_source.h"

namespace lockstep {

// Order of the dimensions of the array of features when there are four.
enum class NpyChannels {
  first,  // [examples, channels, height, width], as in memory
  last,   // [examples, height, width, channels], rearranged while it is read
};

// Opens an NPY file. Three dimensions are [images, height, width]. Four are images,
// too, except that [n, h, w, 3] with `first` is not an image: if the last dimension
// has the size of channels (1, 3 or 4), channels were probably meant to be last.
//
// Memory is proportional to the rows kept. This holds for Fortran order, too, where a
// row is spread over the file: values are placed as they are read.
std::unique_ptr<ArrayFile> open_npy(const std::filesystem::path& path,
                                    NpyChannels channels = NpyChannels::first);

// Examples in a pair of NPY files, features and labels, and optionally a third with
// their groups. Without a path for labels the examples have no labels.
class NpyExampleSource : public ArrayExampleSource {
 public:
  explicit NpyExampleSource(const std::filesystem::path& features,
                            const std::optional<std::filesystem::path>& labels = std::nullopt,
                            const std::optional<std::filesystem::path>& groups = std::nullopt,
                            NpyChannels channels = NpyChannels::first);
};

}  // namespace lockstep
