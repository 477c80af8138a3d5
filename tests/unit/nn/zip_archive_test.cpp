#include "segfold/nn/zip_archive.h"

#include <sys/resource.h>
#include <sys/stat.h>
#include <zip.h>

#include <csignal>
#include <cstdlib>
#include <cstring>
#include <ctime>

#include "segfold/base/file.h"
#include "tests/support/expect_error.h"
#include "tests/support/temporary_folder.h"
#include "tests/unit/nn/weights_testing.h"

namespace segfold {
namespace {

using ::segfold::testing::expect_error;
using ::segfold::testing::TemporaryFolder;
using ::segfold::testing::write_plainly;

/// An archive as others might make it: without the code under test.
void make_foreign_zip(const std::filesystem::path& path, const std::string& name, const std::string& content,
                      int method, bool encrypted = false) {
  int code = 0;
  zip_t* archive = zip_open(path.c_str(), ZIP_CREATE | ZIP_TRUNCATE, &code);
  ASSERT_NE(archive, nullptr);
  const zip_int64_t index =
      zip_file_add(archive, name.c_str(), zip_source_buffer(archive, content.data(), content.size(), 0), 0);
  ASSERT_EQ(zip_set_file_compression(archive, static_cast<zip_uint64_t>(index), method, 0), 0);
  if (encrypted) {
    ASSERT_EQ(zip_file_set_encryption(archive, static_cast<zip_uint64_t>(index), ZIP_EM_AES_256, "secret"), 0);
  }
  ASSERT_EQ(zip_close(archive), 0);
}

/// Limits how large a file this process may write, as a full disk would.
class FileSizeLimit {
 public:
  explicit FileSizeLimit(rlim_t bytes) : handler_(std::signal(SIGXFSZ, SIG_IGN)) {
    getrlimit(RLIMIT_FSIZE, &before_);
    const rlimit limit{bytes, before_.rlim_max};
    setrlimit(RLIMIT_FSIZE, &limit);
  }
  ~FileSizeLimit() {
    setrlimit(RLIMIT_FSIZE, &before_);
    std::signal(SIGXFSZ, handler_);
  }
  FileSizeLimit(const FileSizeLimit&) = delete;
  FileSizeLimit& operator=(const FileSizeLimit&) = delete;

 private:
  rlimit before_{};
  void (*handler_)(int);
};

class ZipArchive : public ::testing::Test {
 protected:
  std::filesystem::path path() const { return folder_ / "a.zip"; }
  bool is_folder_empty() const { return std::filesystem::is_empty(folder_.path()); }

