#include "config/job_file.h"

#include <cerrno>
#include <cstddef>
#include <cstring>
#include <utility>

#include <fcntl.h>
#include <poll.h>
#include <unistd.h>

#include <fmt/format.h>
#include <google/protobuf/text_format.h>

#include "base/check.h"
#include "base/descriptor.h"
#include "base/error.h"
#include "config/message_builder.h"
#include "config/origins.h"
#include "config/overrides.h"
#include "config/problems.h"
#include "config/resolve.h"
#include "config/text_tree.h"
#include "config/to_job.h"
#include "config/validate.h"
#include "proto/job.pb.h"

namespace lockstep {
namespace {

// Large enough for a network of thousands of layers; smaller than most data files named by
// mistake.
constexpr std::size_t kLargestJobBytes = std::size_t{1} << 20;

[[noreturn]] void fail_too_large(const std::string& name, std::string_view kind) {
  throw Error(ExitCode::usage,
              fmt::format("{}: larger than {} bytes, so not a {} file (protobuf text format); is "
                          "it a data file?",
                          name, kLargestJobBytes, kind));
}

constexpr int kPipeMilliseconds = 60'000;

std::string print(const proto::Job& job) {
  std::string text;
  check(google::protobuf::TextFormat::PrintToString(job, &text), "a job can be printed");
  return text;
}

std::vector<std::string> idle_overrides(std::span<const std::string> overrides,
                                        const Origins& origins) {
  std::vector<std::string> idle;
  for (const std::string& assignment : overrides) {
    if (!origins.stands(assignment)) idle.push_back(assignment);
  }
  return idle;
}

}  // namespace

std::string read_text_file(const std::filesystem::path& path, std::string_view kind) {
  const std::string name = path.string();
  std::error_code error;
  const auto status = std::filesystem::status(path, error);
  if (status.type() == std::filesystem::file_type::not_found) {
    throw Error(ExitCode::missing_input, fmt::format("{}: no such {} file", name, kind));
  }
  if (std::filesystem::is_directory(status)) {
    throw Error(
        ExitCode::usage,
        fmt::format("{}: a directory; expected a {} file (protobuf text format)", name, kind));
  }
  if (std::filesystem::is_regular_file(status)) {
    const auto bytes = std::filesystem::file_size(path, error);
    if (!error && bytes > kLargestJobBytes) fail_too_large(name, kind);
  }
  const auto fail = [&](const std::string& why) -> Error {
    return {ExitCode::missing_input,
            fmt::format("{}: cannot read the {} file: {}", name, kind, why)};
  };
  // Opening a pipe without a writer would block without O_NONBLOCK.
  const Descriptor file(::open(path.c_str(), O_RDONLY | O_NONBLOCK | O_CLOEXEC));
  if (file.number < 0) throw fail(std::strerror(errno));
  // One byte more than allowed shows that a pipe or device continues.
  std::string text(kLargestJobBytes + 1, '\0');
  std::size_t size = 0;
  while (size < text.size()) {
    const ssize_t got = ::read(file.number, text.data() + size, text.size() - size);
    if (got == 0) break;
    if (got > 0) {
      size += static_cast<std::size_t>(got);
    } else if (errno == EAGAIN) {  // the pipe has a writer
      pollfd waiting{file.number, POLLIN, 0};
      if (::poll(&waiting, 1, kPipeMilliseconds) == 0) {
        throw fail("a pipe to which nothing was written for a minute");
      }
    } else if (errno != EINTR) {
      throw fail(std::strerror(errno));
    }
  }
  if (size == 0 && std::filesystem::is_fifo(status)) throw fail("a pipe without a writer");
  if (size > kLargestJobBytes) fail_too_large(name, kind);
  text.resize(size);
  return text;
}

std::optional<LoadedJob> parse_job(std::string_view text, const std::filesystem::path& base_dir,
                                   std::span<const std::string> overrides, Problems& problems) {
  Origins origins;
  proto::Job job;

  const TextTree tree = parse_text_tree(text);
  if (tree.fields.empty() && !tree.error && overrides.empty()) {
    problems.add({}, "the job is empty; expected name, data, network, optimizer and training");
    return std::nullopt;
  }
  MessageBuilder(origins, problems).set_fields(tree.fields, "", job);
  if (tree.error) {
    const auto& [position, message] = *tree.error;
    problems.add({position.line, position.column, {}}, message);
    return std::nullopt;
  }
  for (const std::string& assignment : overrides) {
    apply_override(assignment, job, origins, problems);
  }
  fill_defaults(job);
  make_paths_absolute(job, base_dir);
  validate(job, origins, problems);
  if (!problems.empty()) return std::nullopt;
  expand_repeated_layers(job);
  std::string resolved_text = print(job);
  if (resolved_text.size() > kLargestJobBytes) {
    problems.add({}, fmt::format("the job with {} layers written out is larger than {} bytes; use "
                                 "a smaller `repeat`",
                                 job.network().layer_size(), kLargestJobBytes));
    return std::nullopt;
  }
  return LoadedJob{to_job(job), std::move(resolved_text), origins.replaced(),
                   idle_overrides(overrides, origins)};
}

LoadedJob parse_job(std::string_view text, const std::string& name_for_messages,
                    const std::filesystem::path& base_dir, std::span<const std::string> overrides) {
  Problems problems(name_for_messages);
  if (auto loaded = parse_job(text, base_dir, overrides, problems)) return *std::move(loaded);
  throw Error(ExitCode::usage, problems.describe());
}

LoadedJob parse_resolved_job(const std::string& text, std::span<const std::string> overrides) {
  return parse_job(text, kResolvedJob, "/", overrides);
}

LoadedJob load_job(const std::filesystem::path& path, std::span<const std::string> overrides) {
  // A pipe has no directory: its paths are relative to the working directory.
  std::error_code error;  // reading the file reports it
  const bool has_place = std::filesystem::is_regular_file(path, error);
  return parse_job(read_text_file(path, "job"), path.string(),
                   has_place ? path.parent_path() : std::filesystem::path(), overrides);
}

}  // namespace lockstep
