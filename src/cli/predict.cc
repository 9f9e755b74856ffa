#include "train/predict.h"

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <unistd.h>

#include <fmt/format.h>

#include "base/atomic_file.h"
#include "base/csv_field.h"
#include "cli/checkpoint_path.h"
#include "cli/commands.h"
#include "cli/end_on_signal.h"
#include "cli/options.h"
#include "cli/result_files.h"
#include "comm/agreement.h"
#include "nn/layers.h"
#include "nn/prediction.h"
#include "report/descriptor.h"

namespace lockstep {
namespace {

struct PredictArguments {
  std::string model;
  std::string input;
  std::string output;  // empty: stdout
  int threads = 0;
};

// The destination of the table: a file that is whole or absent, or stdout.
class TableOutput {
 public:
  explicit TableOutput(const std::string& path) {
    if (!path.empty()) file_.emplace(path);
  }
  void write(const std::string& text) {
    if (file_) {
      file_->write(std::as_bytes(std::span(text)));
    } else {
      write_to_stdout(text);
    }
  }
  void finish() {
    if (file_) {
      file_->commit();
    } else {
      flush_stdout();
    }
  }

 private:
  std::optional<AtomicFile> file_;
};

// Columns of probabilities are called p0, p1, ..., or p_<class> if classes have names. A
// single unit gives the probability of the second class. Several logistic units, of which
// each answers a yes-or-no question, have their answers, 0 or 1, as label0, label1, ...
std::string header(const SavedModel& model, const std::vector<std::string>& class_names) {
  const NetworkSpec& spec = model.network.spec();
  const bool decides = spec.loss != Loss::squared_error;
  const std::uint64_t outputs = output_size(spec);
  std::string line = "example";
  if (outputs > 1 && decides_by_unit(spec, model.label_width)) {
    for (std::uint64_t o = 0; o < outputs; ++o) line += fmt::format(",label{}", o);
  } else if (decides) {
    line += ",class";
  }
  for (std::uint64_t o = 0; o < outputs; ++o) {
    line += decides && !class_names.empty()
                ? "," + csv_field("p_" + class_names[outputs == 1 ? 1 : o])
                : fmt::format(",{}{}", decides ? 'p' : 'y', o);
  }
  return line + "\n";
}

std::string lines(const NetworkSpec& spec, const std::vector<std::string>& class_names,
                  const PredictionBlock& block) {
  const auto name_of = [&](float decision) {
    return class_names.empty() ? fmt::to_string(decision)
                               : csv_field(class_names[static_cast<std::size_t>(decision)]);
  };
  std::string text;
  for (std::uint64_t r = 0; r < block.predictions.rows; ++r) {
    text += std::to_string(block.first + r);
    if (spec.loss != Loss::squared_error) {
      for (const float decision : block.decisions.row(r)) text += "," + name_of(decision);
    }
    for (const float value : block.predictions.row(r)) text += fmt::format(",{}", value);
    text += '\n';
  }
  return text;
}

int run_predict(const PredictArguments& arguments, const CommandContext& context) {
  const Communicator& comm = context.comm;
  const EndOnSignal ends(comm.is_root(), arguments.output);
  const Layout layout{comm.size(),
                      arguments.threads > 0 ? arguments.threads : default_threads(comm.size())};
  std::string path;
  agree(comm, [&] {
    if (comm.is_root()) path = find_checkpoint(arguments.model).string();
  });
  const SavedModel model = load_model(path, comm);
  const std::vector<std::string> class_names = class_names_of(model.table);
  std::optional<TableOutput> output;
  agree(comm, [&] {
    if (comm.is_root()) output.emplace(arguments.output);
  });
  const std::vector<std::string> notices =
      predict_examples(model, arguments.input, comm, layout, [&](const PredictionBlock& block) {
        if (block.first == 0) output->write(header(model, class_names));
        output->write(lines(model.network.spec(), class_names, block));
      });
  for (const std::string& notice : notices) write_log(STDERR_FILENO, notice + "\n");
  agree(comm, [&] {
    if (comm.is_root()) output->finish();
  });
  return 0;
}

}  // namespace

void add_predict_command(CLI::App& app, Action& action) {
  auto arguments = std::make_shared<PredictArguments>();
  CLI::App* command =
      app.add_subcommand("predict", "Write a model's predictions for examples as a CSV table");
  command->footer(
      "  lockstep predict runs/fashion-1 test-images.gz > predictions.csv\n"
      "  mpirun -n 4 lockstep predict runs/fashion-1/ckpt/best images --output table.csv");
  add_model(*command, "model", arguments->model);
  command
      ->add_option("input", arguments->input,
                   "Examples in the format of the model's training data; labels are ignored (CIFAR "
                   "files must have them, libsvm files and tables may)")
      ->required();
  command->add_option("--output", arguments->output, "File for the table [stdout]");
  add_threads(*command, arguments->threads);
  command->callback([&action, arguments] {
    action = [arguments](const CommandContext& context) {
      return run_predict(*arguments, context);
    };
  });
}

}  // namespace lockstep
