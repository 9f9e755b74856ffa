#include "evaluate/predict.h"
#include "base/parse_number.h"

#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <system_error>
#include <vector>

#include <unistd.h>

#include <fmt/format.h>

#include "base/error.h"
#include "checkpoint/find.h"
#include "cli/commands.h"
#include "cli/end_on_signal.h"
#include "cli/options.h"
#include "cli/prediction_output.h"
#include "cli/table_options.h"
#include "comm/agreement.h"
#include "report/descriptor.h"
#include "report/prediction_table.h"

namespace lockstep {
namespace {

struct PredictArguments {
  std::string model;
  std::string input;
  std::string output;  // empty: stdout
  std::string format = "csv";
  std::string probabilities = "all";
  bool probabilities_given = false;
  std::optional<std::uint64_t> top;
  std::optional<float> threshold;
  TableOptions table;
  int threads = 0;
};

const Choices<PredictionFormat> kFormats = {{"csv", PredictionFormat::csv},
                                            {"tsv", PredictionFormat::tsv},
                                            {"jsonl", PredictionFormat::jsonl},
                                            {"npy", PredictionFormat::npy}};
const Choices<ShownProbabilities> kProbabilities = {{"all", ShownProbabilities::all},
                                                    {"top", ShownProbabilities::top},
                                                    {"none", ShownProbabilities::none}};

PredictionStyle style_of(const PredictArguments& arguments) {
  PredictionStyle style{.format = chosen(kFormats, arguments.format),
                        .probabilities = chosen(kProbabilities, arguments.probabilities),
                        .threshold = arguments.threshold};
  if (!arguments.top) return style;
  if (arguments.probabilities_given && style.probabilities != ShownProbabilities::top) {
    throw Error(ExitCode::usage, fmt::format("--top is for --probabilities top, and {} is given; "
                                             "leave one out",
                                             arguments.probabilities));
  }
  style.probabilities = ShownProbabilities::top;
  style.top = *arguments.top;
  return style;
}

// The output replaces its file at the end, which must not be what is read.
void check_output(const PredictArguments& arguments) {
  std::error_code error;
  if (arguments.output.empty() ||
      !std::filesystem::equivalent(arguments.output, arguments.input, error)) {
    return;
  }
  throw Error(ExitCode::usage, fmt::format("--output {} is the file to predict; choose another one",
                                           arguments.output));
}

int run_predict(const PredictArguments& arguments, const CommandContext& context) {
  const Communicator& comm = context.comm;
  const EndOnSignal ends(comm.is_root(), arguments.output);
  const Layout layout{comm.size(), threads_of_a_rank(arguments.threads, comm.size())};
  std::string path;
  agree(comm, [&] {
    if (comm.is_root()) path = find_checkpoint(arguments.model).string();
  });
  const SavedModel model = load_model(path, comm);
  const std::string input = arguments.input == "-" ? "/dev/stdin" : arguments.input;
  std::optional<PredictionTable> table;
  std::optional<PredictionOutput> output;
  agree(comm, [&] {
    PredictionStyle style = style_of(arguments);
    if (!style.threshold) style.threshold = model.threshold;
    table.emplace(model, style);
    if (!comm.is_root()) return;
    check_output(arguments);
    if (style.threshold && !arguments.threshold) {
      write_log(STDERR_FILENO,
                fmt::format("decides from a probability of {:.4g} on, which was chosen on the dev "
                            "set; --threshold sets another\n",
                            *style.threshold));
    }
    output.emplace(arguments.output, *table, style.format == PredictionFormat::npy);
  });
  const std::vector<std::string> notices =
      predict_examples(model, input, reading_of(arguments.table), comm, layout,
                       [&](const PredictionBlock& block) { output->write(block); });
  for (const std::string& notice : notices) write_log(STDERR_FILENO, notice + "\n");
  agree(comm, [&] {
    if (comm.is_root()) output->finish();
  });
  return 0;
}

void add_style(CLI::App& command, PredictArguments& arguments) {
  const CLI::Validator probability(
      [](const std::string& text) -> std::string {
        const auto value = parse_number<float>(text);
        // The comparison is written so that NaN is refused.
        const bool fits = value && *value >= 0 && *value <= 1;
        return fits ? "" : "expected a probability, from 0 to 1";
      },
      "");
  command
      .add_option("--format", arguments.format,
                  "csv, tsv, jsonl (an object on each line) or npy (an array of float32) [csv]")
      ->check(CLI::IsMember(kFormats));
  command
      .add_option(
          "--probabilities", arguments.probabilities,
          "Probabilities of classes to write: all, top (the most probable ones) or none [all]")
      ->check(CLI::IsMember(kProbabilities));
  command
      .add_option("--top", arguments.top,
                  "Number of the most probable classes; implies --probabilities top [1]")
      ->check(CLI::Range(1, 1'000'000));
  command
      .add_option("--threshold", arguments.threshold,
                  "With two classes: the smallest probability at which the second is predicted "
                  "[above 0.5]")
      ->check(probability);
}

}  // namespace

void add_predict_command(CLI::App& app, Action& action) {
  auto arguments = std::make_shared<PredictArguments>();
  CLI::App* command = app.add_subcommand("predict", "Write a model's predictions for examples");
  command->footer(
      "  lockstep predict runs/fashion-1 test-images.gz > predictions.csv\n"
      "  mpirun -n 4 lockstep predict runs/fashion-1/ckpt/best images --output table.csv");
  add_model(*command, "model", arguments->model);
  command
      ->add_option(
          "input", arguments->input,
          "Examples in the format of the model's training data; labels are ignored (CIFAR "
          "files must have them, libsvm files and tables may); a table may be a pipe, or - "
          "for stdin")
      ->required();
  command->add_option("--output", arguments->output, "File for the predictions [stdout]");
  add_style(*command, *arguments);
  add_table_options(*command, arguments->table);
  add_threads(*command, arguments->threads);
  command->callback([&action, arguments, command] {
    arguments->probabilities_given = command->count("--probabilities") > 0;
    action = [arguments](const CommandContext& context) {
      return run_predict(*arguments, context);
    };
  });
}

}  // namespace lockstep
