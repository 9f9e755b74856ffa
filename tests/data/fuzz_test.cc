// Every reader on thousands of damaged files: each is either read into examples
// that are consistent, or refused with an Error(data) that names a file, without
// allocating more than the file's size could justify. Meant for
// `launch/test --sanitize address` too.
//
// LOCKSTEP_FUZZ_VARIANTS=N takes N variants of every file instead of kVariants.

#include <algorithm>
#include <cctype>
#include <cmath>
#include <cstdlib>
#include <iostream>

#include <gtest/gtest.h>

#include "checkpoint/allocations.h"
#include "fuzz_cases.h"
#include "mutations.h"
#include "npy_files.h"

namespace lockstep {
namespace {

constexpr std::uint32_t kVariants = 600;

std::uint32_t variants() {
  const char* const asked = std::getenv("LOCKSTEP_FUZZ_VARIANTS");
  return asked == nullptr ? kVariants : static_cast<std::uint32_t>(std::atol(asked));
}

bool is_gzip(const std::string& content) { return content.starts_with("\x1F\x8B"); }

bool all_finite(const std::vector<float>& values) {
  return std::ranges::all_of(values, [](float value) { return std::isfinite(value); });
}

// What ExampleSource promises of `examples`, read with these ids.
void expect_consistent(const SourceInfo& info, const Examples& examples,
                       const std::vector<std::uint32_t>& ids) {
  ASSERT_EQ(examples.ids, ids);
  ASSERT_EQ(examples.type, info.type);
  ASSERT_EQ(examples.features, info.features);
  ASSERT_EQ(examples.label_width, info.label_width);
  ASSERT_EQ(examples.values.size(), ids.size() * info.features * element_size(info.type));
  ASSERT_EQ(examples.labels.size(), ids.size() * info.label_width);
  ASSERT_TRUE(all_finite(values_as<float>(examples)));
  ASSERT_TRUE(all_finite(examples.labels));
}

class Fuzz : public testing::TestWithParam<std::size_t> {
 protected:
  Fuzz() : case_(fuzz_cases()[GetParam()]) {
    for (std::size_t i = 0; i < case_.files.size(); ++i) {
      paths_.push_back(directory_.write("file-" + std::to_string(i), case_.files[i]));
    }
  }

  // Reads the case with file `which` replaced by `content`.
  void try_content(std::size_t which, const std::string& content) {
    replace(which, content);
    std::size_t content_bytes = 0;
    for (std::size_t i = 0; i < paths_.size(); ++i) {
      const std::string& file = i == which ? content : case_.files[i];
      // Deflate expands by less than 1032.
      content_bytes = std::max(content_bytes, file.size() * (is_gzip(file) ? 1032 : 1));
    }
    // The test's own allocations come afterwards.
    std::unique_ptr<ExampleSource> source;
    std::vector<std::uint32_t> all;
    std::vector<float> labels;
    std::vector<std::uint64_t> groups;
    Examples examples;
    Examples last;
    reset_largest_allocation();
    try {
      source = case_.open(paths_);
      all = ids_below(source->info().examples);
      labels = source->read_labels();
      groups = source->read_groups();
      last = source->read(std::span(all).last(1));
      examples = source->read(all);
      static_cast<void>(source->fingerprint());
    } catch (const Error& error) {
      const std::size_t largest = largest_allocation();
      ++refused_;
      EXPECT_EQ(error.code(), ExitCode::data) << error.what();
      EXPECT_TRUE(contains(error.what(), directory_.path().string())) << error.what();
      check_allocation(largest, content_bytes);
      return;
    }
    check_allocation(largest_allocation(), content_bytes);
    ++read_;
    const SourceInfo& info = source->info();
    ASSERT_GE(info.examples, 1U);
    ASSERT_GE(info.features, 1U);
    ASSERT_EQ(labels.size(), info.examples * info.label_width);
    ASSERT_TRUE(groups.empty() || groups.size() == info.examples);
    ASSERT_TRUE(all_finite(labels));
    expect_consistent(info, examples, all);
    expect_consistent(info, last, {all.back()});
    ASSERT_TRUE(
        std::ranges::equal(last.values, std::span(examples.values).last(last.values.size())));
  }

  void check_allocation(std::size_t largest, std::size_t content_bytes) const {
    EXPECT_LE(largest, case_.fixed + case_.factor * content_bytes);
  }

  // A new file each time: some file systems wait for the disk when one is emptied
  // and written again.
  void replace(std::size_t which, const std::string& content) const {
    std::filesystem::remove(paths_[which]);
    directory_.write(paths_[which].filename(), content);
  }

  // Before another file is damaged.
  void restore(std::size_t which) const { replace(which, case_.files[which]); }

  void report(const char* what) const {
    std::cout << "  " << case_.name << ", " << what << ": " << read_ << " read, " << refused_
              << " refused\n";
  }

  TemporaryDirectory directory_;
  FuzzCase case_;
  std::vector<std::filesystem::path> paths_;
  std::size_t read_ = 0;
  std::size_t refused_ = 0;
};

TEST_P(Fuzz, TheFilesThemselvesAreRead) {
  try_content(0, case_.files[0]);
  EXPECT_EQ(read_, 1U);
}

TEST_P(Fuzz, CutShortAnywhere) {
  for (std::size_t which = 0; which < paths_.size(); ++which) {
    const std::string& content = case_.files[which];
    // At every offset, but in the middle of large ones only at some.
    for (std::size_t size = 0; size < content.size(); ++size) {
      const bool near_an_end = size < 400 || content.size() - size < 100;
      if (near_an_end || size % 101 == 0) try_content(which, content.substr(0, size));
      if (HasFatalFailure()) FAIL() << case_.name << " cut to " << size;
    }
    restore(which);
  }
  report("cut short");
  EXPECT_GT(refused_, 0U);
}

TEST_P(Fuzz, DamagedInManyWays) {
  for (std::size_t which = 0; which < paths_.size(); ++which) {
    for (std::uint32_t variant = 0; variant < variants(); ++variant) {
      try_content(which, mutated(case_.files[which], variant));
      if (HasFailure()) FAIL() << case_.name << ", file " << which << ", variant " << variant;
    }
    restore(which);
  }
  report("damaged");
  EXPECT_GT(refused_, 0U);
}

// Gzip's checksum does not help where the damage was compressed.
TEST_P(Fuzz, DamagedAndThenCompressed) {
  if (is_gzip(case_.files[0])) return;
  for (std::size_t which = 0; which < paths_.size(); ++which) {
    for (std::uint32_t variant = 0; variant < variants() / 3; ++variant) {
      try_content(which, gzip(mutated(case_.files[which], ~variant)));
      if (HasFailure()) FAIL() << case_.name << ", file " << which << ", variant ~" << variant;
    }
    restore(which);
  }
  report("damaged and compressed");
  EXPECT_GT(refused_, 0U);
}

INSTANTIATE_TEST_SUITE_P(EveryFormat, Fuzz, testing::Range<std::size_t>(0, fuzz_cases().size()),
                         [](const auto& parameter) {
                           std::string name = fuzz_cases()[parameter.param].name;
                           std::erase_if(name, [](char c) { return std::isalnum(c) == 0; });
                           return name;
                         });

}  // namespace
}  // namespace lockstep
