#include "segfold/nn/pth_file.h"

#include <fmt/format.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <memory>

#include "segfold/base/error.h"
#include "segfold/base/file.h"
#include "segfold/base/json.h"
#include "segfold/base/utf8.h"
#include "segfold/nn/state_dict_pickle.h"
#include "segfold/nn/tensor_checks.h"
#include "segfold/nn/zip_archive.h"

namespace segfold {
namespace {

namespace fs = std::filesystem;

constexpr const char* kArchive = "archive/";  // not the file's name, so that equal content gives equal bytes
constexpr const char* kProjectKey = "segfold";
constexpr std::string_view kProjectRecord = "segfold.json";
constexpr std::string_view kMetadataFolder = "metadata/";
constexpr std::uint64_t kMaxMetadataBytes = std::uint64_t{1} << 26;
constexpr std::uint64_t kStorageNode = 128;  // of std::map, with a short key

/// Says what a file is that is no zip archive, by its first bytes.
void require_zip(const fs::path& path) {
  require_file(path);
  const std::unique_ptr<std::FILE, int (*)(std::FILE*)> file(std::fopen(path.c_str(), "rb"), std::fclose);
  if (!file) throw_read_error(path, errno);
  std::string start(64, '\0');
  start.resize(std::fread(start.data(), 1, start.size(), file.get()));
  if (std::ferror(file.get()) != 0) throw_read_error(path, errno);
  if (start.starts_with("PK\x03\x04")) return;
  if (const std::string_view instead = stand_in(start); !instead.empty())
    throw DataError(fmt::format("{}: is {}", path.string(), instead));
  if (start.starts_with('\x80')) {
    throw DataError(
        fmt::format("{}: is a pickle of PyTorch before 1.6, not a zip archive; convert it in Python: "
                    "torch.save(torch.load({}, map_location='cpu', weights_only=True), 'new.pth')",
                    path.string(), compact_json(path.string())));
  }
  throw DataError(
      fmt::format("{}: is {}, expected weights as torch.save writes them; give another file or fetch it again",
                  path.string(), start.empty() ? "empty" : "no zip archive"));
}

/// The folder inside the archive that everything lies in, with its slash: "archive/", "resnet50/".
std::string folder_of(const ZipReader& archive, const std::string& origin) {
  constexpr std::string_view kPickle = "/data.pkl";
  for (const auto& [name, record] : archive.records()) {
    const std::size_t slash = name.find('/');
    if (slash == std::string::npos || std::string_view(name).substr(slash) != kPickle) continue;
    const std::string folder = name.substr(0, slash + 1);
    const auto code = archive.records().lower_bound(folder + "code/");
    if (archive.has(folder + "constants.pkl") ||
        (code != archive.records().end() && code->first.starts_with(folder + "code/"))) {
      throw DataError(
          fmt::format("{}: is a TorchScript archive; save its weights in Python: "
                      "torch.save(torch.jit.load(FILE).state_dict(), 'new.pth')",
                      origin));
    }
    return folder;
  }
  throw DataError(fmt::format(
      "{}: is a zip archive without data.pkl, expected weights as torch.save writes them; give another file", origin));
}

void require_little_endian(const ZipReader& archive, const std::string& folder, const std::string& origin) {
  const auto order = archive.records().find(folder + "byteorder");
  if (order == archive.records().end()) return;  // PyTorch before 2.1 wrote none
  constexpr std::string_view kLittle = "little";
  if (order->second.bytes != kLittle.size() || archive.read(order->first) != kLittle) {
    throw DataError(fmt::format("{}: its numbers are not little-endian; save it again on another machine", origin));
  }
}

/// The storages of an archive, each read when first asked for and let go with its last tensor.
class Storages {
 public:
  Storages(const ZipReader& archive, std::string folder, std::string origin)
      : archive_(archive), folder_(std::move(folder)), origin_(std::move(origin)) {}

  /// Checks the storage of `tensor` and counts what reading it will take.
  void plan(const PickledTensor& tensor) {
    const std::string record = folder_ + "data/" + tensor.storage;
    const auto found = archive_.records().find(record);
    const std::string place = fmt::format("{}: '{}'", origin_, printable(tensor.name));
    if (found == archive_.records().end()) {
      throw DataError(
          fmt::format("{}: record '{}' is missing; fetch or make the file again", place, printable(record)));
    }
    const auto bytes = static_cast<std::uint64_t>(tensor.storage_elements * dtype_size(tensor.dtype));
    if (found->second.stored && found->second.bytes != bytes) {
      throw DataError(fmt::format("{}: record '{}' has {} bytes, expected {}; fetch or make the file again", place,
                                  printable(record), found->second.bytes, bytes));
    }
    const auto [storage, first] = storages_.try_emplace(tensor.storage, Storage{tensor.dtype, 0, std::nullopt});
    if (storage->second.dtype != tensor.dtype) {
      throw DataError(
          fmt::format("{}: storage '{}' is of two types; save plain tensors again", place, printable(tensor.storage)));
    }
    ++storage->second.uses;
    planned_ += first ? bytes + kStorageNode : 0;
    if (!first || !is_whole(tensor)) planned_ += view_bytes(tensor);
    planned_ += sizeof(NamedTensor) + tensor.name.size() + tensor.view.shape.size() * sizeof(std::int64_t);
    if (planned_ > 2 * archive_.file_bytes()) {
      throw DataError(
          fmt::format("{}: with it the tensors need more than twice the file's {} bytes, as they share storages; save "
                      "clones of them",
                      place, archive_.file_bytes()));
    }
  }

