#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>

#include "segfold/base/size.h"

namespace segfold {

struct SynthesizeOptions {
  std::filesystem::path output;  ///< folder of the data set
  std::int64_t train = 24;       ///< scenes
  std::int64_t val = 6;          ///< scenes
  Size size{128, 256};
  std::optional<std::int64_t> cities;  ///< of both splits together; no city is in both; default: 4 or a scene each
  std::uint64_t seed = 1;
  int threads = 0;

  /// @throws UsageError naming the value that makes no sense.
  void check() const;
};

/// Draws street scenes with their truth into a folder of Cityscapes' layout, beside a sealed `dataset.json` that names
/// what was drawn. Every class is in at least half of the scenes of each split. Equal options give equal bytes,
/// whatever the number of threads. An older data set of this tool is replaced; the new one appears as a whole.
/// @throws CannotCreateError if something else stands at the output; what writing throws; InterruptedError.
void synthesize(const SynthesizeOptions& options);

}  // namespace segfold
