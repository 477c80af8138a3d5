// The C++ side of the comparisons with Python: `parity_probe COMMAND INPUT OUTPUT` does COMMAND with the tensors and
// values of INPUT.safetensors and writes what came of it to OUTPUT.safetensors. See tests/support/probe.py.
#include "tests/parity/probe.h"

#include <ATen/Parallel.h>
#include <fmt/format.h>

#include <cstdio>
#include <exception>
#include <functional>
#include <map>
#include <string>

#include "segfold/base/error.h"

namespace {

using namespace segfold::testing;

const std::map<std::string, std::function<Exchange(const Exchange&)>> kCommands{
    {"optimizer", probe_optimizer},
    {"loss", probe_loss},
    {"learning-rate", probe_learning_rate},
    {"draws", probe_draws},
    {"epoch-order", probe_epoch_order},
    {"evaluate", probe_evaluate},
    {"forward", probe_forward},
    {"initialise", probe_initialise},
    {"labels", probe_labels},
    {"schedule", probe_schedule},
    {"scores", probe_scores},
    {"train-steps", probe_train_steps},
};

}  // namespace

int main(int argc, char** argv) {
  try {
    if (argc != 4 || !kCommands.contains(argv[1])) throw segfold::UsageError("use: parity_probe COMMAND INPUT OUTPUT");
    const Exchange input = read_exchange(argv[2]);
    at::set_num_threads(input.values.value("threads", 2));
    write_exchange(argv[3], kCommands.at(argv[1])(input));
    return 0;
  } catch (const std::exception& error) {
    fmt::print(stderr, "parity_probe: error: {}\n", error.what());
    return 1;
  }
}
