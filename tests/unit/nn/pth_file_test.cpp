#include "segfold/nn/pth_file.h"

#include "segfold/base/file.h"
#include "segfold/nn/zip_archive.h"
#include "tests/support/expect_error.h"
#include "tests/support/temporary_folder.h"
#include "tests/unit/nn/pickle_testing.h"
#include "tests/unit/nn/weights_testing.h"

namespace segfold {
namespace {

using ::segfold::testing::expect_equal_tensors;
using ::segfold::testing::expect_error;
using ::segfold::testing::expect_no_cut_passes;
using ::segfold::testing::expect_no_flip_passes;
using ::segfold::testing::sample_file;
using ::segfold::testing::TemporaryFolder;
using ::segfold::testing::write_plainly;
using namespace ::segfold::testing::pickle;

class PthFile : public ::testing::Test {
 protected:
  std::filesystem::path path() const { return folder_ / "w.pth"; }

  /// Writes an archive of the given pickle and records, none of which needs to make sense.
  void make(const std::string& pickle, const std::vector<ZipRecord>& more) const {
    std::vector<ZipRecord> records{{"resnet50/data.pkl", pickle}};
    records.insert(records.end(), more.begin(), more.end());
    write_zip(path(), records);
  }
  void expect_refused(std::initializer_list<std::string> parts) const {
    expect_error<DataError>([&] { read_pth(path()); }, {path().string()});
    expect_error<DataError>([&] { read_pth(path()); }, parts);
  }

