#include "segfold/nn/start_weights.h"

#include <algorithm>

#include "segfold/base/log.h"
#include "segfold/nn/foreign_weights.h"

namespace segfold {
namespace {

torch::Tensor* find(StateDict& values, const std::string& name) {
  const auto found = std::ranges::find_if(values, [&](const auto& item) { return item.first == name; });
  return found == values.end() ? nullptr : &found->second;
}

/// Puts the network's own head where the file has none, or one for other classes.
void keep_own_head(SegmentationModelImpl& model, StateDict& values, const std::string& origin) {
  const auto parameters = model.named_parameters();
  const torch::Tensor& own = parameters["head.weight"];
  const torch::Tensor* head = find(values, "head.weight");
  if (head != nullptr && (head->dim() != 4 || head->size(1) != own.size(1))) return;  // another fault, said later
  if (head != nullptr && head->size(0) == own.size(0)) return;
  const std::string there = head == nullptr ? "no head" : fmt::format("a head for {} classes", head->size(0));
  log_warning("{}: holds {}; the head for {} classes starts anew, all else is taken over", origin, there, own.size(0));
  for (const std::string name : {"head.weight", "head.bias"}) {
    if (torch::Tensor* value = find(values, name)) {
      *value = parameters[name];
    } else {
      values.emplace_back(name, parameters[name]);
    }
  }
}

/// An auxiliary head serves one training: files hold none.
void keep_own_auxiliary(SegmentationModelImpl& model, StateDict& values) {
  for (auto& [name, value] : state_dict(model)) {
    if (name.starts_with(fmt::format("{}.", kAuxiliary))) values.emplace_back(name, std::move(value));
  }
}

}  // namespace

StartWeights::StartWeights(const std::filesystem::path& path, bool encoder)
    : origin_(path.string()), encoder_(encoder) {
  TensorFile file = read_tensor_file(path);
  if (file.metadata.contains(kModelInfoKey)) {
    info_ = require_model_info(file, origin_);
    digest_ = info_->seal.content;
  } else {
    digest_ = model_digest(file.tensors, Json::object());
  }
  std::string stripped;
  if (encoder_) {
    stripped = make_resnet50_encoder(file.tensors, origin_);
  } else {
    stripped = strip_wrappers(file.tensors);
    add_missing_counters(file.tensors);
    require_sound(file.tensors, origin_);
  }
  if (!stripped.empty()) log_info("{}: '{}' is taken off the front of every name", origin_, stripped);
  values_ = tensors_from_file(std::move(file.tensors));
}

StartWeights StartWeights::of_model(const std::filesystem::path& path) { return StartWeights(path, false); }
StartWeights StartWeights::of_encoder(const std::filesystem::path& path) { return StartWeights(path, true); }

void StartWeights::load_into(SegmentationModelImpl& model) const {
  if (encoder_) return load_state_dict(*model.named_children()["encoder"], values_, origin_);
  StateDict values = values_;
  keep_own_head(model, values, origin_);
  keep_own_auxiliary(model, values);
  load_state_dict(model, values, origin_);
}

}  // namespace segfold
