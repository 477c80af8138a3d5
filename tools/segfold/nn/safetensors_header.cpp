#include "segfold/nn/safetensors_header.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <limits>
#include <set>
#include <utility>

#include "segfold/base/error.h"
#include "segfold/base/json.h"
#include "segfold/nn/memory_budget.h"
#include "segfold/nn/tensor_checks.h"

namespace segfold {
namespace {

struct TypeName {
  std::string_view name;
  DType dtype;
};
constexpr std::array<TypeName, 8> kTypeNames{{{"F32", DType::kFloat32},
                                              {"F64", DType::kFloat64},
                                              {"F16", DType::kFloat16},
                                              {"BF16", DType::kBFloat16},
                                              {"I64", DType::kInt64},
                                              {"I32", DType::kInt32},
                                              {"U8", DType::kUInt8},
                                              {"BOOL", DType::kBool}}};

constexpr std::uint64_t kFilesOfLists = 4;         // what lists may take, in sizes of the file
constexpr std::uint64_t kSmallFile = 48UL * 1024;  // and what little files need beyond
constexpr std::uint64_t kMetadataNode = 112;       // of std::map, with its two strings

/// What the parser takes for the longest token, at most: it keeps the token twice, in buffers that double as they grow,
/// and puts it into the text of an error several times, control characters spelt out. What it takes for one is at most
/// a text and all up to the next: what lies between one quote and the next but one.
std::uint64_t parser_bytes(std::string_view json) {
  constexpr std::uint64_t kCopies = 11;
  constexpr std::uint64_t kSpelt = 8;  // "<U+000A>"
  std::uint64_t longest = 0;
  std::uint64_t before = 0;
  std::uint64_t length = 0;
  for (std::size_t i = 0; i < json.size(); ++i) {
    length += static_cast<unsigned char>(json[i]) < 0x20 ? kSpelt : 1;
    if (json[i] == '\\') {
      ++i;  // passes over an escaped quote
      ++length;
    } else if (json[i] == '"') {
      before = std::exchange(length, 0);
    }
    longest = std::max(longest, before + length);
  }
  return kCopies * longest;
}

/// Takes the header's JSON event by event. A document object model would merge duplicate keys silently and need many
/// times the memory of the text.
class HeaderReader {
 public:
  HeaderReader(std::string_view json, std::uint64_t data_bytes, const std::string& origin, SafetensorsHeader& header)
      : origin_(origin), header_(header), budget_(kFilesOfLists * (json.size() + data_bytes) + kSmallFile) {
    if (!budget_.take(parser_bytes(json))) fail_large("has a text or gap that is longer than a third of the file");
  }

  // What nlohmann::json::sax_parse calls.
  bool null() { return where_ == Where::kTop && name_ == kSafetensorsMetadata ? true : refuse(); }
  bool boolean(bool) { return refuse(); }
  bool number_integer(std::int64_t) { return refuse(); }
  bool number_float(double, const std::string&) { return refuse(); }
  bool binary(Json::binary_t&) { return refuse(); }
  bool number_unsigned(std::uint64_t value);
  bool string(std::string& value);
  bool start_object(std::size_t);
  bool key(std::string& value);
  bool end_object();
  bool start_array(std::size_t);
  bool end_array();
  bool parse_error(std::size_t byte, const std::string&, const nlohmann::json::exception&) {
    fail(fmt::format("is no valid JSON at byte {}", byte));
  }

 private:
  enum class Where { kOutside, kTop, kTexts, kTensor, kShape, kOffsets };

  [[noreturn]] void fail(const std::string& what) const {
    throw DataError(fmt::format("{}: the header {}; fetch or make the file again", origin_, what));
  }
  [[noreturn]] void fail_large(const std::string& what) const {
    throw DataError(fmt::format("{}: the header {}; shorten its metadata, or save it as .pth", origin_, what));
  }
  void charge(std::uint64_t bytes) {
    if (!budget_.take(bytes)) fail_large("asks for lists of more than four times the file's size");
  }
  bool refuse() const { fail(fmt::format("has a value of the wrong kind {}", place())); }
  std::string place() const {
    return where_ == Where::kOutside || where_ == Where::kTop ? std::string("at its top")
                                                              : fmt::format("in '{}'", printable(name_));
  }

