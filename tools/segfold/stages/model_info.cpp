#include "segfold/stages/model_info.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <string_view>
#include <vector>

#include "segfold/base/error.h"
#include "segfold/base/file.h"
#include "segfold/base/sha256.h"
#include "segfold/base/utf8.h"
#include "segfold/nn/foreign_weights.h"
#include "segfold/nn/model_info.h"
#include "segfold/nn/tensor_file.h"

namespace segfold {
namespace {

namespace fs = std::filesystem;

bool is_buffer(const NamedTensor& tensor) {
  constexpr std::array<std::string_view, 3> kBatchNorm{"running_mean", "running_var", "num_batches_tracked"};
  constexpr std::array<DType, 4> kIntegers{DType::kInt64, DType::kInt32, DType::kUInt8, DType::kBool};
  const std::string_view last = std::string_view(tensor.name).substr(tensor.name.rfind('.') + 1);
  return std::ranges::count(kBatchNorm, last) > 0 || std::ranges::count(kIntegers, tensor.dtype) > 0;
}

Json counts_of(const TensorFile& file, bool buffers) {
  std::int64_t tensors = 0;
  std::int64_t values = 0;
  for (const NamedTensor& tensor : file.tensors) {
    if (is_buffer(tensor) != buffers) continue;
    ++tensors;
    values += static_cast<std::int64_t>(tensor.data.size()) / dtype_size(tensor.dtype);
  }
  return {{"tensors", tensors}, {"values", values}};
}

Json dtypes_of(const TensorFile& file) {
  Json dtypes = Json::object();
  for (const NamedTensor& tensor : file.tensors) {
    Json& count = dtypes[dtype_name(tensor.dtype)];
    count = count.is_null() ? 1 : count.get<int>() + 1;
  }
  return dtypes;
}

Json checksum_of(const TensorFile& file) {
  if (file.checksum == Checksum::kNone) return nullptr;
  return file.checksum == Checksum::kCrc32 ? "crc32" : "sha256";
}

Json metadata_of_others(const TensorFile& file) {
  Json metadata = Json::object();
  for (const auto& [key, text] : file.metadata) {
    if (key != kModelInfoKey) metadata[key] = text;
  }
  return metadata;
}

/// Adds what this project says of its weights, or that it says nothing.
void add_house(Json& description, const TensorFile& file, const std::string& origin) {
  const std::optional<FoundModelInfo> found = find_model_info(file, origin);
  Json model = found ? info_to_json(found->info) : Json();
  Json seal;
  if (found) {
    seal = model["seal"];
    seal["matches"] = found->seal_matches;
    model.erase("seal");
  }
  description["model"] = model;
  description["seal"] = seal;
}

// ---- as text

/// A value as a line shows it: texts without quotes.
std::string shown(const Json& value) {
  if (value.is_string()) return printable_text(value.get_ref<const std::string&>());
  return printable_text(compact_json(value));
}

std::string joined(const Json& list) {
  std::string text;
  for (const Json& item : list) text += (text.empty() ? "" : ", ") + shown(item);
  return text;
}

/// Lines of a name and what belongs to it, under headings.
class Lines {
 public:
  void heading(std::string_view text) { text_ += fmt::format("{}\n", text); }
  void add(std::string_view name, std::string_view value) {
    text_ += fmt::format("  {:<16} {}\n", printable_text(name), value);
  }
  void add_items(const Json& object) {
    for (const auto& [name, value] : object.items()) add(name, shown(value));
  }
  const std::string& text() const { return text_; }

