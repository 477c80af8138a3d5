#include <fmt/format.h>

#include <vector>

#include "segfold/nn/init.h"
#include "segfold/train/ema.h"
#include "segfold/train/learning_rate.h"
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
  void add(const std::string& name, const torch::Tensor& values) {
    const std::size_t dot = name.find('.');
    if (dot == std::string::npos) {
      register_parameter(name, values.clone());
    } else {
      register_module(name.substr(0, dot), std::make_shared<Parameters>())->add(name.substr(dot + 1), values);
    }
  }
};

void set_gradient(torch::Tensor parameter, const torch::Tensor& gradient) {
  parameter.mutable_grad() = gradient.to(parameter.scalar_type());
}

void add_state(Exchange& output, const StateDict& state) {
  for (const auto& [name, tensor] : state) output.tensors[name] = tensor.clone();
}

OptimizerOptions optimizer_options_from(const Exchange& input) {
  OptimizerOptions options;
  const std::string kind = input.values.value("optimizer", "adam");
  options.kind = kind == "adamw" ? OptimizerKind::kAdamW : kind == "sgd" ? OptimizerKind::kSgd : OptimizerKind::kAdam;
  options.weight_decay = input.values.value("weight_decay", 0.0);
  options.encoder_lr_factor = input.values.value("encoder_lr_factor", 1.0);
  options.clip_norm = input.values.value("clip_norm", 0.0);
  options.momentum = input.values.value("momentum", options.momentum);
  return options;
}

LossOptions loss_options_from(const Exchange& input) {
  LossOptions options;
  const std::string kind = input.values.value("loss", "ce");
  options.kind = kind == "ce-dice"       ? LossKind::kCrossEntropyDice
                 : kind == "weighted-ce" ? LossKind::kWeighted
                                         : LossKind::kCrossEntropy;
  options.ce_weight = input.values.value("ce_weight", 1.0);
  options.dice_weight = input.values.value("dice_weight", 1.0);
  options.label_smoothing = input.values.value("label_smoothing", 0.0);
  return options;
}

}  // namespace

Exchange probe_train_steps(const Exchange& input) {
  const SegmentationModel model = model_from(input);
  const Device device = Device::claim("cpu");
  const StateDict start = state_dict(*model);
  prepare_module(*model, device, precision_from_name(input.value<std::string>("precision")));
  Optimizer optimizer(*model, optimizer_options_from(input), start);
  const SegmentationLoss loss;
  TrainStep step(*model, loss, device, Normalisation{});
  const int frozen = input.values.value("frozen_steps", 0);

  Exchange output;
  output.values["losses"] = Json::array();
  for (int i = 0; i < input.value<int>("steps"); ++i) {
    const Batch batch = batch_from(input, i);
    step.freeze_encoder(i < frozen);
    output.values["losses"].push_back(step.gradients(batch).loss);
    optimizer.step(input.value<double>("lr"));
  }
  add_state(output, state_dict(*model, optimizer.masters()));
  return output;
}

Exchange probe_optimizer(const Exchange& input) {
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
  Optimizer optimizer(module, optimizer_options_from(input), masters);
  Ema ema(input.values.value("ema", 0.5), optimizer.masters());
  const auto rates = input.value<std::vector<double>>("rates");
  for (std::size_t step = 0; step < rates.size(); ++step) {
    for (const auto& item : module.named_parameters()) {
      const std::string name = fmt::format("grad:{}:{}", step, item.key());
      if (input.tensors.contains(name)) set_gradient(item.value(), input.tensor(name));
    }
    optimizer.step(rates[step]);
    ema.update();
  }
  Exchange output;
  add_state(output, optimizer.state());
  add_state(output, ema.state());
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

Exchange probe_loss(const Exchange& input) {
  const torch::Tensor logits = input.tensor("logits").clone().requires_grad_(true);
  const SegmentationLoss loss(loss_options_from(input), input.values.value("class_weights", std::vector<double>()));
  const LossSums sums = loss.sums(logits, input.tensor("labels"));
  const torch::Tensor value = loss.value(sums);
  value.backward();
  Exchange output;
  output.tensors["mean"] = value;
  output.tensors["count"] = sums.pixels;
  output.tensors["grad"] = logits.grad();
  return output;
}

Exchange probe_learning_rate(const Exchange& input) {
  ScheduleOptions options;
  const auto kind = input.value<std::string>("kind");
  options.kind = kind == "poly"     ? ScheduleKind::kPoly
                 : kind == "cosine" ? ScheduleKind::kCosine
                                    : ScheduleKind::kConstant;
  options.poly_power = input.value<double>("power");
  options.lr_floor = input.value<double>("floor");
  options.warmup_steps = input.value<std::int64_t>("warmup_steps");
  options.warmup_factor = input.value<double>("warmup_factor");
  const auto updates = input.value<std::int64_t>("updates");
  const LearningRate rate(input.value<double>("lr"), options, updates);
  Exchange output;
  output.tensors["rates"] = torch::empty({updates}, torch::kFloat64);
  for (std::int64_t i = 0; i < updates; ++i) output.tensors["rates"][i] = rate.at(i);
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