 private:
  TemporaryFolder folder_;
};

std::string vector_of(const std::string& stored, std::int64_t offset, std::int64_t size, std::int64_t stride = 1) {
  return tensor(stored, offset, tuple(integer(size)), tuple(integer(stride)));
}

const std::string kStorage = storage("ByteStorage", "7", 6);

TEST_F(PthFile, GivesBackWhatWasWritten) {
  const TensorFile file = sample_file();
  write_pth(path(), file);
  const TensorFile found = read_pth(path());
  expect_equal_tensors(found, file);
  EXPECT_EQ(found.metadata, file.metadata);
}

TEST_F(PthFile, HoldsNoTensorAtAll) {
  write_pth(path(), {});
  EXPECT_TRUE(read_pth(path()).tensors.empty());
}

TEST_F(PthFile, KeepsTheProjectsMetadataInARecordOfItsOwn) {
  write_pth(path(), sample_file());
  EXPECT_EQ(ZipReader(path()).read("archive/segfold.json"), sample_file().metadata.at("segfold"));
}

TEST_F(PthFile, HoldsTheSameBytesUnderEveryName) {
  write_pth(path(), sample_file());
  const std::string bytes = read_file(path());
  write_pth(path().parent_path() / "other.pth", sample_file());
  EXPECT_EQ(read_file(path().parent_path() / "other.pth"), bytes);
}

TEST_F(PthFile, NoticesEveryBitThatMatters) {
  TensorFile file = sample_file();
  file.tensors.resize(2);
  write_pth(path(), file);
  // Names, sizes, dates, checksums, the pickle and all data count; attributes and padding do not.
  EXPECT_GT(expect_no_flip_passes(path(), file), 4 * static_cast<int>(std::filesystem::file_size(path())));
}

TEST_F(PthFile, NoticesEveryCut) {
  write_pth(path(), sample_file());
  expect_no_cut_passes(path());
}

TEST_F(PthFile, ReadsViewsThatShareAStorage) {
  make(whole(dict(text("a") + vector_of(kStorage, 0, 3, 2) + text("b") + vector_of(kStorage, 4, 2) + text("c") +
                  vector_of(kStorage, 0, 6))),
       {{"resnet50/data/7", "abcdef"}});
  const TensorFile file = read_pth(path());
  ASSERT_EQ(file.tensors.size(), 3u);
  EXPECT_EQ(file.tensors[0].data, "ace");
  EXPECT_EQ(file.tensors[1].data, "ef");
  EXPECT_EQ(file.tensors[2].data, "abcdef");
}

TEST_F(PthFile, ReadsAWholeStorageThatSeveralNamesShare) {
  make(whole(dict(text("a") + vector_of(kStorage, 0, 6) + text("b") + vector_of(kStorage, 0, 6))),
       {{"resnet50/data/7", "abcdef"}});
  const TensorFile file = read_pth(path());
  EXPECT_EQ(file.tensors[0].data, "abcdef");
  EXPECT_EQ(file.tensors[1].data, "abcdef");
}

TEST_F(PthFile, RefusesViewsThatTakeMoreThanTwiceTheFile) {
  const std::string content(10'000, 'x');
  const std::string large = storage("ByteStorage", "7", 10'000);
  std::string items;
  for (const char* name : {"a", "b", "c", "d", "e"}) items += text(name) + vector_of(large, 0, 10'000);
  make(whole(dict(items)), {{"resnet50/data/7", content}});
  expect_refused({"'c'", "more than twice the file's", "clones"});
}

TEST_F(PthFile, RefusesAPickleFromBeforeTheZipForm) {
  write_plainly(path(), std::string("\x80\x02\x8a\x0al\xfc\x9c\x46\xf9\x20\x6a\xa8\x50\x19.", 15));
  expect_refused({"before 1.6", "torch.save(torch.load(\"" + path().string() + "\", map_location"});
}

TEST_F(PthFile, RefusesTorchScript) {
  make(whole("}"), {{"resnet50/constants.pkl", whole(")")}});
  expect_refused({"TorchScript", "state_dict()"});
  make(whole("}"), {{"resnet50/code/__torch__.py", "pass"}});
  expect_refused({"TorchScript"});
}

TEST_F(PthFile, RefusesWhatIsNoArchiveOfWeights) {
  write_plainly(path(), "");
  expect_refused({"is empty"});
  write_plainly(path(), "not found");
  expect_refused({"is no zip archive"});
  write_plainly(path(), "<html>not found</html>");
  expect_refused({"is a web page"});
  write_plainly(path(), "version https://git-lfs.github.com/spec/v1\n");
  expect_refused({"is a git-lfs pointer", "git lfs pull"});
  write_zip(path(), std::vector<ZipRecord>{{"notes.txt", "abc"}});
  expect_refused({"without data.pkl"});
}

TEST_F(PthFile, RefusesFoldersAndMissingFiles) {
  expect_error<NotFoundError>([&] { read_pth(path()); }, {"w.pth", "no such file"});
  expect_error<NotFoundError>([&] { read_pth(path().parent_path()); }, {"folder"});
}

TEST_F(PthFile, RefusesAMissingOrWronglySizedStorage) {
  const std::string pickle = whole(dict(text("a") + vector_of(kStorage, 0, 6)));
  make(pickle, {});
  expect_refused({"'a'", "'resnet50/data/7' is missing"});
  make(pickle, {{"resnet50/data/7", "abcde"}});
  expect_refused({"'a'", "has 5 bytes, expected 6"});
  make(pickle, {{"resnet50/data/7", "abcdefg"}});
  expect_refused({"has 7 bytes, expected 6"});
}

TEST_F(PthFile, RefusesAStorageOfTwoTypes) {
  make(whole(dict(text("a") + vector_of(kStorage, 0, 6) + text("b") + vector_of(storage("BoolStorage", "7", 6), 0, 6))),
       {{"resnet50/data/7", "abcdef"}});
  expect_refused({"'b'", "two types"});
}

TEST_F(PthFile, RefusesNumbersOfTheOtherByteOrder) {
  make(whole("}"), {{"resnet50/byteorder", "big"}});
  expect_refused({"little-endian"});
  make(whole("}"), {{"resnet50/byteorder", "little"}});
  EXPECT_NO_THROW(read_pth(path()));
}

TEST_F(PthFile, RefusesBooleansThatAreNone) {
  make(whole(dict(text("a") + vector_of(storage("BoolStorage", "7", 2), 0, 2))), {{"resnet50/data/7", "\x01\x02"}});
  expect_refused({"'a'", "boolean"});
}

TEST_F(PthFile, RefusesMetadataThatStandTwice) {
  make(whole("}"), {{"resnet50/segfold.json", "{}"}, {"resnet50/metadata/segfold", "{}"}});
  expect_refused({"'segfold' stand twice"});
}

TEST_F(PthFile, RefusesMetadataKeysThatNoRecordCanHave) {
  for (const std::string& key :
       {std::string(), std::string("a\0b", 3), std::string(70'000, 'x'), std::string("\xff")}) {
    expect_error<DataError>([&] { write_pth(path(), {{}, {{key, "text"}}}); }, {"w.pth", "metadata key"});
  }
  write_pth(path(), {{}, {{"../größe", "text"}}});
  EXPECT_EQ(read_pth(path()).metadata.at("../größe"), "text");
}

TEST_F(PthFile, WritesNothingThatDoesNotFit) {
  EXPECT_THROW(write_pth(path(), {{{"a", DType::kFloat32, {2}, "123"}}, {}}), InternalError);
  EXPECT_FALSE(std::filesystem::exists(path()));
}

}  // namespace
}  // namespace segfold
