#pragma once

#include "segfold/nn/model.h"
#include "segfold/train/loader.h"
#include "tests/support/tensor_exchange.h"

namespace segfold::testing {

/// The network that `input` describes. Values: arch, classes, width, dropout.
ModelOptions options_from(const Exchange& input);

/// The same with its weights: weight:*, every parameter and buffer.
SegmentationModel model_from(const Exchange& input);

/// Dropout's keys, one per sample. @param tensor  int64 [n]
SampleKeys keys_from(const torch::Tensor& tensor);

/// Batch `number`: batch:N:images uint8 [n, h, w, 3], batch:N:labels uint8 [n, h, w], batch:N:keys int64 [n].
Batch batch_from(const Exchange& input, int number);

}  // namespace segfold::testing
