#include "segfold/nn/state_dict_pickle.h"

#include "segfold/base/error.h"
#include "tests/support/expect_error.h"
#include "tests/unit/nn/pickle_testing.h"
#include "tests/unit/nn/weights_testing.h"

namespace segfold {
namespace {

using ::segfold::testing::expect_error;
using ::segfold::testing::sample_file;
using namespace ::segfold::testing::pickle;

using Integers = std::vector<std::int64_t>;

std::vector<PickledTensor> read_all(const std::string& pickle) {
  const PickledStateDict state_dict(pickle, pickle.size(), "w.pth");
  std::vector<PickledTensor> tensors;
  for (std::size_t i = 0; i < state_dict.size(); ++i) tensors.push_back(state_dict.tensor(i));
  return tensors;
}

std::vector<PickledTensor> read(const std::string& operations) { return read_all(whole(operations)); }

void expect_refused(const std::string& operations, std::initializer_list<std::string> parts) {
  expect_error<DataError>([&] { read(operations); }, {"w.pth"});
  expect_error<DataError>([&] { read(operations); }, parts);
}

/// A state dict of one tensor "a".
std::string only(const std::string& value) { return dict(text("a") + value); }

const std::string kPair = tuple(integer(2) + integer(3));
const std::string kDense = tuple(integer(3) + integer(1));

TEST(StateDictPickle, ReadsBackWhatItWrote) {
  const auto tensors = sample_file().tensors;
  const auto read_back = read_all(state_dict_pickle(tensors));
  ASSERT_EQ(read_back.size(), tensors.size());
  for (std::size_t i = 0; i < tensors.size(); ++i) {
    EXPECT_EQ(read_back[i].name, tensors[i].name);
    EXPECT_EQ(read_back[i].dtype, tensors[i].dtype);
    EXPECT_EQ(read_back[i].view.shape, tensors[i].shape);
    EXPECT_TRUE(is_dense(read_back[i].view));
    EXPECT_EQ(read_back[i].storage, std::to_string(i));
    EXPECT_EQ(read_back[i].storage_elements * dtype_size(tensors[i].dtype),
              static_cast<std::int64_t>(tensors[i].data.size()));
  }
}

TEST(StateDictPickle, HoldsThousandsOfTensors) {
  std::vector<NamedTensor> tensors;
  for (int i = 0; i < 5000; ++i) tensors.push_back({std::to_string(i), DType::kFloat32, {0}, ""});
  EXPECT_EQ(read_all(state_dict_pickle(tensors)).size(), tensors.size());
  tensors.resize(2000);  // a multiple of what is set at a time
  EXPECT_EQ(read_all(state_dict_pickle(tensors)).size(), tensors.size());
}

TEST(StateDictPickle, HoldsNoTensorAtAll) { EXPECT_TRUE(read_all(state_dict_pickle({})).empty()); }

TEST(StateDictPickle, ReadsAViewOfAStorage) {
  const auto tensors =
      read(only(tensor(storage("HalfStorage", "94872", 10), 2, kPair, tuple(integer(1) + integer(2)))));
  ASSERT_EQ(tensors.size(), 1u);
  EXPECT_EQ(tensors[0].dtype, DType::kFloat16);
  EXPECT_EQ(tensors[0].storage, "94872");
  EXPECT_EQ(tensors[0].storage_elements, 10);
  EXPECT_EQ(tensors[0].view.offset, 2);
  EXPECT_EQ(tensors[0].view.shape, (Integers{2, 3}));
  EXPECT_EQ(tensors[0].view.strides, (Integers{1, 2}));
}

TEST(StateDictPickle, ReadsAParameter) {
  const std::string plain = tensor(storage("FloatStorage", "0", 6), 0, kPair, kDense);
  const auto tensors =
      read(only(global("torch._utils", "_rebuild_parameter") + tuple(plain + "\x88" + ordered_dict()) + "R"));
  ASSERT_EQ(tensors.size(), 1u);
  EXPECT_EQ(tensors[0].view.shape, (Integers{2, 3}));
}

TEST(StateDictPickle, RefusesWhatIsNoDictOfTensors) {
  expect_refused("]", {"holds a list", "state_dict()"});
  expect_refused(dict("K\x01K\x02"), {"name is a number"});
  expect_refused(dict(text("epoch") + "K\x05"), {"'epoch': is a number, not a tensor", "save the state dict alone"});
  expect_refused(dict(text("lr") + "G" + std::string(8, '\x01')), {"'lr': is a number"});
  expect_refused(dict(text("model") + dict(text("a") + "N")), {"'model': is a dict", "checkpoint"});
  expect_refused(dict(text("\xff") + "N"), {"UTF-8"});
  expect_refused(dict(text("a") + global("torch", "FloatStorage")), {"'a': is torch.FloatStorage"});
}

TEST(StateDictPickle, RefusesANameThatStandsTwice) {
  const std::string plain = tensor(storage("FloatStorage", "0", 6), 0, kPair, kDense);
  expect_refused(dict(text("a") + plain + text("a") + plain), {"'a': stands twice"});
}

TEST(StateDictPickle, RefusesOtherCallables) {
  expect_refused(only(global("posix", "system") + tuple(text("id")) + "R"), {"posix.system"});
  expect_refused(only(global("torch", "ShortStorage")), {"torch.ShortStorage"});
  expect_refused(only(global("torch._utils", "_rebuild_qtensor")), {"torch._utils._rebuild_qtensor"});
}

TEST(StateDictPickle, RefusesViewsThatNoStorageHolds) {
  const std::string stored = storage("FloatStorage", "0", 6);
  expect_refused(only(tensor(stored, 1, kPair, kDense)), {"'a'", "[2, 3]", "beyond its storage, which has 6 elements"});
  expect_refused(only(tensor(stored, -1, kPair, kDense)), {"negative"});
  expect_refused(only(tensor(stored, 0, kPair, tuple(integer(-3) + integer(1)))), {"negative"});
  expect_refused(only(tensor(stored, 0, tuple(integer(-2) + integer(3)), kDense)), {"[-2, 3]", "no tensor's"});
  expect_refused(only(tensor(stored, 0, kPair, tuple(integer(0) + integer(0)))), {"more than once"});
  expect_refused(only(tensor(stored, 0, kPair, tuple(integer(1)))), {"strides"});
  expect_refused(only(tensor(stored, 0, tuple(integer(std::int64_t{1} << 62) + integer(8)), kDense)), {"no tensor's"});
  expect_refused(only(tensor(storage("FloatStorage", "0", -6), 0, kPair, kDense)), {"-6 elements"});
  expect_refused(only(tensor(storage("FloatStorage", "0", std::int64_t{1} << 62), 0, kPair, kDense)), {"elements"});
}

TEST(StateDictPickle, RefusesDescriptionsOfAnotherMake) {
  const std::string stored = storage("FloatStorage", "0", 6);
  const std::string rebuild = global("torch._utils", "_rebuild_tensor_v2");
  expect_refused(only(rebuild + ")R"), {"not described"});
  expect_refused(only(rebuild + tuple(text("a") + integer(0) + kPair + kDense + "\x89N") + "R"),
                 {"a text stands where its storage"});
  expect_refused(only(tensor(tuple(text("storage")) + "Q", 0, kPair, kDense)), {"not described"});
  expect_refused(only(tensor(stored, 0, text("a"), kDense)), {"a text stands where a tuple"});
  expect_refused(only(tensor(stored, 0, tuple(text("a")), kDense)), {"a text stands where a number"});
  const std::string type_of_storage =
      tuple(text("storage") + global("collections", "OrderedDict") + text("0") + text("cpu") + integer(6)) + "Q";
  expect_refused(only(tensor(type_of_storage, 0, kPair, kDense)), {"collections.OrderedDict"});
  const std::string negated =
      rebuild + tuple(stored + integer(0) + kPair + kDense + "\x89" + ordered_dict() + dict(text("neg") + "\x88")) +
      "R";
  expect_refused(only(negated), {"lazy negation"});
  expect_refused(only(global("torch._utils", "_rebuild_parameter") + ")R"), {"not described"});
}

}  // namespace
}  // namespace segfold