 private:
  TemporaryFolder folder_;
};

TEST_F(ZipArchive, GivesBackWhatWasWritten) {
  const std::string large(100'000, 'x');
  write_zip(path(),
            std::vector<ZipRecord>{
                {"archive/data.pkl", "abc"}, {"archive/data/0", large}, {"archive/data/1", ""}, {"größe", "1"}});
  const ZipReader reader(path());
  EXPECT_EQ(reader.records().size(), 4u);
  EXPECT_EQ(reader.records().at("archive/data/0").bytes, large.size());
  EXPECT_EQ(reader.read("archive/data.pkl"), "abc");
  EXPECT_EQ(reader.read("archive/data/0"), large);
  EXPECT_EQ(reader.read("archive/data/1"), "");
  EXPECT_EQ(reader.read("größe"), "1");
  EXPECT_FALSE(reader.has("archive"));
  expect_error<DataError>([&] { reader.read("archive/data/2"); }, {"a.zip", "'archive/data/2' is missing"});
}

TEST_F(ZipArchive, AlignsContentForMapping) {
  for (std::size_t length = 0; length < 70; ++length) {
    const std::string name(length + 1, 'n');
    write_zip(path(), std::vector<ZipRecord>{{name, "first content"}, {"b", "second content"}});
    const std::string bytes = read_file(path());
    EXPECT_EQ(bytes.find("first content") % 64, 0u) << length;
    EXPECT_EQ(bytes.find("second content") % 64, 0u) << length;
  }
}

TEST_F(ZipArchive, HoldsTheSameBytesWhenAndWhereverItIsWritten) {
  const std::vector<ZipRecord> records{{"a", "first"}, {"b", "second"}};
  write_zip(path(), records);
  const std::string bytes = read_file(path());
  setenv("TZ", "Asia/Tokyo", 1);
  tzset();
  write_zip(path(), records);
  unsetenv("TZ");
  tzset();
  EXPECT_EQ(read_file(path()), bytes);
}

TEST_F(ZipArchive, RefusesCompressedRecords) {
  make_foreign_zip(path(), "archive/data/0", std::string(1'000'000, '\0'), ZIP_CM_DEFLATE);
  EXPECT_LT(std::filesystem::file_size(path()), 5000u);
  const ZipReader reader(path());
  expect_error<DataError>([&] { reader.read("archive/data/0"); }, {"a.zip", "'archive/data/0' is compressed"});
}

TEST_F(ZipArchive, RefusesEncryptedRecords) {
  make_foreign_zip(path(), "archive/data/0", "abc", ZIP_CM_STORE, true);
  const ZipReader reader(path());
  expect_error<DataError>([&] { reader.read("archive/data/0"); }, {"encrypted"});
}

TEST_F(ZipArchive, NoticesADamagedRecord) {
  write_zip(path(), std::vector<ZipRecord>{{"a", "some content"}, {"b", "other"}});
  std::string bytes = read_file(path());
  bytes[bytes.find("content")] = 'k';
  write_plainly(path(), bytes);
  const ZipReader reader(path());
  EXPECT_EQ(reader.read("b"), "other");
  expect_error<DataError>([&] { reader.read("a"); }, {"record 'a' is damaged", "CRC", "again"});
}

TEST_F(ZipArchive, RefusesANameThatStandsTwice) {
  write_zip(path(), std::vector<ZipRecord>{{"data/7", "x"}, {"data/8", "y"}});
  std::string bytes = read_file(path());
  for (std::size_t at = 0; (at = bytes.find("data/8")) != std::string::npos;) bytes[at + 5] = '7';
  write_plainly(path(), bytes);
  expect_error<DataError>([&] { ZipReader{path()}; }, {"a.zip"});
}

TEST_F(ZipArchive, RefusesRecordsThatOverlap) {
  // The directory sends both names to the first record; its local header has the first name.
  write_zip(path(), std::vector<ZipRecord>{{"a", std::string(500, 'x')}, {"b", std::string(500, 'x')}});
  std::string bytes = read_file(path());
  const std::size_t first = bytes.find("PK\x01\x02");
  const std::size_t second = bytes.find("PK\x01\x02", first + 4);
  bytes.replace(second + 42, 4, 4, '\0');
  write_plainly(path(), bytes);
  expect_error<DataError>([&] { ZipReader{path()}; }, {"a.zip"});
}

TEST_F(ZipArchive, RefusesARecordInsideAnother) {
  // The content of "a" is all of "b", header included, and the directory lists both: each is sound by itself.
  constexpr const char* kDirectory = "PK\x01\x02";
  constexpr const char* kEnd = "PK\x05\x06";
  write_zip(path(), std::vector<ZipRecord>{{"b", std::string(500, 'x')}});
  const std::string inner = read_file(path());
  const std::string content = inner.substr(0, inner.find(kDirectory));
  std::string entry = inner.substr(content.size(), inner.find(kEnd) - content.size());
  write_zip(path(), std::vector<ZipRecord>{{"a", content}});
  std::string bytes = read_file(path());
  entry[42] = static_cast<char>(bytes.find(content));  // where the local header of "b" lies: below 256
  bytes.insert(bytes.find(kEnd), entry);
  const std::size_t end = bytes.find(kEnd);
  bytes[end + 8] = bytes[end + 10] = 2;                                                   // entries
  bytes[end + 12] = static_cast<char>(bytes[end + 12] + static_cast<int>(entry.size()));  // bytes of the directory
  write_plainly(path(), bytes);
  expect_error<DataError>([&] { ZipReader{path()}; }, {"a.zip", "larger than the file or overlap"});
}

TEST_F(ZipArchive, RefusesADirectoryThatPromisesMoreThanTheFile) {
  write_zip(path(), std::vector<ZipRecord>{{"a", "x"}});
  const std::string bytes = read_file(path());
  const std::size_t end = bytes.find("PK\x05\x06");
  for (const std::size_t count : {8, 10}) {
    std::string damaged = bytes;
    damaged.replace(end + count, 2, 2, '\xff');
    write_plainly(path(), damaged);
    EXPECT_THROW(ZipReader{path()}, DataError);
  }
}

TEST_F(ZipArchive, RefusesEmptyFilesFoldersAndMissingFiles) {
  expect_error<NotFoundError>([&] { ZipReader{path()}; }, {"a.zip"});
  write_plainly(path(), "");
  EXPECT_THROW(ZipReader{path()}, DataError);
  EXPECT_THROW(ZipReader{path().parent_path()}, NotFoundError);
}

TEST_F(ZipArchive, LeavesNothingBehindWhenTheDiskIsFull) {
  const std::string large(300'000, 'x');
  const std::vector<ZipRecord> records{{"a", large}};
  {
    const FileSizeLimit limit(100'000);
    EXPECT_THROW(write_zip(path(), records), IoError);
  }
  EXPECT_TRUE(is_folder_empty());
}

TEST_F(ZipArchive, KeepsTheOlderFileWhenTheDiskIsFull) {
  write_zip(path(), std::vector<ZipRecord>{{"a", "old"}});
  const std::string large(300'000, 'x');
  {
    const FileSizeLimit limit(100'000);
    EXPECT_THROW(write_zip(path(), std::vector<ZipRecord>{{"a", large}}), IoError);
  }
  EXPECT_EQ(ZipReader(path()).read("a"), "old");
}

TEST_F(ZipArchive, IsReadableByWhomTheUmaskAllows) {
  const mode_t mask = umask(022);
  write_zip(path(), std::vector<ZipRecord>{{"a", "x"}});
  umask(mask);
  EXPECT_EQ(std::filesystem::status(path()).permissions(), std::filesystem::perms{0644});
}

}  // namespace
}  // namespace segfold
