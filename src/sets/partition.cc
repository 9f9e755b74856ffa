#include "sets/partition.h"

#include <algorithm>
#include <numeric>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include <fmt/format.h>

#include "base/check.h"
#include "base/error.h"
#include "data/apportion.h"
#include "data/contents.h"
#include "data/folds.h"

namespace lockstep {
namespace {

// A part of the split as the job specifies it.
struct AskedPart {
  const char* name;  // in data.split
  std::optional<PartSize> size;
  std::uint64_t PartSizes::*member;
};

std::vector<AskedPart> asked_parts(const DataConfig& data, SplitSource which) {
  const SplitRules& split = data.split;
  const AskedPart dev{"dev", split.dev, &PartSizes::dev};
  const AskedPart test{"test", split.test, &PartSizes::test};
  const AskedPart train_dev{"train_dev", split.train_dev, &PartSizes::train_dev};
  if (which == SplitSource::held_out) return {dev, test};
  if (data.held_out) return {train_dev};
  return {dev, test, train_dev};
}

// The exact share of n examples.
double exact_share(const PartSize& size, std::uint64_t n) {
  if (const auto* fold = std::get_if<PartFold>(&size)) {
    return static_cast<double>(fold_sizes(n, fold->of)[fold->number]);
  }
  if (const auto* count = std::get_if<PartCount>(&size)) {
    return static_cast<double>(count->examples);
  }
  return std::get<PartFraction>(size).fraction * static_cast<double>(n);
}

// The sizes that the job specifies, for n examples.
PartSizes asked_sizes(const DataConfig& data, SplitSource which, std::uint64_t n) {
  const std::vector<AskedPart> parts = asked_parts(data, which);
  std::vector<double> shares;
  double sum = 0;
  std::string text;
  for (const AskedPart& part : parts) {
    shares.push_back(part.size ? exact_share(*part.size, n) : 0);
    sum += shares.back();
    if (part.size) {
      text += fmt::format("{}{} {:.10g}", text.empty() ? "" : " and ", part.name, shares.back());
    }
  }
  const auto all = static_cast<double>(n);
  const bool trains = which == SplitSource::train;
  constexpr double kRounding = 1e-3;  // tolerance for fractions that add up to 1
  const auto fail = [&] {
    const std::string what = trains ? fmt::format("leave none of {} examples to train on", n)
                                    : fmt::format("are more than the {} of data.held_out", n);
    throw Error(ExitCode::usage, fmt::format("data.split: {} {}; make them smaller", text, what));
  };
  if (sum > all + kRounding) fail();
  const std::vector<std::uint64_t> counts = whole_shares(shares, n);
  PartSizes sizes;
  for (std::size_t i = 0; i < parts.size(); ++i) {
    const auto& [name, asked, member] = parts[i];
    sizes.*member = counts[i];
    if (!asked || counts[i] > 0) continue;
    // Only a fraction can become 0, because a count or a fold is never 0.
    throw Error(
        ExitCode::usage,
        fmt::format(
            "data.split.{}: fraction {} of {} examples rounds to 0 examples; make it larger", name,
            std::get<PartFraction>(*asked).fraction, n));
  }
  if (trains && sizes.total() == n) fail();
  return sizes;
}

std::vector<std::uint64_t> groups_of(ExampleSource& source) {
  std::vector<std::uint64_t> groups = source.read_groups();
  const SourceInfo& info = source.info();
  if (groups.empty()) {
    throw Error(ExitCode::usage,
                fmt::format("data.split.by_group: {} has no groups; name them in its source, such "
                            "as idx {{ groups: ... }}, or a table's column with the role GROUP",
                            info.name));
  }
  check(groups.size() == info.examples, "every example has a group");
  return groups;
}

std::vector<std::uint64_t> copies_in(ExampleSource& source) {
  std::vector<std::uint32_t> all(source.info().examples);
  std::iota(all.begin(), all.end(), 0U);
  return groups_of_copies(contents_of(source.read(all)));
}

// What a split goes by: classes if there are labels, groups if there are groups.
struct SplitBasis {
  std::uint64_t examples = 0;
  std::vector<float> labels = {};
  std::vector<std::uint64_t> groups = {};
};

Split split_by(const SplitBasis& basis, const PartSizes& sizes, SplitKey key) {
  if (!basis.labels.empty()) return split_stratified(basis.labels, sizes, key);
  if (!basis.groups.empty()) return split_by_group(basis.groups, sizes, key);
  return split_examples(basis.examples, sizes, key);
}

FoldNumbers divide_by(const SplitBasis& basis, std::uint32_t folds, FoldKey key) {
  if (!basis.labels.empty()) return divide_stratified(basis.labels, folds, key);
  if (!basis.groups.empty()) return divide_by_group(basis.groups, folds, key);
  return divide_examples(basis.examples, folds, key);
}

SplitBasis only(const SplitBasis& basis, std::span<const std::uint32_t> ids) {
  SplitBasis some{.examples = ids.size()};
  for (const std::uint32_t id : ids) {
    if (!basis.labels.empty()) some.labels.push_back(basis.labels[id]);
    if (!basis.groups.empty()) some.groups.push_back(basis.groups[id]);
  }
  return some;
}

// The test set is a fold; the other parts are split off the other folds.
Split split_around(const SplitBasis& basis, const PartFold& fold, PartSizes sizes, SplitKey key) {
  const FoldNumbers fold_of = divide_by(basis, fold.of, {key.seed, fold.repeat});
  std::vector<std::uint32_t> test;
  std::vector<std::uint32_t> others;
  for (std::uint32_t id = 0; id < fold_of.size(); ++id) {
    (fold_of[id] == fold.number ? test : others).push_back(id);
  }
  sizes.test = 0;
  if (sizes.total() >= others.size()) {
    throw Error(
        ExitCode::usage,
        fmt::format("data.split: fold {} has {} of {} examples, and dev and train_dev leave "
                    "none to train on; make them smaller",
                    fold.number, test.size(), fold_of.size()));
  }
  Split split = split_by(only(basis, others), sizes, key);
  for (auto* part : {&split.rest, &split.dev, &split.train_dev}) {
    for (std::uint32_t& id : *part) id = others[id];
  }
  split.test = std::move(test);
  return split;
}

}  // namespace

bool takes_parts(const DataConfig& data, SplitSource which) {
  return std::ranges::any_of(asked_parts(data, which),
                             [](const AskedPart& part) { return part.size.has_value(); });
}

Split split_source(const Job& job, SplitSource which, ExampleSource& source,
                   std::span<const float> labels, std::span<const std::uint64_t> copies) {
  const std::uint64_t n = source.info().examples;
  const SplitRules& rules = job.data.split;
  const PartSizes sizes = asked_sizes(job.data, which, n);
  const SplitKey key{job.seed, static_cast<std::uint32_t>(which)};
  if (sizes.total() == 0) return split_examples(n, sizes, key);
  SplitBasis basis{.examples = n};
  if (rules.stratified) {
    basis.labels.assign(labels.begin(), labels.end());
  } else if (rules.by_group || rules.by_content) {
    basis.groups.assign(copies.begin(), copies.end());
    if (basis.groups.empty()) basis.groups = rules.by_group ? groups_of(source) : copies_in(source);
  }
  const PartFold* fold = rules.test ? std::get_if<PartFold>(&*rules.test) : nullptr;
  Split split =
      fold != nullptr ? split_around(basis, *fold, sizes, key) : split_by(basis, sizes, key);
  if (which == SplitSource::train && split.rest.empty()) {
    throw Error(ExitCode::data,
                fmt::format("data.split.{}: the groups of {} leave none of {} examples to "
                            "train on; make the parts smaller",
                            rules.by_group ? "by_group" : "by_content", source.info().name, n));
  }
  return split;
}

PartSizes split_sizes(const Job& job, SplitSource which, ExampleSource& source) {
  const bool in_groups = job.data.split.by_group || job.data.split.by_content;
  if (!in_groups) return asked_sizes(job.data, which, source.info().examples);
  const Split split = split_source(job, which, source, {});
  return {split.dev.size(), split.test.size(), split.train_dev.size()};
}

}  // namespace lockstep
