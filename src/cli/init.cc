#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <unistd.h>

#include <fmt/format.h>

#include "base/atomic_file.h"
#include "base/error.h"
#include "cli/commands.h"
#include "cli/end_on_signal.h"
#include "cli/result_files.h"
#include "comm/agreement.h"
#include "init/draft_text.h"
#include "init/job_draft.h"
#include "init/repeated_rows.h"
#include "init/table_survey.h"
#include "report/descriptor.h"
#include "report/format.h"

namespace lockstep {
namespace {

namespace fs = std::filesystem;

struct InitArguments {
  std::string table;
  std::vector<std::string> targets;
  std::vector<std::string> ids;
  std::vector<std::string> ignored;
  std::string group;
  std::vector<std::string> missing;
  std::string delimiter;
  bool no_header = false;
  bool classify = false;
  bool regress = false;
  std::string output;
  bool force = false;
};

// The name of a table without ".csv", ".csv.gz" and the like, of characters that a job's name may
// have.
std::string name_of_job(const fs::path& table) {
  fs::path stem = table.filename();
  if (stem.extension() == ".gz") stem = stem.stem();
  std::string name = stem.stem().string();
  for (char& c : name) {
    const bool fits = ('a' <= c && c <= 'z') || ('A' <= c && c <= 'Z') || ('0' <= c && c <= '9') ||
                      c == '-' || c == '_' || c == '.';
    if (!fits) c = '-';
  }
  return name.empty() ? "table" : name;
}

// The table's path as a job file at `output` (empty: in the current folder) names it: absolute if
// the user gave it so, otherwise relative to the job file.
std::string path_in_job(const fs::path& table, const fs::path& output) {
  if (table.is_absolute()) return table.string();
  const fs::path folder =
      output.empty() ? fs::current_path() : fs::absolute(output).lexically_normal().parent_path();
  return fs::absolute(table).lexically_normal().lexically_relative(folder).string();
}

std::optional<char> delimiter_of(const std::string& text) {
  if (text.empty()) return std::nullopt;
  if (text == "\\t" || text == "tab") return '\t';
  if (text.size() == 1) return text.front();
  throw Error(ExitCode::usage, fmt::format("--delimiter {}: expected one character, or tab", text));
}

SurveyRequest survey_request(const InitArguments& arguments) {
  SurveyRequest request{.file = arguments.table, .delimiter = delimiter_of(arguments.delimiter)};
  if (arguments.no_header) request.header = false;
  request.names = arguments.targets;
  request.missing_texts = arguments.missing;
  return request;
}

std::optional<TargetKind> kind_of(const InitArguments& arguments) {
  if (arguments.classify) return TargetKind::classes;
  if (arguments.regress) return TargetKind::number;
  return std::nullopt;
}

// The command line that makes the same draft, for the comment of the job.
std::string command_of(const InitArguments& arguments) {
  std::string command = "lockstep init " + shell_word(arguments.table);
  const auto add = [&](const char* option, const std::string& word) {
    if (!word.empty()) command += fmt::format(" {} {}", option, shell_word(word));
  };
  for (const std::string& target : arguments.targets) add("--target", target);
  for (const std::string& id : arguments.ids) add("--id", id);
  for (const std::string& ignored : arguments.ignored) add("--ignore", ignored);
  add("--group", arguments.group);
  for (const std::string& missing : arguments.missing) add("--missing", missing);
  add("--delimiter", arguments.delimiter);
  if (arguments.no_header) command += " --no-header";
  if (arguments.classify) command += " --classify";
  if (arguments.regress) command += " --regress";
  return command;
}

// The job file; empty: stdout.
fs::path output_of(const InitArguments& arguments) {
  if (arguments.output == "-") return {};
  return arguments.output.empty() ? name_of_job(arguments.table) + ".textproto" : arguments.output;
}

void check_output(const fs::path& output, bool force) {
  if (output.empty() || force || !fs::exists(output)) return;
  throw Error(ExitCode::usage, fmt::format("{} exists; choose another file with --output, or "
                                           "overwrite it with --force",
                                           output.string()));
}

void init_job(const InitArguments& arguments) {
  const fs::path output = output_of(arguments);
  check_output(output, arguments.force);
  const TableSurvey survey = survey_table(survey_request(arguments));
  JobDraft draft = draft_job(survey, {.file = path_in_job(arguments.table, output),
                                      .name = name_of_job(arguments.table),
                                      .targets = arguments.targets,
                                      .ids = arguments.ids,
                                      .ignored = arguments.ignored,
                                      .group = arguments.group,
                                      .kind = kind_of(arguments),
                                      .missing_texts = arguments.missing});
  note_repeated_rows(draft, survey,
                     count_repeated_rows(arguments.table, survey.dialect, draft.inputs));
  const std::string text = job_text(draft, command_of(arguments));
  const std::string summary = summary_text(draft);
  if (output.empty()) {
    write_log(STDERR_FILENO, summary);
    return print_result(text);
  }
  write_output(output, text);
  const std::string job = shell_word(output.string());
  print_result(
      fmt::format("{}wrote {}; check these guesses, and continue with\n"
                  "  lockstep check {}\n"
                  "  lockstep train {}\n",
                  summary, output.string(), job, job));
}

void add_options(CLI::App& command, InitArguments& arguments) {
  const auto columns = [&](const char* name, std::vector<std::string>& words, const char* help) {
    command.add_option(name, words, help)
        ->expected(1)
        ->allow_extra_args(false)
        ->multi_option_policy(CLI::MultiOptionPolicy::TakeAll);
  };
  command.add_option("table", arguments.table, "CSV or TSV file, gzip or not")->required();
  columns("--target", arguments.targets, "Column that is predicted; several make a vector");
  columns("--id", arguments.ids,
          "Column that names the rows; it is copied to the left of the predictions");
  columns("--ignore", arguments.ignored, "Column that is left out");
  command.add_option("--group", arguments.group,
                     "Column whose rows with the same text stay together in the split");
  columns("--missing", arguments.missing, "Text that means a missing value, such as -999");
  command.add_option("--delimiter", arguments.delimiter, "One character, or tab [guessed]");
  command.add_flag("--no-header", arguments.no_header, "The first line is a row [guessed]");
  CLI::Option* classify = command.add_flag("--classify", arguments.classify,
                                           "Take the numbers of the target for classes");
  command.add_flag("--regress", arguments.regress, "Predict the value of the target")
      ->excludes(classify);
  command.add_option("--output", arguments.output,
                     "Job file to write; - for stdout [the table's name with .textproto]");
  command.add_flag("--force", arguments.force, "Overwrite the job file");
}

}  // namespace

void add_init_command(CLI::App& app, Action& action) {
  auto arguments = std::make_shared<InitArguments>();
  CLI::App* command = app.add_subcommand("init", "Write a first job for a table");
  add_options(*command, *arguments);
  command->callback([&action, arguments] {
    action = [arguments](const CommandContext& context) {
      const EndOnSignal ends(context.comm.is_root(), output_of(*arguments));
      agree(context.comm, [&] {
        if (context.comm.is_root()) init_job(*arguments);
      });
      return 0;
    };
  });
}

}  // namespace lockstep
