#include "examples_input.h"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <numeric>
#include <vector>

#include "base/check.h"
#include "base/error.h"

namespace lockstep {
namespace {

// More examples than small files hold; libsvm and compressed files can have many.
constexpr std::uint64_t kMostExamples = 100'000;

void read_all(ExampleSource& source) {
  const SourceInfo& info = source.info();
  check(info.examples >= 1 && info.features >= 1, "a source has examples and features");
  if (info.examples > kMostExamples) return;
  std::vector<std::uint32_t> ids(info.examples);
  std::iota(ids.begin(), ids.end(), 0U);

  const std::vector<float> labels = source.read_labels();
  check(labels.size() == info.examples * info.label_width, "every example has its labels");
  check(std::ranges::all_of(labels, [](float label) { return std::isfinite(label); }),
        "labels are finite");
  const std::vector<std::uint64_t> groups = source.read_groups();
  check(groups.empty() || groups.size() == info.examples, "every example has its group");

  const Examples last = source.read(std::span(ids).last(1));
  const Examples all = source.read(ids);
  check(all.ids == ids && all.features == info.features && all.type == info.type,
        "examples are as declared");
  check(all.values.size() == ids.size() * info.features * element_size(info.type),
        "every example has its values");
  check(std::ranges::equal(last.values, std::span(all.values).last(last.values.size())),
        "an example is the same with others and alone");
  static_cast<void>(source.fingerprint());
}

}  // namespace

std::size_t chosen_way(std::string_view input, std::size_t ways) {
  return (static_cast<std::size_t>(static_cast<unsigned char>(input.front())) - 'a') % ways;
}

void read_examples(std::string_view input, const MemoryFile& file,
                   std::span<const ReadingWay> ways) {
  if (input.empty()) return;
  read_examples_of(input.substr(1), file, ways[chosen_way(input, ways.size())]);
}

void read_examples_of(std::string_view text, const MemoryFile& file, const ReadingWay& way) {
  file.write(text);
  try {
    read_all(*as_configured(open_source(way.source, way.known), way.source));
  } catch (const Error&) {
    return;  // refused, as invalid files must be
  }
}

}  // namespace lockstep
