#include <memory>
#include <string>

#include <fmt/format.h>

#include "base/atomic_file.h"
#include "base/error.h"
#include "checkpoint/find.h"
#include "cli/commands.h"
#include "cli/end_on_signal.h"
#include "cli/options.h"
#include "cli/result_files.h"
#include "comm/agreement.h"
#include "export/saved_npz.h"
#include "export/saved_onnx.h"
#include "model/saved_model.h"

namespace lockstep {
namespace {

struct ExportArguments {
  std::string model;
  std::string onnx;  // exactly one of these two is given
  std::string npz;
};

int run_export(const ExportArguments& arguments, const CommandContext& context) {
  const Communicator& comm = context.comm;
  const bool is_onnx = !arguments.onnx.empty();
  const std::string& file = is_onnx ? arguments.onnx : arguments.npz;
  const EndOnSignal ends(comm.is_root(), file);
  std::string path;
  agree(comm, [&] {
    if (file.empty()) {
      throw Error(ExitCode::usage, "name the file to write: --onnx FILE or --npz FILE");
    }
    if (comm.is_root()) path = find_checkpoint(arguments.model).string();
  });
  const SavedModel model = load_model(path, comm);
  agree(comm, [&] {
    if (!comm.is_root()) return;
    write_output(file, is_onnx ? onnx_of(model) : npz_of(model));
    print_result(fmt::format("{}: {} parameters, after step {} (digest {})\n", file,
                             model.weights.size(), model.step, model.weights_digest));
  });
  return 0;
}

}  // namespace

void add_export_command(CLI::App& app, Action& action) {
  auto arguments = std::make_shared<ExportArguments>();
  CLI::App* command = app.add_subcommand("export", "Write a model for other programs");
  command->footer(
      "  lockstep export runs/fashion-1 --onnx fashion.onnx\n"
      "  lockstep export runs/leaves --npz leaves.npz");
  add_model(*command, "model", arguments->model);
  CLI::Option* onnx =
      command->add_option("--onnx", arguments->onnx, "ONNX file to write (IR 8, opset 13)");
  command->add_option("--npz", arguments->npz, "NPZ file of NumPy to write")->excludes(onnx);
  command->callback([&action, arguments] {
    action = [arguments](const CommandContext& context) { return run_export(*arguments, context); };
  });
}

}  // namespace lockstep
