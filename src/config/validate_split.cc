#include "config/validate_split.h"

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <google/protobuf/descriptor.h>
#include <google/protobuf/message.h>

#include "config/file_identity.h"
#include "proto/job.pb.h"
#include "proto/rule.pb.h"

namespace lockstep {

namespace pb = google::protobuf;

namespace {

// A part of a source as the job requests it.
struct AskedPart {
  std::string path;
  const proto::Part& part;
};

// Checks the parts of one source. `whole`: they may take all of it.
void check_parts(const ValueChecks& checks, const std::vector<AskedPart>& parts,
                 const std::string& source, bool whole) {
  double sum = 0;
  std::vector<std::string> with_fraction;
  for (const auto& [path, part] : parts) {
    if (!part.has_fraction()) continue;
    const double fraction = part.fraction();
    if (fraction > 0 && fraction <= 1) sum += fraction;
    with_fraction.push_back(path);
    if (whole || fraction != 1) continue;
    checks.require(false, path + ".fraction", "1", "a fraction above 0 and below 1");
    sum -= 1;  // reported
  }
  // Decimal fractions that add up to 1 may not do so exactly in binary.
  constexpr double kRounding = 1e-12;
  if (whole ? sum > 1 + kRounding : sum > 1 - kRounding) {
    checks.complain("data.split", fmt::format("{} take the fraction {:.10g} of {}; expected {} 1",
                                              fmt::join(with_fraction, " and "), sum, source,
                                              whole ? "at most" : "below"));
  }
}

// Checks that only the test set is a fold, and of the training source.
void check_fold(const ValueChecks& checks, const proto::Data& data) {
  const proto::Split& split = data.split();
  for (const auto& [part, path] : {std::pair(&split.dev(), "data.split.dev.fold"),
                                   std::pair(&split.train_dev(), "data.split.train_dev.fold")}) {
    if (part->has_fold()) {
      checks.complain(path, fmt::format("{} is for data.split.test alone; give a count or a "
                                        "fraction",
                                        path));
    }
  }
  const std::string path = "data.split.test.fold";
  if (!split.test().has_fold()) return;
  const proto::Part::Fold& fold = split.test().fold();
  if (data.has_held_out()) {
    checks.complain(path, path +
                              " is a part of data.train, but data.held_out has the test set; "
                              "remove one");
  }
  if (fold.has_of()) {
    checks.require(fold.number() < fold.of(), path + ".number", fmt::to_string(fold.number()),
                   fmt::format("a number below the {} folds, which count from 0", fold.of()));
  }
}

// Which source the dev or test set comes from; empty without such a set.
std::string origin(bool own_source, const char* own_path, bool part, bool held_out) {
  if (own_source) return own_path;
  if (!part) return "";
  return held_out ? "data.held_out" : "data.train";
}

// Checks that dev and test come from one distribution, unless the job says otherwise.
void check_dev_and_test(const ValueChecks& checks, const proto::Data& data) {
  const std::string path = "data.dev_and_test_from";
  const bool held_out = data.has_held_out();
  if (held_out && (data.has_dev() || data.has_test())) return;  // a contradiction, reported already
  const std::string dev = origin(data.has_dev(), "data.dev", data.split().has_dev(), held_out);
  const std::string test = origin(data.has_test(), "data.test", data.split().has_test(), held_out);
  if (dev.empty() || test.empty() || !checks.trusted(path)) return;
  if (dev == test && data.dev_and_test_from() == proto::Data::DIFFERENT_DISTRIBUTIONS) {
    checks.complain(path, fmt::format("{} is DIFFERENT_DISTRIBUTIONS, but both are split out of "
                                      "{}; remove it",
                                      path, dev));
  }
  if (dev != test && data.dev_and_test_from() == proto::Data::ONE_SOURCE) {
    checks.complain(
        path, fmt::format(
                  "dev comes from {} and test from {}, but they must come from one distribution "
                  "(1.1); say {}: ONE_DISTRIBUTION if you know that they do (like the two files of "
                  "MNIST), DIFFERENT_DISTRIBUTIONS if they do not, or split both out of one "
                  "source (data.held_out)",
                  dev, test, path));
  }
}

// The files with features in `message` and the messages it contains.
void collect_files(const pb::Message& message, std::vector<std::string>& files) {
  const pb::Reflection& reflection = *message.GetReflection();
  std::vector<const pb::FieldDescriptor*> fields;
  reflection.ListFields(message, &fields);
  for (const pb::FieldDescriptor* field : fields) {
    if (field->options().GetExtension(proto::rule).holds_examples()) {
      files.push_back(reflection.GetString(message, field));
    } else if (field->message_type() != nullptr && field->is_repeated()) {
      for (int i = 0; i < reflection.FieldSize(message, field); ++i) {
        collect_files(reflection.GetRepeatedMessage(message, field, i), files);
      }
    } else if (field->message_type() != nullptr) {
      collect_files(reflection.GetMessage(message, field), files);
    }
  }
}

// A content that two sources of different examples must not share, whatever noise is added and
// however the labels are coded.
struct Content {
  std::string identity;
  std::string file;  // as messages name it; empty for a synthetic source
};

std::vector<Content> contents_of(const proto::Source& source) {
  if (source.has_synthetic()) {
    // Sources with the same seed share their first points, whatever the number of points.
    const proto::Synthetic& synthetic = source.synthetic();
    return {
        {fmt::format("synthetic {} {}", static_cast<int>(synthetic.kind_case()), synthetic.seed()),
         ""}};
  }
  std::vector<std::string> files;
  collect_files(source, files);
  std::vector<Content> contents;
  contents.reserve(files.size());
  for (const std::string& file : files) contents.push_back({file_identity(file), file});
  return contents;
}

// Checks that no two sets are read from the same files, with or without noise.
void check_sources_differ(const ValueChecks& checks, const proto::Data& data) {
  struct Seen {
    std::string path;
    std::vector<Content> contents;
  };
  std::vector<Seen> seen;
  // Returns whether the set shares a content with an earlier one, and reports the first.
  const auto shares = [&](const Seen& set, bool synthetic) {
    for (const Seen& other : seen) {
      const auto shared = std::ranges::find_first_of(set.contents, other.contents, {},
                                                     &Content::identity, &Content::identity);
      if (shared == set.contents.end()) continue;
      const bool whole = set.contents.size() == 1 && other.contents.size() == 1;
      checks.complain(
          set.path,
          whole ? fmt::format("{} is the same source as {}; the sets would share their examples{}",
                              set.path, other.path, synthetic ? ": give it another seed" : "")
                : fmt::format("{} and {} both have the file {}; the sets would share its examples: "
                              "remove it from one of them",
                              set.path, other.path, shared->file));
      return true;
    }
    return false;
  };
  const auto look = [&](bool is_there, const std::string& path, const proto::Source& source) {
    if (!is_there || source.format_case() == proto::Source::FORMAT_NOT_SET) return;
    Seen set{path, contents_of(source)};
    if (!shares(set, source.has_synthetic())) seen.push_back(std::move(set));
  };
  look(data.has_train(), "data.train", data.train());
  look(data.has_dev(), "data.dev", data.dev());
  look(data.has_test(), "data.test", data.test());
  look(data.has_held_out(), "data.held_out", data.held_out());
}

void check_held_out(const ValueChecks& checks, const proto::Data& data) {
  for (const auto& [is_there, path] :
       {std::pair(data.has_dev(), "data.dev"), std::pair(data.has_test(), "data.test")}) {
    if (!is_there) continue;
    checks.complain(path, fmt::format("{} contradicts data.held_out, which dev and test are split "
                                      "out of; remove one",
                                      path));
  }
  const bool meant = !checks.trusted("data.split.dev") || !checks.trusted("data.split.test");
  if (!data.split().has_dev() && !data.split().has_test() && !meant) {
    checks.complain(
        "data.held_out",
        "data.held_out needs data.split.dev or data.split.test, which set how much of it "
        "each gets, such as dev { fraction: 0.5 } test { fraction: 0.5 }");
  }
}

// Examples with equal inputs are the groups of a split by content.
void check_by_content(const ValueChecks& checks, const proto::Split& split) {
  if (!split.by_content()) return;
  if (split.stratified()) {
    checks.complain("data.split.stratified",
                    "data.split.stratified excludes data.split.by_content: whole groups of copies "
                    "cannot keep the proportions of the classes; remove one");
  }
  if (split.by_group()) {
    checks.complain("data.split.by_group",
                    "data.split.by_group excludes data.split.by_content: an example would have two "
                    "groups; remove one");
  }
}

void check_groups(const ValueChecks& checks, const proto::Data& data) {
  if (data.split().by_group()) {
    if (data.split().stratified()) {
      checks.complain("data.split.stratified",
                      "data.split.stratified excludes data.split.by_group: whole groups cannot "
                      "keep the proportions of the classes; remove one");
    }
    return;
  }
  const auto unused = [&](bool is_there, const proto::Source& source, const std::string& path) {
    if (!is_there || !checks.trusted("data.split.by_group")) return;
    const auto* format = source.GetReflection()->GetOneofFieldDescriptor(
        source, proto::Source::descriptor()->FindOneofByName("format"));
    if (format == nullptr) return;
    const pb::Message& files = source.GetReflection()->GetMessage(source, format);
    const auto* field = files.GetDescriptor()->FindFieldByName("groups");
    if (field == nullptr || !files.GetReflection()->HasField(files, field)) return;
    const std::string groups = fmt::format("{}.{}.groups", path, format->name());
    checks.complain(groups, groups + " is for data.split.by_group: true; set it, or remove this");
  };
  unused(data.has_train(), data.train(), "data.train");
  unused(data.has_held_out(), data.held_out(), "data.held_out");
}

}  // namespace

void check_split(const ValueChecks& checks, const proto::Data& data) {
  const proto::Split& split = data.split();
  std::vector<AskedPart> of_train;
  std::vector<AskedPart> of_held_out;
  auto& dev_and_test = data.has_held_out() ? of_held_out : of_train;
  if (split.has_dev()) dev_and_test.push_back({"data.split.dev", split.dev()});
  if (split.has_test()) dev_and_test.push_back({"data.split.test", split.test()});
  if (split.has_train_dev()) of_train.push_back({"data.split.train_dev", split.train_dev()});
  check_parts(checks, of_train, "the training source", false);
  check_parts(checks, of_held_out, "data.held_out", true);

  if (split.has_dev() && data.has_dev()) {
    checks.complain("data.split.dev",
                    "data.split.dev contradicts data.dev, a separate dev set; remove one");
  }
  if (split.has_test() && data.has_test()) {
    checks.complain("data.split.test",
                    "data.split.test contradicts data.test, a separate test set; remove one");
  }
  check_fold(checks, data);
  if (data.has_held_out()) check_held_out(checks, data);
  check_dev_and_test(checks, data);
  check_sources_differ(checks, data);
  check_groups(checks, data);
  check_by_content(checks, split);
}

}  // namespace lockstep
