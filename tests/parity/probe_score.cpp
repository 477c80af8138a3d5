#include <span>

#include "segfold/data/labels.h"
#include "segfold/score/confusion.h"
#include "segfold/score/upsample_argmax.h"
#include "tests/parity/probe.h"

namespace segfold::testing {
namespace {

std::span<const std::uint8_t> bytes_of(const torch::Tensor& tensor) {
  return {tensor.data_ptr<std::uint8_t>(), static_cast<std::size_t>(tensor.numel())};
}

torch::Tensor matrix_of(const ConfusionMatrix& confusion) {
  torch::Tensor matrix = torch::zeros({confusion.classes(), confusion.classes()}, torch::kInt64);
  for (int truth = 0; truth < confusion.classes(); ++truth) {
    for (int prediction = 0; prediction < confusion.classes(); ++prediction) {
      matrix[truth][prediction] = static_cast<std::int64_t>(confusion.at(truth, prediction));
    }
  }
  return matrix;
}

}  // namespace

Exchange probe_evaluate(const Exchange& input) {
  const torch::Tensor& logits = input.tensor("logits");
  const torch::Tensor& labels = input.tensor("labels");
  const auto middle = input.value<std::vector<std::int64_t>>("input_size");
  const UpsampleShape shape{static_cast<int>(logits.size(0)),
                            {logits.size(1), logits.size(2)},
                            {middle.at(0), middle.at(1)},
                            {labels.size(0), labels.size(1)}};
  const std::span<const float> values(logits.data_ptr<float>(), static_cast<std::size_t>(logits.numel()));
  const int threads = input.value<int>("threads");

  Exchange output;
  torch::Tensor prediction = torch::empty_like(labels);
  upsample_argmax(values, shape, threads,
                  {prediction.data_ptr<std::uint8_t>(), static_cast<std::size_t>(prediction.numel())});
  output.tensors["prediction"] = prediction;
  output.tensors["confusion"] =
      matrix_of(upsample_and_count(values, shape, threads, labels.data_ptr<std::uint8_t>(), labels.size(1)));
  return output;
}

Exchange probe_scores(const Exchange& input) {
  ConfusionMatrix confusion(input.value<int>("classes"));
  confusion.add(bytes_of(input.tensor("truth")), bytes_of(input.tensor("prediction")));
  Exchange output;
  output.tensors["confusion"] = matrix_of(confusion);
  output.tensors["iou"] = torch::tensor(confusion.iou(), torch::kFloat64);
  output.tensors["miou"] = torch::tensor(confusion.mean_iou(), torch::kFloat64);
  output.tensors["accuracy"] = torch::tensor(confusion.pixel_accuracy(), torch::kFloat64);
  return output;
}

Exchange probe_labels(const Exchange& /*input*/) {
  Exchange output;
  for (const Label& label : labels()) {
    output.values["labels"].push_back({{"id", label.id},
                                       {"name", label.name},
                                       {"trainId", label.train_id},
                                       {"category", label.category},
                                       {"hasInstances", label.has_instances},
                                       {"color", label.colour}});
  }
  output.values["classes"] = class_names();
  output.values["train_id_from_raw_id"] = train_id_from_raw_id();
  output.values["raw_id_from_train_id"] = raw_id_from_train_id();
  return output;
}

}  // namespace segfold::testing
