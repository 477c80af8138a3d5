#pragma once

#include <string>

#include "segfold/base/size.h"

namespace segfold {

enum class Architecture { kUNetResNet50, kUNet };

/// "unet-resnet50", "unet". @throws DataError naming the known ones.
std::string architecture_name(Architecture architecture);
Architecture architecture_from_name(const std::string& name);

enum class NormKind { kBatch, kGroup };

/// "batch", "group". @throws DataError naming the known ones.
std::string norm_name(NormKind norm);
NormKind norm_from_name(const std::string& name);

/// What shapes a network.
struct ModelOptions {
  Architecture architecture = Architecture::kUNetResNet50;
  int classes = 19;
  int width = 64;        ///< unet: channels of the first level, doubled four times; unet-resnet50 ignores it
  double dropout = 0.1;  ///< probability of Dropout2d in the bottleneck, [0, 1)
  NormKind norm = NormKind::kBatch;
  bool auxiliary = false;  ///< a second head for training alone, on an inner feature map
  void check() const;
};

/// Size of the network's deepest feature map for images of a size; 0 rows or columns where they are too small.
Size deepest_map(const ModelOptions& options, Size images);

/// Memory that training a network takes on a CPU, measured.
struct TrainingMemory {
  double weights;         ///< bytes of its float32 weights
  double per_pixel;       ///< bytes per pixel of a batch with fp32
  double per_pixel_bf16;  ///< likewise with bf16
};
TrainingMemory training_memory(const ModelOptions& options);

}  // namespace segfold