  const std::string& origin_;
  SafetensorsHeader& header_;
  MemoryBudget budget_;
  Where where_ = Where::kOutside;
  std::string name_;              ///< key at the top that is being read
  std::string field_;             ///< key in it
  std::set<std::string> fields_;  ///< of the tensor so far
  std::vector<std::uint64_t> offsets_;
  SafetensorsEntry entry_;
  bool metadata_seen_ = false;
};

bool HeaderReader::number_unsigned(std::uint64_t value) {
  if (where_ == Where::kShape) {
    if (value > static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max()))
      fail(fmt::format("has a size of {} {}", value, place()));
    if (entry_.shape.size() == kMaxRank) fail(fmt::format("has more than {} dimensions {}", kMaxRank, place()));
    entry_.shape.push_back(static_cast<std::int64_t>(value));
    return true;
  }
  if (where_ == Where::kOffsets && offsets_.size() < 2) {
    offsets_.push_back(value);
    return true;
  }
  return refuse();
}

bool HeaderReader::string(std::string& value) {
  if (where_ == Where::kTexts) {
    charge(kMetadataNode + field_.size() + value.size());
    header_.metadata.emplace(field_, value);  // a copy: the parser's has up to twice the room
    return true;
  }
  if (where_ != Where::kTensor || field_ != "dtype") return refuse();
  const auto type = std::ranges::find(kTypeNames, value, &TypeName::name);
  if (type == kTypeNames.end()) {
    throw DataError(fmt::format("{}: '{}': dtype '{}' is not supported; convert the tensor to float32", origin_,
                                printable(name_), printable(value)));
  }
  entry_.dtype = type->dtype;
  return true;
}

bool HeaderReader::start_object(std::size_t) {
  if (where_ == Where::kOutside) {
    where_ = Where::kTop;
  } else if (where_ == Where::kTop) {
    where_ = name_ == kSafetensorsMetadata ? Where::kTexts : Where::kTensor;
    fields_.clear();
    offsets_.clear();
    entry_ = {};
    entry_.name = name_;
  } else {
    return refuse();
  }
  return true;
}

bool HeaderReader::key(std::string& value) {
  if (where_ == Where::kTop) {
    if (value == kSafetensorsMetadata && std::exchange(metadata_seen_, true))
      fail(fmt::format("has '{}' twice", value));
    name_ = std::move(value);
    return true;
  }
  const bool again = where_ == Where::kTexts ? header_.metadata.contains(value) : !fields_.insert(value).second;
  if (again) fail(fmt::format("has '{}' twice {}", printable(value), place()));
  if (where_ == Where::kTensor && value != "dtype" && value != "shape" && value != "data_offsets") {
    fail(fmt::format("has the unknown key '{}' {}", printable(value), place()));
  }
  field_ = std::move(value);
  return true;
}

bool HeaderReader::end_object() {
  if (where_ == Where::kTensor) {
    if (fields_.size() != 3 || offsets_.size() != 2)
      fail(fmt::format("lacks dtype, shape or data_offsets {}", place()));
    entry_.begin = offsets_[0];
    entry_.end = offsets_[1];
    entry_.shape.shrink_to_fit();
    // Now for the header, later for the tensor.
    charge(sizeof(SafetensorsEntry) + sizeof(NamedTensor) + entry_.name.size() +
           entry_.shape.size() * sizeof(std::int64_t));
    header_.entries.push_back(std::move(entry_));
  }
  where_ = where_ == Where::kTop ? Where::kOutside : Where::kTop;
  return true;
}

bool HeaderReader::start_array(std::size_t) {
  if (where_ != Where::kTensor || field_ == "dtype") return refuse();
  where_ = field_ == "shape" ? Where::kShape : Where::kOffsets;
  return true;
}

bool HeaderReader::end_array() {
  where_ = Where::kTensor;
  return true;
}

void require_size(const SafetensorsEntry& entry, const std::string& origin) {
  const std::optional<std::int64_t> count = element_count(entry.shape);
  const std::string place = fmt::format("{}: '{}'", origin, printable(entry.name));
  if (!count)
    throw DataError(
        fmt::format("{}: the shape {} is no tensor's; make the file again", place, shape_text(entry.shape)));
  const auto bytes = static_cast<std::uint64_t>(*count * dtype_size(entry.dtype));
  if (entry.end < entry.begin || entry.end - entry.begin != bytes) {
    throw DataError(
        fmt::format("{}: data_offsets [{}, {}], expected {} bytes for the shape {}; fetch or make the file again",
                    place, entry.begin, entry.end, bytes, shape_text(entry.shape)));
  }
}

template <class Key>
std::vector<const SafetensorsEntry*> sorted_by(const std::deque<SafetensorsEntry>& entries, const Key& key) {
  std::vector<const SafetensorsEntry*> sorted(entries.size());
  std::ranges::transform(entries, sorted.begin(), [](const SafetensorsEntry& entry) { return &entry; });
  std::ranges::sort(sorted, {}, key);
  return sorted;
}

void require_distinct_names(const std::deque<SafetensorsEntry>& entries, const std::string& origin) {
  const auto sorted = sorted_by(entries, &SafetensorsEntry::name);
  const auto again = std::ranges::adjacent_find(sorted, {}, &SafetensorsEntry::name);
  if (again != sorted.end()) {
    throw DataError(
        fmt::format("{}: the header has '{}' twice; fetch or make the file again", origin, printable((*again)->name)));
  }
}

/// The tensors cover the data from the first byte to the last, each byte once.
void require_cover(const std::deque<SafetensorsEntry>& entries, std::uint64_t data_bytes, const std::string& origin) {
  const auto sorted = sorted_by(entries, [](const auto* entry) { return std::pair(entry->begin, entry->end); });
  std::uint64_t end = 0;
  for (const SafetensorsEntry* entry : sorted) {
    if (entry->begin != end) {
      throw DataError(
          fmt::format("{}: '{}': its data begin at byte {}, expected {}: tensors overlap or leave a hole; fetch or "
                      "make the file again",
                      origin, printable(entry->name), entry->begin, end));
    }
    end = entry->end;
  }
  if (end != data_bytes) {
    throw DataError(fmt::format(
        "{}: {} bytes of data, the header says {}; the file is cut short or has a tail, fetch or make it again", origin,
        data_bytes, end));
  }
}

}  // namespace

