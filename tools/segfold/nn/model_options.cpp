#include "segfold/nn/model_options.h"

#include <fmt/format.h>

#include "segfold/base/error.h"
#include "segfold/base/ignore.h"

namespace segfold {

std::string architecture_name(Architecture architecture) {
  return architecture == Architecture::kUNet ? "unet" : "unet-resnet50";
}

Architecture architecture_from_name(const std::string& name) {
  if (name == "unet-resnet50") return Architecture::kUNetResNet50;
  if (name == "unet") return Architecture::kUNet;
  throw DataError(fmt::format("unknown architecture '{}'; known are unet-resnet50 and unet", name));
}

std::string norm_name(NormKind norm) { return norm == NormKind::kGroup ? "group" : "batch"; }

NormKind norm_from_name(const std::string& name) {
  if (name == "batch") return NormKind::kBatch;
  if (name == "group") return NormKind::kGroup;
  throw DataError(fmt::format("unknown normalisation '{}'; known are batch and group", name));
}

Size deepest_map(const ModelOptions& options, Size images) {
  if (options.architecture == Architecture::kUNet) return {images.height / 16, images.width / 16};
  return {(images.height + 31) / 32, (images.width + 31) / 32};  // padded convolutions round up, poolings down
}

TrainingMemory training_memory(const ModelOptions& options) {
  if (options.architecture == Architecture::kUNetResNet50) return {268e6, 3300, 1000};
  const double width = options.width / 64.0;  // the figures are of this width
  return {124e6 * width * width, 7200 * width, 3900 * width};
}

void ModelOptions::check() const {
  if (classes < 1 || classes > kMostClasses) {
    throw UsageError(fmt::format("{} classes; 1 to {} are possible", classes, kMostClasses));
  }
  if (width < 1 || width > 1024) throw UsageError(fmt::format("--width {}; 1 to 1024 is possible", width));
  if (!(dropout >= 0 && dropout < 1)) throw UsageError(fmt::format("--dropout {}; it must be in [0, 1)", dropout));
}

}  // namespace segfold
