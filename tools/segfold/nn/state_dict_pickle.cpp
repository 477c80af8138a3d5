#include "segfold/nn/state_dict_pickle.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <limits>
#include <optional>

#include "segfold/base/error.h"
#include "segfold/base/utf8.h"
#include "segfold/nn/tensor_checks.h"
#include "segfold/nn/unpickler.h"

namespace segfold {
namespace {

using Kind = PickleValue::Kind;

constexpr std::string_view kOrderedDict = "collections OrderedDict";
constexpr std::string_view kTensor = "torch._utils _rebuild_tensor_v2";
constexpr std::string_view kParameter = "torch._utils _rebuild_parameter";

struct StorageType {
  std::string_view name;
  DType dtype;
};
constexpr std::array<StorageType, 8> kStorageTypes{{{"torch FloatStorage", DType::kFloat32},
                                                    {"torch DoubleStorage", DType::kFloat64},
                                                    {"torch HalfStorage", DType::kFloat16},
                                                    {"torch BFloat16Storage", DType::kBFloat16},
                                                    {"torch LongStorage", DType::kInt64},
                                                    {"torch IntStorage", DType::kInt32},
                                                    {"torch ByteStorage", DType::kUInt8},
                                                    {"torch BoolStorage", DType::kBool}}};

constexpr std::array<std::string_view, 11> kAdmitted{kOrderedDict,
                                                     kTensor,
                                                     kParameter,
                                                     kStorageTypes[0].name,
                                                     kStorageTypes[1].name,
                                                     kStorageTypes[2].name,
                                                     kStorageTypes[3].name,
                                                     kStorageTypes[4].name,
                                                     kStorageTypes[5].name,
                                                     kStorageTypes[6].name,
                                                     kStorageTypes[7].name};

/// Refuses one entry; its name is put in front as the error climbs.
[[noreturn]] void refuse(const std::string& what) { throw DataError(what + "; save plain tensors again"); }

/// The arguments of a call of `callable`; nothing if `value` is none.
std::optional<Pickle::Tuple> arguments_of(const Pickle& pickle, PickleValue value, std::string_view callable) {
  if (value.kind != Kind::kCall || pickle.text(pickle.tuple(value)[0]) != callable) return std::nullopt;
  return pickle.tuple(pickle.tuple(value)[1]);
}

std::int64_t as_integer(const Pickle& pickle, PickleValue value) {
  if (value.kind != Kind::kInteger) refuse(fmt::format("{} stands where a number belongs", pickle.kind_text(value)));
  return pickle.integer(value);
}

std::vector<std::int64_t> as_integers(const Pickle& pickle, PickleValue value) {
  if (value.kind != Kind::kTuple)
    refuse(fmt::format("{} stands where a tuple of numbers belongs", pickle.kind_text(value)));
  const Pickle::Tuple items = pickle.tuple(value);
  if (items.size() > kMaxRank) refuse(fmt::format("has {} dimensions, more than {}", items.size(), kMaxRank));
  std::vector<std::int64_t> numbers(items.size());
  std::ranges::transform(items, numbers.begin(), [&](PickleValue item) { return as_integer(pickle, item); });
  return numbers;
}

/// ('storage', torch.FloatStorage, '0', 'cpu', 9408): the location does not matter, the data are in the file.
void read_storage(const Pickle& pickle, PickleValue value, PickledTensor& tensor) {
  if (value.kind != Kind::kPersistent)
    refuse(fmt::format("{} stands where its storage belongs", pickle.kind_text(value)));
  const Pickle::Tuple items = pickle.tuple(value);
  if (items.size() != 5 || items[0].kind != Kind::kText || pickle.text(items[0]) != "storage" ||
      items[1].kind != Kind::kGlobal || items[2].kind != Kind::kText) {
    refuse("its storage is not described as torch.save does");
  }
  const auto type = std::ranges::find(kStorageTypes, pickle.text(items[1]), &StorageType::name);
  if (type == kStorageTypes.end()) refuse(fmt::format("its storage is a {}", pickle.kind_text(items[1])));
  tensor.dtype = type->dtype;
  tensor.storage = pickle.text(items[2]);
  tensor.storage_elements = as_integer(pickle, items[4]);
  const std::array<std::int64_t, 1> size{tensor.storage_elements};
  if (!element_count(size)) refuse(fmt::format("its storage has {} elements", tensor.storage_elements));
}

/// _rebuild_tensor_v2(storage, offset, shape, strides, requires_grad, hooks[, metadata]).
void read_tensor(const Pickle& pickle, const Pickle::Tuple& arguments, PickledTensor& tensor) {
  if (arguments.size() != 6 && arguments.size() != 7) refuse("is not described as torch.save does");
  if (arguments.size() == 7 && (arguments[6].kind != Kind::kDict || !pickle.list(arguments[6]).empty())) {
    refuse("is a lazy negation or conjugation");
  }
  read_storage(pickle, arguments[0], tensor);
  tensor.view = {as_integer(pickle, arguments[1]), as_integers(pickle, arguments[2]),
                 as_integers(pickle, arguments[3])};
  if (!element_count(tensor.view.shape))
    refuse(fmt::format("the shape {} is no tensor's", shape_text(tensor.view.shape)));
  if (const std::string_view fault = view_fault(tensor.view, tensor.storage_elements); !fault.empty()) {
    refuse(fmt::format("the view (shape {}, strides {}, offset {}) {}, which has {} elements",
                       shape_text(tensor.view.shape), shape_text(tensor.view.strides), tensor.view.offset, fault,
                       tensor.storage_elements));
  }
}

PickledTensor read_entry(const Pickle& pickle, PickleValue key, PickleValue value) {
  PickledTensor tensor;
  tensor.name = pickle.text(key);
  if (const auto arguments = arguments_of(pickle, value, kParameter)) {
    if (arguments->size() != 3) refuse("is not described as torch.save does");
    value = (*arguments)[0];
  }
  if (value.kind == Kind::kDict)
    throw DataError(
        fmt::format("is a dict, not a tensor: this is a whole checkpoint; save that dict alone, in Python: "
                    "torch.save(torch.load(FILE, map_location='cpu')['{}'], 'new.pth')",
                    printable(tensor.name)));
  const auto arguments = arguments_of(pickle, value, kTensor);
  if (!arguments)
    throw DataError(fmt::format("is {}, not a tensor; save the state dict alone", pickle.kind_text(value)));
  read_tensor(pickle, *arguments, tensor);
  return tensor;
}

// ---- writing

void put_integer(std::string& pickle, std::int64_t value) {
  const bool small =
      value >= std::numeric_limits<std::int32_t>::min() && value <= std::numeric_limits<std::int32_t>::max();
  const int bytes = value >= 0 && value < 256 ? 1 : small ? 4 : 8;
  pickle += bytes == 1 ? std::string("K") : bytes == 4 ? std::string("J") : std::string("\x8a\x08");
  for (int i = 0; i < bytes; ++i) pickle += static_cast<char>(value >> (8 * i));
}

void put_text(std::string& pickle, std::string_view text) {
  pickle += 'X';
  for (int i = 0; i < 4; ++i) pickle += static_cast<char>(text.size() >> (8 * i));
  pickle += text;
}

void put_global(std::string& pickle, std::string_view global) {
  std::string lines(global);
  std::ranges::replace(lines, ' ', '\n');
  pickle += 'c' + lines + '\n';
}

void put_integers(std::string& pickle, const std::vector<std::int64_t>& values) {
  if (values.empty()) {
    pickle += ')';
    return;
  }
  pickle += '(';
  for (const std::int64_t value : values) put_integer(pickle, value);
  pickle += 't';
}

std::vector<std::int64_t> dense_strides(const std::vector<std::int64_t>& shape) {
  std::vector<std::int64_t> strides(shape.size(), 1);
  for (std::size_t d = shape.size(); d-- > 1;) strides[d - 1] = strides[d] * std::max<std::int64_t>(shape[d], 1);
  return strides;
}

void put_tensor(std::string& pickle, const NamedTensor& tensor, std::size_t index) {
  put_global(pickle, kTensor);
  pickle += "((";
  put_text(pickle, "storage");
  put_global(pickle, std::ranges::find(kStorageTypes, tensor.dtype, &StorageType::dtype)->name);
  put_text(pickle, std::to_string(index));
  put_text(pickle, "cpu");
  put_integer(pickle, static_cast<std::int64_t>(tensor.data.size()) / dtype_size(tensor.dtype));
  pickle += "tQ";
  put_integer(pickle, 0);
  put_integers(pickle, tensor.shape);
  put_integers(pickle, dense_strides(tensor.shape));
  pickle += '\x89';  // requires_grad: False
  put_global(pickle, kOrderedDict);
  pickle += ")RtR";
}

}  // namespace

PickledStateDict::PickledStateDict(std::string_view pickle, std::uint64_t file_bytes, const std::string& origin)
    : origin_(origin), pickle_(unpickle(pickle, kAdmitted, file_bytes, origin)) {
  if (pickle_.root().kind != Kind::kDict) {
    throw DataError(
        fmt::format("{}: holds {}, expected a dict of tensors by name; save the state dict alone: "
                    "torch.save(model.state_dict(), …)",
                    origin, pickle_.kind_text(pickle_.root())));
  }
  require_names();
}

/// Each a text that stands once.
void PickledStateDict::require_names() const {
  std::vector<PickleValue> names(size());
  const std::span<const PickleValue> items = pickle_.list(pickle_.root());
  for (std::size_t i = 0; i < names.size(); ++i) {
    names[i] = items[2 * i];
    if (names[i].kind != Kind::kText) refuse_name(pickle_.kind_text(names[i]));
  }
  const auto require_once = [this, &names](const auto& key) {
    std::ranges::sort(names, {}, key);
    const auto again = std::ranges::adjacent_find(names, {}, key);
    if (again != names.end()) throw DataError(place(*again) + ": stands twice; save the weights again");
  };
  // First those that were remembered and recalled: a long text would be looked through anew at each recall.
  require_once([](PickleValue name) { return std::uint32_t{name.at}; });
  const auto valid = [this](PickleValue name) { return is_utf8(pickle_.text(name)); };
  if (!std::ranges::all_of(names, valid)) refuse_name("no valid UTF-8");
  require_once([this](PickleValue name) { return pickle_.text(name); });
}

void PickledStateDict::refuse_name(std::string_view what) const {
  throw DataError(fmt::format("{}: a tensor's name is {}, expected a text; save the state dict alone", origin_, what));
}

std::string PickledStateDict::place(PickleValue name) const {
  return fmt::format("{}: '{}'", origin_, printable(pickle_.text(name)));
}

PickledTensor PickledStateDict::tensor(std::size_t i) const {
  const std::span<const PickleValue> items = pickle_.list(pickle_.root());
  const PickleValue name = items[2 * i];
  return with_context(place(name), [&] { return read_entry(pickle_, name, items[2 * i + 1]); });
}

std::string state_dict_pickle(const std::vector<NamedTensor>& tensors) {
  constexpr std::size_t kBatch = 1000;  // items set at a time, as Python's pickle does, which keeps its stack low
  std::string pickle = "\x80\x02";
  put_global(pickle, kOrderedDict);
  pickle += ")R";
  for (std::size_t i = 0; i < tensors.size(); ++i) {
    if (i % kBatch == 0) pickle += '(';
    put_text(pickle, tensors[i].name);
    put_tensor(pickle, tensors[i], i);
    if (i % kBatch == kBatch - 1 || i + 1 == tensors.size()) pickle += 'u';
  }
  return pickle + '.';
}

}  // namespace segfold
