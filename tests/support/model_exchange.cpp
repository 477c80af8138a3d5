#include "tests/support/model_exchange.h"

#include <fmt/format.h>

namespace segfold::testing {

ModelOptions options_from(const Exchange& input) {
  ModelOptions options;
  options.architecture = architecture_from_name(input.value<std::string>("arch"));
  options.classes = input.value<int>("classes");
  options.width = input.value<int>("width");
  options.dropout = input.value<double>("dropout");
  return options;
}

SegmentationModel model_from(const Exchange& input) {
  SegmentationModel model = make_model(options_from(input));
  load_state(*model, input, "weight:");
  return model;
}

SampleKeys keys_from(const torch::Tensor& tensor) {
  SampleKeys keys;
  for (std::int64_t i = 0; i < tensor.numel(); ++i)
    keys.push_back(static_cast<std::uint64_t>(tensor[i].item<std::int64_t>()));
  return keys;
}

Batch batch_from(const Exchange& input, int number) {
  const std::string prefix = fmt::format("batch:{}:", number);
  Batch batch;
  batch.images = input.tensor(prefix + "images");
  batch.labels = input.tensor(prefix + "labels");
  batch.keys = keys_from(input.tensor(prefix + "keys"));
  return batch;
}

}  // namespace segfold::testing
