#include <fmt/format.h>

#include <vector>

#include "segfold/nn/init.h"
#include "segfold/train/loader.h"
#include "segfold/train/loss.h"
#include "segfold/train/optimizer.h"
#include "segfold/train/schedule.h"
#include "segfold/train/train_step.h"
#include "tests/parity/probe.h"
#include "tests/support/model_exchange.h"

namespace segfold::testing {
namespace {

/// A module that does nothing but hold parameters.
struct Parameters : torch::nn::Module {
  void add(const std::string& name, const torch::Tensor& values) { register_parameter(name, values.clone()); }
};

void set_gradient(torch::Tensor parameter, const torch::Tensor& gradient) {
  parameter.mutable_grad() = gradient.to(parameter.scalar_type());
}

void add_state(Exchange& output, const StateDict& state) {
  for (const auto& [name, tensor] : state) output.tensors[name] = tensor.clone();
}

}  // namespace

Exchange probe_train_steps(const Exchange& input) {
  const SegmentationModel model = model_from(input);
  const Device device = Device::claim("cpu");
  const StateDict start = state_dict(*model);
  prepare_module(*model, device, precision_from_name(input.value<std::string>("precision")));
  Adam optimizer(*model, AdamOptions{}, start);
  TrainStep step(*model, optimizer, device, Normalisation{});

  Exchange output;
  output.values["losses"] = Json::array();
  for (int i = 0; i < input.value<int>("steps"); ++i) {
    const Batch batch = batch_from(input, i);
    output.values["losses"].push_back(step.run(batch, input.value<double>("lr")).mean());
  }
  return output;
}

Exchange probe_adam(const Exchange& input) {
  const torch::NoGradGuard no_grad;
  const bool bf16 = input.value<std::string>("precision") == "bf16";
  const auto names = input.value<std::vector<std::string>>("names");
  Parameters module;
  StateDict masters;
  for (const std::string& name : names) {
    const torch::Tensor& start = input.tensor("weight:" + name);
    masters.emplace_back(name, start.clone());
    module.add(name, bf16 ? start.to(torch::kBFloat16) : start);
  }
  AdamOptions options;
  options.weight_decay = input.value<double>("weight_decay");
  Adam optimizer(module, options, masters);
  const auto rates = input.value<std::vector<double>>("rates");
  for (std::size_t step = 0; step < rates.size(); ++step) {
    for (const auto& item : module.named_parameters()) {
      set_gradient(item.value(), input.tensor(fmt::format("grad:{}:{}", step, item.key())));
    }
    optimizer.step(rates[step]);
  }
  Exchange output;
  add_state(output, optimizer.state());
  for (const auto& item : module.named_parameters()) output.tensors["parameter." + item.key()] = item.value().clone();
  return output;
}

Exchange probe_schedule(const Exchange& input) {
  PlateauSchedule::Options options;
  options.factor = input.value<double>("factor");
  options.patience = input.value<int>("patience");
  options.threshold = input.value<double>("threshold");
  PlateauSchedule schedule(input.value<double>("lr"), options);
  const torch::Tensor& losses = input.tensor("losses");
  torch::Tensor rates = torch::empty_like(losses);
  for (std::int64_t i = 0; i < losses.numel(); ++i) {
    schedule.step(losses[i].item<double>());
    rates[i] = schedule.lr();
  }
  Exchange output;
  output.tensors["rates"] = rates;
  return output;
}

Exchange probe_cross_entropy(const Exchange& input) {
  const torch::Tensor logits = input.tensor("logits").clone().requires_grad_(true);
  const PixelLoss loss = cross_entropy(logits, input.tensor("labels"));
  loss.mean().backward();
  Exchange output;
  output.tensors["mean"] = loss.mean();
  output.tensors["count"] = loss.count;
  output.tensors["grad"] = logits.grad();
  return output;
}

Exchange probe_initialise(const Exchange& input) {
  const SegmentationModel model = make_model(options_from(input));
  initialise(*model, input.value<std::uint64_t>("seed"), input.value<int>("fold"));
  Exchange output;
  add_state(output, state_dict(*model));
  return output;
}

Exchange probe_epoch_order(const Exchange& input) {
  const EpochKey key{input.value<std::uint64_t>("seed"), input.value<int>("fold"), input.value<int>("epoch")};
  Exchange output;
  output.values["order"] = epoch_order(input.value<std::vector<std::int64_t>>("samples"), key);
  return output;
}

}  // namespace segfold::testing
