#include <memory>
#include <string>
#include <vector>

#include <fmt/format.h>

#include "base/atomic_file.h"
#include "cli/commands.h"
#include "cli/end_on_signal.h"
#include "cli/options.h"
#include "cli/result_files.h"
#include "comm/agreement.h"
#include "config/job_file.h"
#include "report/preview_sheet.h"
#include "sets/preview.h"

namespace lockstep {
namespace {

struct PreviewArguments {
  std::string job;
  std::vector<std::string> overrides;
  std::string output = "preview.png";
  std::uint32_t examples = 10;
  std::uint32_t epochs = 8;
};

void preview_job(const PreviewArguments& arguments) {
  const LoadedJob loaded = load_job(arguments.job, arguments.overrides);
  const Preview preview = preview_augmentation(loaded.job, arguments.examples, arguments.epochs);
  write_output(arguments.output, draw(preview_sheet(preview)).to_png());
  print_result(fmt::format("{}: {} training examples, {}\n", arguments.output,
                           preview.examples.size(),
                           loaded.job.data.augmentation
                               ? fmt::format("unchanged and in epochs 1 to {}", arguments.epochs)
                               : "unchanged: the job has no data.augmentation"));
  if (preview.shape.channels != 1 && preview.shape.channels != 3) {
    print_result(
        fmt::format("note: only the first of {} channels is shown\n", preview.shape.channels));
  }
}

}  // namespace

void add_preview_command(CLI::App& app, Action& action) {
  auto arguments = std::make_shared<PreviewArguments>();
  CLI::App* command = app.add_subcommand(
      "preview", "Draw training images beside their augmented versions, as a PNG file");
  add_job(*command, arguments->job);
  command->add_option("--output", arguments->output, "File for the images [preview.png]");
  command->add_option("--examples", arguments->examples, "Number of training examples [10]")
      ->check(CLI::Range(1, 100));
  command->add_option("--epochs", arguments->epochs, "Number of epochs [8]")
      ->check(CLI::Range(1, 100));
  add_overrides(*command, arguments->overrides);
  command->callback([&action, arguments] {
    action = [arguments](const CommandContext& context) {
      const EndOnSignal ends(context.comm.is_root(), arguments->output);
      agree(context.comm, [&] {
        if (context.comm.is_root()) preview_job(*arguments);
      });
      return 0;
    };
  });
}

}  // namespace lockstep
