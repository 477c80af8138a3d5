#include "segfold/stages/loaded_network.h"

#include <fmt/format.h>

#include "segfold/base/error.h"

namespace segfold {
namespace {

/// Threads are set before the first tensor is made.
LoadedModel load(const std::filesystem::path& path, int threads) {
  configure_torch(threads);
  return read_model(path);
}

}  // namespace

LoadedNetwork::LoadedNetwork(const std::filesystem::path& path, const ShardSet& shards, const std::string& device,
                             PrecisionChoice precision, int threads)
    : loaded_(load(path, threads)),
      device_(Device::claim(device)),
      precision_(precision == PrecisionChoice::kAuto ? loaded_.info.precision : resolve_precision(precision, device_)) {
  if (loaded_.info.classes != shards.classes()) {
    throw DataError(
        fmt::format("{}: was trained for other classes than the shards hold; give matching ones", path.string()));
  }
  if (loaded_.info.input_size != shards.image_size()) {
    throw DataError(fmt::format("{}: was trained on images of {}, the shards hold {}; run preprocess with --size {}",
                                path.string(), to_string(loaded_.info.input_size), to_string(shards.image_size()),
                                to_string(loaded_.info.input_size)));
  }
  prepare_module(*loaded_.model, device_, precision_);
}

}  // namespace segfold
