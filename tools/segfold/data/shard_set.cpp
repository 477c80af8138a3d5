#include <fmt/format.h>
#include <sys/resource.h>

#include <algorithm>

#include "segfold/base/error.h"
#include "segfold/base/sha256.h"
#include "segfold/data/shard.h"

namespace segfold {
namespace {

/// Shards that are kept open: a study has fewer, and more must not use up the process's descriptors.
std::size_t most_kept_open() {
  constexpr rlim_t kMost = 32;
  struct rlimit limit{};
  const bool known = ::getrlimit(RLIMIT_NOFILE, &limit) == 0;
  return std::min(kMost, known ? limit.rlim_cur / 8 : 0);
}

void require_alike(const ShardReader& first, const ShardReader& other) {
  const auto refuse = [&](const std::string& what) {
    throw DataError(fmt::format("{} and {}: {}; give shards of one preprocess run", first.path().string(),
                                other.path().string(), what));
  };
  const ShardInfo& a = first.info();
  const ShardInfo& b = other.info();
  if (a.image_size != b.image_size) {
    refuse(fmt::format("images of different sizes, {} and {}", to_string(a.image_size), to_string(b.image_size)));
  }
  if (a.label_size != b.label_size) {
    refuse(fmt::format("labels of different sizes, {} and {}", to_string(a.label_size), to_string(b.label_size)));
  }
}

std::string digest_of(const std::vector<ShardReader>& readers) {
  std::vector<std::string> contents;
  for (const ShardReader& reader : readers) contents.push_back(reader.info().seal.content);
  std::ranges::sort(contents);
  Sha256 sha;
  for (const std::string& content : contents) sha.update(content);
  return sha.hex();
}

}  // namespace

ShardSet::ShardSet(const std::vector<std::filesystem::path>& paths) {
  if (paths.empty()) throw UsageError("no shards; give at least one file to --shards");
  readers_.reserve(paths.size());
  const std::size_t kept_open = most_kept_open();
  for (const auto& path : paths) {
    readers_.emplace_back(path, readers_.size() < kept_open ? KeepOpen::kYes : KeepOpen::kNo);
    require_alike(readers_.front(), readers_.back());
  }
  for (std::size_t r = 0; r < readers_.size(); ++r) {
    for (std::size_t s = 0; s < readers_[r].info().names.size(); ++s) entries_.push_back({r, s});
  }
  const auto name_of = [&](const Entry& entry) -> const std::string& {
    return readers_[entry.reader].info().names[entry.sample];
  };
  std::ranges::sort(entries_, [&](const Entry& a, const Entry& b) { return name_of(a) < name_of(b); });
  for (std::size_t i = 0; i < entries_.size(); ++i) {
    if (i > 0 && name_of(entries_[i - 1]) == name_of(entries_[i])) {
      throw DataError(fmt::format("{}: sample '{}' is also in {}; give every sample once",
                                  readers_[entries_[i].reader].path().string(), name_of(entries_[i]),
                                  readers_[entries_[i - 1].reader].path().string()));
    }
    index_.emplace(name_of(entries_[i]), static_cast<std::int64_t>(i));
  }
  digest_ = digest_of(readers_);
}

void ShardSet::read_image(std::int64_t i, std::span<std::uint8_t> image) const {
  readers_[at(i).reader].read_image(static_cast<std::int64_t>(at(i).sample), image);
}

void ShardSet::read_label(std::int64_t i, std::span<std::uint8_t> label) const {
  readers_[at(i).reader].read_label(static_cast<std::int64_t>(at(i).sample), label);
}

std::optional<std::int64_t> ShardSet::find(std::string_view name) const {
  const auto found = index_.find(std::string(name));
  if (found == index_.end()) return std::nullopt;
  return found->second;
}

}  // namespace segfold
