// The C++ side of the measurements: takes requests from stdin, one JSON object a line, and answers each with a line on
// stdout. Between requests it sleeps, so that a peer can be timed in turn with it. tests/bench/peer.py answers the same
// requests with Python's PyTorch.
#include <fmt/format.h>

#include <chrono>
#include <cstdio>
#include <exception>
#include <iostream>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "segfold/base/error.h"
#include "segfold/score/upsample_argmax.h"
#include "segfold/train/optimizer.h"
#include "segfold/train/train_step.h"
#include "tests/support/model_exchange.h"

namespace segfold::testing {
namespace {

class Stopwatch {
 public:
  double seconds() const { return std::chrono::duration<double>(std::chrono::steady_clock::now() - start_).count(); }

 private:
  std::chrono::steady_clock::time_point start_ = std::chrono::steady_clock::now();
};

PrecisionChoice choice_from(const std::string& name) {
  if (name == "auto") return PrecisionChoice::kAuto;
  return precision_from_name(name) == Precision::kBf16 ? PrecisionChoice::kBf16 : PrecisionChoice::kFp32;
}

/// A network in training and the batches it is given in turn.
class Training {
 public:
  Training(const Exchange& input, const std::string& precision)
      : device_(Device::claim("cpu")),
        precision_(resolve_precision(choice_from(precision), device_)),
        model_(model_from(input)) {
    const StateDict start = state_dict(*model_);
    prepare_module(*model_, device_, precision_);
    optimizer_.emplace(*model_, OptimizerOptions{}, start);
    step_.emplace(*model_, loss_, device_, Normalisation{});
    for (int i = 0; i < input.value<int>("batches"); ++i) batches_.push_back(batch_from(input, i));
    lr_ = input.value<double>("lr");
  }

  Json step() {
    const Batch& batch = batches_[steps_++ % batches_.size()];
    const Stopwatch watch;
    const double loss = step_->gradients(batch).loss;
    optimizer_->step(lr_);
    return {{"seconds", watch.seconds()}, {"loss", loss}};
  }

  Precision precision() const { return precision_; }

 private:
  Device device_;
  Precision precision_;
  SegmentationModel model_;
  SegmentationLoss loss_;
  std::optional<Optimizer> optimizer_;
  std::optional<TrainStep> step_;
  std::vector<Batch> batches_;
  double lr_ = 0;
  std::size_t steps_ = 0;
};

/// Counts of one image from its logits and its label map.
class Evaluation {
 public:
  Evaluation(const Exchange& input, int threads)
      : logits_(input.tensor("logits")), labels_(input.tensor("labels")), threads_(threads) {
    const Size head{logits_.size(1), logits_.size(2)};
    shape_ = {static_cast<int>(logits_.size(0)), head, head, {labels_.size(0), labels_.size(1)}};
  }

  Json evaluate() const {
    const std::span<const float> values(logits_.data_ptr<float>(), static_cast<std::size_t>(logits_.numel()));
    const Stopwatch watch;
    const ConfusionMatrix confusion =
        upsample_and_count(values, shape_, threads_, labels_.data_ptr<std::uint8_t>(), labels_.size(1));
    Json answer = {{"seconds", watch.seconds()}, {"confusion", Json::array()}};
    for (int truth = 0; truth < confusion.classes(); ++truth) {
      for (int prediction = 0; prediction < confusion.classes(); ++prediction) {
        answer["confusion"].push_back(confusion.at(truth, prediction));
      }
    }
    return answer;
  }

 private:
  torch::Tensor logits_, labels_;
  UpsampleShape shape_;
  int threads_;
};

class Bench {
 public:
  explicit Bench(int threads) : threads_(threads) { configure_torch(threads); }

  Json answer(const Json& request) {
    const auto what = json_value<std::string>(request, "do", "the request");
    if (what == "open training") {
      training_.reset();
      training_ = std::make_unique<Training>(read_exchange(path(request)),
                                             json_value<std::string>(request, "precision", "the request"));
      return {{"precision", precision_name(training_->precision())}};
    }
    if (what == "open evaluation") {
      evaluation_ = std::make_unique<Evaluation>(read_exchange(path(request)), threads_);
      return Json::object();
    }
    if (what == "close") {
      training_.reset();
      evaluation_.reset();
      return Json::object();
    }
    if (what == "step" && training_ != nullptr) return training_->step();
    if (what == "evaluate" && evaluation_ != nullptr) return evaluation_->evaluate();
    throw UsageError(fmt::format("'{}' is unknown, or nothing was opened for it", what));
  }

 private:
  static std::string path(const Json& request) { return json_value<std::string>(request, "input", "the request"); }

  int threads_;
  std::unique_ptr<Training> training_;
  std::unique_ptr<Evaluation> evaluation_;
};

}  // namespace
}  // namespace segfold::testing

int main(int argc, char** argv) {
  try {
    if (argc != 2) throw segfold::UsageError("use: segfold_bench THREADS, requests on stdin");
    segfold::testing::Bench bench(std::stoi(argv[1]));
    for (std::string line; std::getline(std::cin, line);) {
      std::cout << bench.answer(segfold::parse_json(line, "the request")).dump() << '\n' << std::flush;
    }
    return 0;
  } catch (const std::exception& error) {
    fmt::print(stderr, "segfold_bench: error: {}\n", error.what());
    return 1;
  }
}
