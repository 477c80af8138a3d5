#include "segfold/data/history.h"

#include <fmt/format.h>

#include <charconv>
#include <cmath>

#include "segfold/base/csv.h"
#include "segfold/base/error.h"
#include "segfold/base/file.h"
#include "segfold/base/sha256.h"
#include "segfold/base/text.h"

namespace segfold {
namespace {

constexpr std::string_view kHeader =
    "epoch,lr,train_loss,val_loss,lowres_miou,fullres_miou,seconds,images_per_second,data_wait";
constexpr std::size_t kColumns = 9;

/// A score over nothing (NaN) reads as not measured.
std::string field(const std::optional<double>& value) { return csv_field(value.value_or(std::nan(""))); }

/// One line of the file; errors name it.
struct Line {
  const std::string& origin;
  std::size_t number;

  [[noreturn]] void fail(const std::string& problem) const {
    throw DataError(fmt::format("{}:{}: {}; run train-fold again", origin, number, problem));
  }

  template <class T>
  T value(const std::string& text) const {
    T result{};
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), result);
    if (text.empty() || error != std::errc() || end != text.data() + text.size())
      fail(fmt::format("'{}' is no number", text));
    return result;
  }

  double finite(const std::string& text) const {
    const auto result = value<double>(text);
    if (!std::isfinite(result)) fail(fmt::format("'{}' is not finite", text));
    return result;
  }

  std::optional<double> optional(const std::string& text) const {
    return text.empty() ? std::nullopt : std::optional(finite(text));
  }

  std::optional<double> share(const std::string& text) const {
    const auto result = optional(text);
    if (result && (*result < 0 || *result > 1)) fail(fmt::format("'{}' is not between 0 and 1", text));
    return result;
  }

  HistoryRow row(const std::string& text) const {
    const std::vector<std::string> fields = split_text(text, ',');
    if (fields.size() != kColumns) fail(fmt::format("{} columns, expected {}", fields.size(), kColumns));
    return {value<int>(fields[0]), finite(fields[1]), finite(fields[2]), optional(fields[3]), share(fields[4]),
            share(fields[5]),      finite(fields[6]), finite(fields[7]), finite(fields[8])};
  }
};

void require_header(std::string_view text, const std::string& origin) {
  if (text.substr(0, text.find('\n')) == kHeader) return;
  throw DataError(
      fmt::format("{}:1: expected a history of train-fold, whose columns are {}; give another file", origin, kHeader));
}

}  // namespace

std::string history_csv(const std::vector<HistoryRow>& rows) {
  std::string text(kHeader);
  text += '\n';
  for (const HistoryRow& row : rows) {
    text +=
        fmt::format("{},{},{},{},{},{},{},{},{}\n", row.epoch, row.lr, row.train_loss, field(row.val_loss),
                    field(row.lowres_miou), field(row.fullres_miou), row.seconds, row.images_per_second, row.data_wait);
  }
  return text;
}

std::vector<HistoryRow> parse_history_csv(const std::string& text, const std::string& origin) {
  std::vector<std::string> lines = split_text(text, '\n');
  require_header(text, origin);
  if (lines.back().empty()) lines.pop_back();
  std::vector<HistoryRow> rows;
  for (std::size_t i = 1; i < lines.size(); ++i) {
    const Line line{origin, i + 1};
    rows.push_back(line.row(lines[i]));
    if (rows.back().epoch != static_cast<int>(i)) line.fail(fmt::format("epoch {}, expected {}", rows.back().epoch, i));
  }
  return rows;
}

History read_history(const std::filesystem::path& path) {
  // Before the seal is asked for: another file has none, and that would not tell what is wrong.
  std::string text = read_file(path);
  require_header(text, path.string());
  SealedText sealed = unseal(std::move(text), path);
  return {parse_history_csv(sealed.text, path.string()), std::move(sealed.seal)};
}

std::string scores_digest(std::vector<HistoryRow> rows) {
  for (HistoryRow& row : rows) row.seconds = row.images_per_second = row.data_wait = 0;
  return sha256_hex(history_csv(rows));
}

}  // namespace segfold