  NamedTensor take(const PickledTensor& tensor) {
    Storage& storage = storages_.at(tensor.storage);
    if (!storage.content) storage.content = archive_.read(folder_ + "data/" + tensor.storage);
    const bool last = --storage.uses == 0;
    NamedTensor taken{tensor.name, tensor.dtype, tensor.view.shape, {}};
    if (last && is_whole(tensor)) {
      taken.data = std::move(*storage.content);
    } else {
      taken.data = gather(*storage.content, tensor.view, dtype_size(tensor.dtype));
    }
    if (last) storage.content.reset();
    require_booleans(taken, origin_);
    return taken;
  }

 private:
  struct Storage {
    DType dtype;
    int uses;  ///< tensors that still need it
    std::optional<std::string> content;
  };

  static std::uint64_t view_bytes(const PickledTensor& tensor) {
    return static_cast<std::uint64_t>(element_count(tensor.view.shape).value_or(0) * dtype_size(tensor.dtype));
  }
  static bool is_whole(const PickledTensor& tensor) {
    return is_dense(tensor.view) && element_count(tensor.view.shape) == tensor.storage_elements;
  }

  const ZipReader& archive_;
  std::string folder_;
  std::string origin_;
  std::map<std::string, Storage> storages_;
  std::uint64_t planned_ = 0;
};

std::map<std::string, std::string> read_metadata(const ZipReader& archive, const std::string& folder,
                                                 const std::string& origin) {
  std::map<std::string, std::string> metadata;
  const std::string keys = folder + std::string(kMetadataFolder);
  for (const auto& [name, record] : archive.records()) {
    const bool own = name == folder + std::string(kProjectRecord);
    if (!own && !name.starts_with(keys)) continue;
    const std::string key = own ? kProjectKey : name.substr(keys.size());
    if (record.bytes > kMaxMetadataBytes) {
      throw DataError(
          fmt::format("{}: record '{}' has {} bytes, more than the {} that metadata may have; make the file again",
                      origin, printable(name), record.bytes, kMaxMetadataBytes));
    }
    if (!metadata.emplace(key, archive.read(name)).second) {
      throw DataError(fmt::format("{}: the metadata '{}' stand twice; make the file again", origin, printable(key)));
    }
  }
  return metadata;
}

/// The record that holds the metadata of a key.
std::string metadata_record(const std::string& key, const fs::path& path) {
  if (key == kProjectKey) return std::string(kProjectRecord);
  constexpr std::size_t kMaxKey = 1000;
  const bool control = std::ranges::any_of(key, [](char letter) { return static_cast<unsigned char>(letter) < 0x20; });
  if (key.empty() || key.size() > kMaxKey || control || !is_utf8(key)) {
    throw DataError(fmt::format("{}: the metadata key '{}' cannot be a record's name; give it 1 to {} plain letters",
                                path.string(), printable(key), kMaxKey));
  }
  return std::string(kMetadataFolder) + key;
}

}  // namespace

TensorFile read_pth(const fs::path& path) {
  const std::string origin = path.string();
  require_zip(path);
  const ZipReader archive(path);
  const std::string folder = folder_of(archive, origin);
  require_little_endian(archive, folder, origin);
  const std::string pickle = archive.read(folder + "data.pkl");
  const PickledStateDict tensors(pickle, archive.file_bytes(), origin);
  Storages storages(archive, folder, origin);
  for (std::size_t i = 0; i < tensors.size(); ++i) storages.plan(tensors.tensor(i));
  TensorFile file;
  file.metadata = read_metadata(archive, folder, origin);
  file.checksum = Checksum::kCrc32;
  file.tensors.reserve(tensors.size());
  for (std::size_t i = 0; i < tensors.size(); ++i) file.tensors.push_back(storages.take(tensors.tensor(i)));
  return file;
}

void write_pth(const fs::path& path, const TensorFile& file) {
  require_writable(file.tensors, path.string());
  const std::string pickle = state_dict_pickle(file.tensors);
  const std::string folder = kArchive;
  std::vector<ZipRecord> records{
      {folder + "data.pkl", pickle}, {folder + "byteorder", "little"}, {folder + "version", "3\n"}};
  for (const auto& [key, text] : file.metadata) {
    records.push_back({folder + metadata_record(key, path), text});
  }
  for (std::size_t i = 0; i < file.tensors.size(); ++i) {
    records.push_back({folder + "data/" + std::to_string(i), file.tensors[i].data});
  }
  write_zip(path, records);
}

}  // namespace segfold
