#include "segfold/nn/model_info.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <cmath>

#include "segfold/base/error.h"
#include "segfold/base/sha256.h"

namespace segfold {
namespace {

constexpr const char* kFormat = "segfold.model/1";
constexpr std::size_t kMaxInfoBytes = std::size_t{1} << 20;  // hundreds of times what a model needs

Size size_from_json(const Json& document, const std::string& origin) {
  try {
    return parse_size(json_value<std::string>(document, "input_size", origin));
  } catch (const UsageError& error) {
    throw DataError(fmt::format("{}: input_size: {}", origin, error.what()));
  }
}

void require_sane(const ModelInfo& info, const std::string& origin) {
  try {
    info.options.check();
  } catch (const UsageError& error) {
    throw DataError(fmt::format("{}: {}", origin, error.what()));
  }
  for (std::size_t c = 0; c < 3; ++c) {
    if (std::isfinite(info.normalisation.mean[c]) && info.normalisation.std[c] > 0) continue;
    throw DataError(fmt::format("{}: its normalisation (mean {}, std {}) is impossible; train it again", origin,
                                info.normalisation.mean[c], info.normalisation.std[c]));
  }
}

}  // namespace

Json info_to_json(const ModelInfo& info) {
  Json document = {{"format", kFormat},
                   {"architecture", architecture_name(info.options.architecture)},
                   {"width", info.options.width},
                   {"dropout", info.options.dropout},
                   {"norm", norm_name(info.options.norm)},
                   {"classes", info.classes},
                   {"mean", info.normalisation.mean},
                   {"std", info.normalisation.std},
                   {"input_size", to_string(info.input_size)},
                   {"precision", precision_name(info.precision)},
                   {"experiment", info.experiment},
                   {"fold", info.fold ? Json(*info.fold) : Json()},
                   {"folds_count", info.folds_count},
                   {"epoch", info.epoch}};
  document["seal"] = seal_to_json(info.seal);
  return document;
}

ModelInfo info_from_json(const Json& document, const std::string& origin) {
  ModelInfo info;
  if (const auto format = json_value<std::string>(document, "format", origin); format != kFormat) {
    throw DataError(
        fmt::format("{}: format '{}', expected '{}'; train it again with this version", origin, format, kFormat));
  }
  const auto architecture = json_value<std::string>(document, "architecture", origin);
  info.options.architecture = with_context(origin, [&] { return architecture_from_name(architecture); });
  info.options.width = json_value<int>(document, "width", origin);
  info.options.dropout = json_value<double>(document, "dropout", origin);
  // Files of earlier versions do not say: there was only one.
  const auto norm = document.contains("norm") ? json_value<std::string>(document, "norm", origin) : "batch";
  info.options.norm = with_context(origin, [&] { return norm_from_name(norm); });
  info.classes = json_value<std::vector<std::string>>(document, "classes", origin);
  info.options.classes = static_cast<int>(info.classes.size());
  info.normalisation.mean = json_value<std::array<double, 3>>(document, "mean", origin);
  info.normalisation.std = json_value<std::array<double, 3>>(document, "std", origin);
  info.input_size = size_from_json(document, origin);
  const auto precision = json_value<std::string>(document, "precision", origin);
  info.precision = with_context(origin, [&] { return precision_from_name(precision); });
  info.experiment = json_value<std::string>(document, "experiment", origin);
  if (!json_value<Json>(document, "fold", origin).is_null()) info.fold = json_value<int>(document, "fold", origin);
  info.folds_count = json_value<int>(document, "folds_count", origin);
  info.epoch = json_value<int>(document, "epoch", origin);
  info.seal = seal_from_json(json_value<Json>(document, "seal", origin), origin);
  require_sane(info, origin);
  return info;
}

std::string model_digest(const std::vector<NamedTensor>& tensors, Json document) {
  document.erase("seal");
  Sha256 sha;
  sha.update(document.dump() + "\n");
  for (const NamedTensor& tensor : tensors) {
    sha.update(fmt::format("{} {} [{}]\n", tensor.name, static_cast<int>(tensor.dtype), fmt::join(tensor.shape, ", ")));
    sha.update(tensor.data);
  }
  return sha.hex();
}

void add_model_info(TensorFile& file, ModelInfo info) {
  info.seal.content = model_digest(file.tensors, info_to_json(info));
  file.metadata[kModelInfoKey] = info_to_json(info).dump();
}

std::optional<FoundModelInfo> find_model_info(const TensorFile& file, const std::string& origin) {
  const auto metadata = file.metadata.find(kModelInfoKey);
  if (metadata == file.metadata.end()) return std::nullopt;
  if (metadata->second.size() > kMaxInfoBytes) {
    throw DataError(
        fmt::format("{}: what it says of its model has {} bytes, more than the {} that may be; train it again", origin,
                    metadata->second.size(), kMaxInfoBytes));
  }
  const Json document = parse_json(metadata->second, origin);
  FoundModelInfo found{info_from_json(document, origin)};
  found.seal_matches = model_digest(file.tensors, document) == found.info.seal.content;
  return found;
}

ModelInfo require_model_info(const TensorFile& file, const std::string& origin) {
  std::optional<FoundModelInfo> found = find_model_info(file, origin);
  if (!found) {
    throw DataError(
        fmt::format("{}: holds weights but not what segfold says of them; give a model that train-fold wrote", origin));
  }
  if (!found->seal_matches) throw_broken_seal(origin);
  return std::move(found->info);
}

void throw_broken_seal(const std::string& origin) {
  throw DataError(fmt::format(
      "{}: its content is not what its seal says; the file was changed or damaged, train it again", origin));
}

}  // namespace segfold
