#include "segfold/train/training_state.h"

#include <fmt/format.h>

#include <map>

#include "segfold/base/error.h"
#include "segfold/base/file.h"

namespace segfold {
namespace {

namespace fs = std::filesystem;

constexpr const char* kFormat = "segfold.state/3";
constexpr std::size_t kDigestDigits = 16;

FileLock lock_folder(const fs::path& folder) {
  const fs::path path = folder / "lock";
  if (FileLock lock = try_lock_file(path)) return lock;
  throw CannotCreateError(
      fmt::format("{}: another process is at work on this very training; wait for it or stop it", path.string()));
}

Json to_json(const TrainingState& state) {
  const TrainingPosition& at = state.position;
  return {{"format", kFormat},
          {"epoch", at.epoch},
          {"batches", at.batches},
          {"loss_sum", at.loss_sum},
          {"pixels", at.pixels},
          {"images", at.images},
          {"seconds", at.seconds},
          {"waited", at.waited},
          {"schedule", state.schedule},
          {"history", history_csv(state.history)},
          {"best_miou", state.best_miou ? Json(*state.best_miou) : Json()},
          {"best_epoch", state.best_epoch}};
}

TrainingState from_json(const Json& document, const std::string& origin) {
  if (json_value<std::string>(document, "format", origin) != kFormat) {
    throw DataError(fmt::format("{}: was written by another version; start again with --fresh", origin));
  }
  TrainingState state;
  state.position = {
      json_value<int>(document, "epoch", origin),           json_value<std::int64_t>(document, "batches", origin),
      json_value<double>(document, "loss_sum", origin),     json_value<std::int64_t>(document, "pixels", origin),
      json_value<std::int64_t>(document, "images", origin), json_value<double>(document, "seconds", origin),
      json_value<double>(document, "waited", origin)};
  state.schedule = json_value<Json>(document, "schedule", origin);
  state.history = parse_history_csv(json_value<std::string>(document, "history", origin), origin);
  const auto best = json_value<Json>(document, "best_miou", origin);
  if (!best.is_null()) state.best_miou = best.get<double>();
  state.best_epoch = json_value<int>(document, "best_epoch", origin);
  return state;
}

/// Runs `action`; an error that lies in the files, not in the reading of them, carries the remedy in front.
template <class Action>
auto with_remedy(const std::string& remedy, const Action& action) {
  try {
    return action();
  } catch (Error& error) {
    if (error.code() == ExitCode::kData || error.code() == ExitCode::kNotFound) error.add_context(remedy);
    throw;
  }
}

}  // namespace

void take_over(const StateDict& targets, const StateDict& stored, const std::string& origin) {
  const torch::NoGradGuard no_grad;
  const std::map<std::string, torch::Tensor> values(stored.begin(), stored.end());
  for (const auto& [name, target] : targets) {
    const auto found = values.find(name);
    if (found == values.end() || found->second.sizes() != target.sizes()) {
      throw DataError(fmt::format("{}: {} is missing or of another shape; start again with --fresh", origin, name));
    }
    target.copy_(found->second);
  }
}

StateFolder::StateFolder(const fs::path& root, const std::string& digest, bool fresh)
    : path_(root / digest.substr(0, kDigestDigits)) {
  create_folders(path_);
  lock_ = lock_folder(path_);
  for (const auto& entry : fs::directory_iterator(path_)) {
    const std::string name = entry.path().filename().string();
    // The lock is ours, so what is half written belongs to a killed process, wherever that ran.
    const bool half_written = name.starts_with('.') && name.find(".tmp") != std::string::npos;
    if (name == "lock" || !(fresh || half_written)) continue;
    std::error_code error;
    fs::remove_all(entry.path(), error);
    if (error && fresh) throw_write_error(entry.path(), error.value());
  }
}

std::optional<TrainingState> StateFolder::load() const {
  if (!fs::exists(file())) return std::nullopt;
  const std::string remedy =
      fmt::format("the saved state cannot be used (delete {} to start again, or give --fresh)", path().string());
  return with_remedy(remedy, [&]() -> std::optional<TrainingState> {
    TensorFile stored = read_tensor_file(file());
    TrainingState state = from_json(parse_json(stored.metadata["segfold"], file().string()), file().string());
    state.tensors = tensors_from_file(std::move(stored.tensors));
    return state;
  });
}

TensorFile StateFolder::read_best() const {
  return with_remedy("the best weights so far cannot be used (give --fresh to train anew)", [&] {
    TensorFile stored = read_tensor_file(best());
    require_model_info(stored, best().string());
    return stored;
  });
}

void StateFolder::save(const TrainingState& state) const {
  TensorFile stored;
  stored.tensors = tensors_to_file(state.tensors);
  stored.metadata["segfold"] = to_json(state).dump();
  write_tensor_file(file(), stored);
}

void StateFolder::remove() {
  // What cannot be removed is left, for the training has succeeded. A shared file system keeps the file of the lock,
  // and so the folder, until it is closed.
  std::error_code ignored;
  fs::remove_all(path_, ignored);
  lock_.reset();
  fs::remove(path_, ignored);
  const fs::path root = path_.parent_path();
  if (!fs::is_symlink(root, ignored)) fs::remove(root, ignored);  // a link that a user made stays
}

}  // namespace segfold
