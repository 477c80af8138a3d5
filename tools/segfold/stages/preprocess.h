#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string_view>

#include "segfold/base/size.h"
#include "segfold/image/resize.h"

namespace segfold {

/// The I-th of N even slices of the sorted samples; written "I/N", I from 0.
struct Part {
  std::int64_t index = 0;
  std::int64_t count = 1;
};

/// @throws UsageError unless the text is "I/N" with 0 ≤ I < N.
Part parse_part(std::string_view text);

struct PreprocessOptions {
  std::filesystem::path images;  ///< folder with …_leftImg8bit.png, usually of a split
  std::filesystem::path labels;  ///< folder with …_gtFine_labelIds.png
  std::filesystem::path output;  ///< the shard, *.h5
  Size size;                     ///< of the stored images and, without label_size, of the stored labels
  /// Labels keep their own size and are stored at the top left of a map of this size, the rest of which is kIgnore.
  std::optional<Size> label_size;
  Part part;
  Interpolation interpolation = Interpolation::kArea;  ///< of the images; labels are resized by nearest neighbour
  bool dry_run = false;  ///< only see whether the output is what this makes (require_made_by); reads every file
  int threads = 0;

  /// @throws UsageError naming the value that makes no sense.
  void check() const;
};

/// Turns the photos and label maps of a Cityscapes folder into one shard of train ids. All files are checked, and all
/// problems reported together, before a shard exists; its bytes do not depend on the number of threads.
/// @throws NotFoundError, DataError listing every missing, unreadable, mismatched or wrongly sized file and every label
///         map with an unknown id; what ShardWriter throws; InterruptedError after a signal.
void preprocess(const PreprocessOptions& options);

}  // namespace segfold
