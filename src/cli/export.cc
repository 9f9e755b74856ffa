#include <map>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "base/atomic_file.h"
#include "base/error.h"
#include "base/json_text.h"
#include "cli/checkpoint_path.h"
#include "cli/commands.h"
#include "cli/end_on_signal.h"
#include "cli/options.h"
#include "cli/result_files.h"
#include "comm/agreement.h"
#include "export/onnx.h"
#include "train/saved_model.h"

namespace lockstep {
namespace {

struct ExportArguments {
  std::string model;
  std::string onnx;
};

// Facts about the model for people and programs. For tables: the names of the features, and
// of the label columns, and
// the classes by number, as JSON lists.
std::map<std::string, std::string> metadata_of(const SavedModel& model) {
  std::map<std::string, std::string> metadata = {{"job", model.job.name},
                                                 {"step", std::to_string(model.step)},
                                                 {"weights_digest", model.weights_digest}};
  if (!model.table) return metadata;
  const auto list = [](const std::vector<std::string>& names) {
    return to_text(nlohmann::json(names));
  };
  const TableSchema& schema = model.table->fitted->schema;
  metadata["features"] = list(feature_names(schema));
  metadata["labels"] = list(label_names(schema));
  if (!schema.class_names.empty()) metadata["classes"] = list(schema.class_names);
  return metadata;
}

int run_export(const ExportArguments& arguments, const CommandContext& context) {
  const Communicator& comm = context.comm;
  const EndOnSignal ends(comm.is_root(), arguments.onnx);
  std::string path;
  agree(comm, [&] {
    if (comm.is_root()) path = find_checkpoint(arguments.model).string();
  });
  const SavedModel model = load_model(path, comm);
  agree(comm, [&] {
    if (!comm.is_root()) return;
    std::span<const float> missing_means;
    if (model.table) missing_means = model.table->means;
    const std::string bytes = onnx_model({.spec = model.network.spec(),
                                          .layout = model.network.layout(),
                                          .weights = model.weights,
                                          .mean = model.normalizer.mean,
                                          .inverse_deviation = model.normalizer.inverse_deviation,
                                          .target_mean = model.targets.mean,
                                          .target_deviation = model.targets.deviation,
                                          .missing_means = missing_means,
                                          .name = model.job.name,
                                          .version = LOCKSTEP_VERSION,
                                          .metadata = metadata_of(model)});
    replace_file(arguments.onnx, bytes);
    print_result(fmt::format("{}: {} parameters, after step {} (digest {})\n", arguments.onnx,
                             model.weights.size(), model.step, model.weights_digest));
  });
  return 0;
}

}  // namespace

void add_export_command(CLI::App& app, Action& action) {
  auto arguments = std::make_shared<ExportArguments>();
  CLI::App* command = app.add_subcommand("export", "Write a model for other programs");
  command->footer("  lockstep export runs/fashion-1 --onnx fashion.onnx");
  add_model(*command, "model", arguments->model);
  command->add_option("--onnx", arguments->onnx, "ONNX file to write (IR 8, opset 13)")->required();
  command->callback([&action, arguments] {
    action = [arguments](const CommandContext& context) { return run_export(*arguments, context); };
  });
}

}  // namespace lockstep