 private:
  std::string text_;
};

void add_file(Lines& lines, const Json& description) {
  const Json& checksum = description["checksum"];
  const auto counts = [](const Json& kind) {
    return fmt::format("{} tensors of {} values", shown(kind["tensors"]), shown(kind["values"]));
  };
  std::string dtypes;
  for (const auto& [name, count] : description["dtypes"].items()) {
    dtypes += fmt::format("{}{} {}", dtypes.empty() ? "" : ", ", shown(count), name);
  }
  lines.heading(shown(description["file"]));
  lines.add("bytes", shown(description["bytes"]));
  lines.add("SHA-256", shown(description["sha256"]));
  lines.add("checksums", checksum.is_null()    ? "none in the file"
                         : checksum == "crc32" ? "right: the CRC-32s of its records"
                                               : "right: the SHA-256 of its content");
  lines.add("tensors", shown(description["tensors"]));
  lines.add("parameters", counts(description["parameters"]));
  lines.add("buffers", counts(description["buffers"]));
  lines.add("dtypes", dtypes.empty() ? "none" : dtypes);
}

void add_model(Lines& lines, const Json& model) {
  lines.heading("model");
  lines.add("architecture", shown(model["architecture"]));
  if (model["architecture"] == "unet") lines.add("width", shown(model["width"]));
  lines.add("classes", fmt::format("{}: {}", model["classes"].size(), joined(model["classes"])));
  lines.add("input size", shown(model["input_size"]));
  lines.add("normalisation",
            fmt::format("mean {}; standard deviation {}", joined(model["mean"]), joined(model["std"])));
  lines.add("norm", shown(model["norm"]));
  lines.add("dropout", shown(model["dropout"]));
  lines.add("precision", shown(model["precision"]));
  lines.add("experiment", shown(model["experiment"]));
  lines.add("fold", model["fold"].is_null()
                        ? "none held out: trained on every sample"
                        : fmt::format("{} of {}, held out", shown(model["fold"]), shown(model["folds_count"])));
  lines.add("epoch", shown(model["epoch"]));
}

void add_provenance(Lines& lines, const Json& seal) {
  lines.heading("provenance");
  lines.add("seal",
            seal["matches"] == true ? "matches" : "does NOT match: the weights or what is said of them were changed");
  lines.add("content", shown(seal["sha256"]));
  lines.add("run", shown(seal["run"]));
  lines.add("made by", fmt::format("{}, results version {}", shown(seal["tool"]), shown(seal["results_version"])));
  lines.heading("parameters");
  lines.add_items(seal["parameters"]);
  lines.heading("inputs");
  lines.add_items(seal["inputs"]);
}

}  // namespace

void ModelInfoOptions::check() const {
  if (file.empty()) throw UsageError("FILE: no file; name a .pth or .safetensors file");
}

Json describe_model(const fs::path& path) {
  const TensorFile file = read_tensor_file(path);
  Json description = {{"format", "segfold.model-info/1"},
                      {"file", path.string()},
                      {"bytes", file_bytes(path)},
                      {"sha256", sha256_file(path)},
                      {"checksum", checksum_of(file)},
                      {"tensors", file.tensors.size()},
                      {"parameters", counts_of(file, false)},
                      {"buffers", counts_of(file, true)},
                      {"dtypes", dtypes_of(file)}};
  add_house(description, file, path.string());
  description["metadata"] = metadata_of_others(file);
  return description;
}

std::string model_text(const Json& description) {
  Lines lines;
  add_file(lines, description);
  if (description["model"].is_null()) {
    lines.heading("no provenance: train-fold did not write this file");
  } else {
    add_model(lines, description["model"]);
    add_provenance(lines, description["seal"]);
  }
  if (!description["metadata"].empty()) {
    lines.heading("metadata");
    lines.add_items(description["metadata"]);
  }
  return lines.text();
}

void model_info(const ModelInfoOptions& options) {
  options.check();
  if (options.encoder) {
    TensorFile file = read_tensor_file(options.file);
    make_resnet50_encoder(file.tensors, options.file.string());
    return;
  }
  const Json description = describe_model(options.file);
  write_stdout(options.json ? json_text(description) : model_text(description));
  const Json& seal = description["seal"];
  if (!seal.is_null() && seal["matches"] != true) throw_broken_seal(options.file.string());
}

}  // namespace segfold