SafetensorsHeader parse_safetensors_header(std::string_view json, std::uint64_t data_bytes, const std::string& origin) {
  SafetensorsHeader header;
  // The parser would take a zero byte for the text's end and skip white space in front, the format has neither.
  if (!json.starts_with('{') || json.find('\0') != std::string_view::npos) {
    throw DataError(fmt::format(
        "{}: its header is no JSON object, so this is no safetensors file; give another file or fetch it again",
        origin));
  }
  HeaderReader reader(json, data_bytes, origin, header);
  Json::sax_parse(json.begin(), json.end(), &reader);
  require_distinct_names(header.entries, origin);
  for (const SafetensorsEntry& entry : header.entries) require_size(entry, origin);
  require_cover(header.entries, data_bytes, origin);
  return header;
}

std::string safetensors_header_text(const SafetensorsHeader& header) {
  Json document = Json::object();
  if (!header.metadata.empty()) document[kSafetensorsMetadata] = header.metadata;
  std::string text = document.dump();
  text.pop_back();
  for (const SafetensorsEntry& entry : header.entries) {
    // Put together by hand: an ordered object looks for each new key among all before it.
    const Json tensor = {{"dtype", std::ranges::find(kTypeNames, entry.dtype, &TypeName::dtype)->name},
                         {"shape", entry.shape},
                         {"data_offsets", {entry.begin, entry.end}}};
    text += fmt::format("{}{}:{}", text.size() > 1 ? "," : "", Json(entry.name).dump(), tensor.dump());
  }
  text += '}';
  text.append((8 - text.size() % 8) % 8, ' ');
  return text;
}

}  // namespace segfold
