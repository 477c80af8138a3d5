#include "segfold/nn/safetensors_file.h"

#include <fmt/format.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <deque>
#include <memory>
#include <numeric>

#include "segfold/base/error.h"
#include "segfold/base/file.h"
#include "segfold/base/sha256.h"
#include "segfold/base/utf8.h"
#include "segfold/nn/safetensors_header.h"
#include "segfold/nn/tensor_checks.h"

namespace segfold {
namespace {

namespace fs = std::filesystem;

constexpr const char* kDigestKey = "segfold.sha256";
constexpr const char* kFormatKey = "format";  // what Python's libraries want to know before they load a file
constexpr const char* kPyTorch = "pt";
constexpr std::uint64_t kLengthBytes = 8;

using File = std::unique_ptr<std::FILE, int (*)(std::FILE*)>;

File open_file(const fs::path& path, const char* mode) {
  File file(std::fopen(path.c_str(), mode), std::fclose);
  if (file) std::setvbuf(file.get(), nullptr, _IONBF, 0);  // the pieces are large: no second copy of them
  return file;
}

std::string read_bytes(std::FILE* file, std::uint64_t count, const fs::path& path) {
  std::string bytes(count, '\0');
  if (std::fread(bytes.data(), 1, count, file) != count) {
    if (std::ferror(file) != 0) throw_read_error(path, errno);
    throw IoError(fmt::format("{}: became shorter while it was read", path.string()));
  }
  return bytes;
}

/// SHA-256 over all that a file says, in an order that does not depend on who wrote it: metadata by key, tensors by
/// name. Each field is preceded by its length, so that a boundary between two cannot move.
std::string content_digest(const TensorFile& file) {
  Sha256 sha;
  const auto add = [&sha](std::string_view field) { sha.update(fmt::format("{}:", field.size())).update(field); };
  for (const auto& [key, text] : file.metadata) {
    if (key == kDigestKey || key == kFormatKey) continue;
    add(key);
    add(text);
  }
  std::vector<const NamedTensor*> tensors;
  for (const NamedTensor& tensor : file.tensors) tensors.push_back(&tensor);
  std::ranges::sort(tensors, {}, &NamedTensor::name);
  for (const NamedTensor* tensor : tensors) {
    add(tensor->name);
    add(fmt::format("{} {}", static_cast<int>(tensor->dtype), shape_text(tensor->shape)));
    add(tensor->data);
  }
  return sha.hex();
}

SafetensorsHeader read_header(std::FILE* file, std::uint64_t file_bytes, const fs::path& path) {
  if (file_bytes < kLengthBytes)
    throw DataError(
        fmt::format("{}: {} bytes, too few for a safetensors file; fetch or make it again", path.string(), file_bytes));
  std::uint64_t length = 0;
  std::memcpy(&length, read_bytes(file, kLengthBytes, path).data(), sizeof(length));
  if (length > kMaxSafetensorsHeader || length > file_bytes - kLengthBytes) {
    if (std::fseek(file, 0, SEEK_SET) != 0) throw_read_error(path, errno);
    constexpr std::uint64_t kStartBytes = 64;
    const std::string start = read_bytes(file, std::min(file_bytes, kStartBytes), path);
    if (const std::string_view instead = stand_in(start); !instead.empty())
      throw DataError(fmt::format("{}: is {}", path.string(), instead));
    throw DataError(fmt::format(
        "{}: a header of {} bytes in a file of {}; it is no safetensors file or cut short, fetch or make it again",
        path.string(), length, file_bytes));
  }
  const std::string json = read_bytes(file, length, path);
  return parse_safetensors_header(json, file_bytes - kLengthBytes - length, path.string());
}

/// The order in which the data of `entries` lie in the file.
std::vector<std::size_t> data_order(const std::deque<SafetensorsEntry>& entries) {
  std::vector<std::size_t> order(entries.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::ranges::stable_sort(order, {},
                           [&entries](std::size_t i) { return std::pair(entries[i].begin, entries[i].end); });
  return order;
}

/// Checks the digest where there is one, takes it out of the metadata and notes that it was there.
void check_digest(TensorFile& file, const fs::path& path) {
  const auto digest = file.metadata.find(kDigestKey);
  if (digest == file.metadata.end()) return;
  if (digest->second != content_digest(file)) {
    throw DataError(fmt::format(
        "{}: its content is not what its checksum ({}) says; it is damaged, fetch or make it again, or it was changed "
        "by another program, which should have dropped that key",
        path.string(), kDigestKey));
  }
  file.metadata.erase(digest);
  if (const auto format = file.metadata.find(kFormatKey); format != file.metadata.end() && format->second == kPyTorch)
    file.metadata.erase(format);  // a word of the form, not of the content
  file.checksum = Checksum::kSha256;
}

/// What the format cannot hold although a .pth file can.
void require_names(const TensorFile& file, const fs::path& path) {
  for (const NamedTensor& tensor : file.tensors) {
    if (tensor.name == kSafetensorsMetadata) {
      throw DataError(fmt::format("{}: a tensor cannot be called '{}' in this format; rename it or write a .pth file",
                                  path.string(), tensor.name));
    }
  }
  for (const auto& [key, text] : file.metadata) {
    if (!is_utf8(key) || !is_utf8(text)) {
      throw DataError(fmt::format("{}: the metadata '{}' are no UTF-8, which this format needs; write a .pth file",
                                  path.string(), printable(key)));
    }
  }
}

/// A header for tensors laid out by element size, largest first, otherwise in their order.
SafetensorsHeader lay_out(const TensorFile& file) {
  SafetensorsHeader header;
  header.metadata = file.metadata;
  header.metadata[kDigestKey] = content_digest(file);
  header.metadata.emplace(kFormatKey, kPyTorch);
  for (const NamedTensor& tensor : file.tensors)
    header.entries.push_back({tensor.name, tensor.dtype, tensor.shape, 0, 0});
  std::uint64_t offset = 0;
  for (const int bytes : {8, 4, 2, 1}) {
    for (std::size_t i = 0; i < file.tensors.size(); ++i) {
      if (dtype_size(file.tensors[i].dtype) != bytes) continue;
      header.entries[i].begin = offset;
      header.entries[i].end = offset += file.tensors[i].data.size();
    }
  }
  return header;
}

}  // namespace

TensorFile read_safetensors(const fs::path& path) {
  require_file(path);
  const File file = open_file(path, "rb");
  if (!file) throw_read_error(path, errno);
  SafetensorsHeader header = read_header(file.get(), file_bytes(path), path);
  TensorFile content;
  content.metadata = std::move(header.metadata);
  content.tensors.resize(header.entries.size());
  for (const std::size_t i : data_order(header.entries)) {
    SafetensorsEntry& entry = header.entries[i];
    content.tensors[i] = {std::move(entry.name), entry.dtype, std::move(entry.shape),
                          read_bytes(file.get(), entry.end - entry.begin, path)};
    require_booleans(content.tensors[i], path.string());
  }
  check_digest(content, path);
  return content;
}

void write_safetensors(const fs::path& path, const TensorFile& content) {
  require_writable(content.tensors, path.string());
  require_names(content, path);
  const SafetensorsHeader header = lay_out(content);
  const std::string json = safetensors_header_text(header);
  const std::uint64_t length = json.size();
  if (length > kMaxSafetensorsHeader) {
    throw DataError(fmt::format(
        "{}: names and metadata make a header of {} bytes, more than the {} of the format; write a .pth file instead",
        path.string(), length, kMaxSafetensorsHeader));
  }
  std::uint64_t data_bytes = 0;
  for (const NamedTensor& tensor : content.tensors) data_bytes += tensor.data.size();
  parse_safetensors_header(json, data_bytes, path.string());  // what could not be read is not written
  AtomicFile output(path);
  File file = open_file(output.temporary(), "wb");
  if (!file) throw_write_error(path, errno);
  const auto write = [&file, &path](const void* data, std::size_t bytes) {
    if (std::fwrite(data, 1, bytes, file.get()) != bytes) throw_write_error(path, errno);
  };
  write(&length, sizeof(length));
  write(json.data(), json.size());
  for (const std::size_t i : data_order(header.entries))
    write(content.tensors[i].data.data(), content.tensors[i].data.size());
  if (std::fclose(file.release()) != 0) throw_write_error(path, errno);
  output.commit();
}

}  // namespace segfold
