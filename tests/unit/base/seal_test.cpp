#include "segfold/base/seal.h"

#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <fstream>

#include "segfold/base/error.h"
#include "segfold/base/file.h"
#include "segfold/base/outputs.h"
#include "segfold/base/sha256.h"
#include "tests/support/expect_error.h"
#include "tests/support/temporary_folder.h"

namespace segfold {
namespace {

namespace fs = std::filesystem;
using testing::expect_error;

Seal some_seal() {
  Seal seal;
  seal.tool = "split-folds";
  seal.results_version = 3;
  seal.parameters = {{"folds", 3}, {"seed", 42}};
  seal.inputs = {{"shards", std::string(64, 'a')}};
  return seal;
}

Json some_document() { return {{"format", "segfold.folds/1"}, {"names", {"a", "b"}}, {"share", 0.1}}; }

/// Replaces the only place of `from` in a file.
void edit(const fs::path& path, const std::string& from, const std::string& to) {
  std::string text = read_file(path);
  ASSERT_NE(text.find(from), std::string::npos);
  write_file(path, text.replace(text.find(from), from.size(), to));
}

TEST(RunDigest, DependsOnWhatShapesTheContentAlone) {
  const std::string digest = some_seal().run_digest();
  EXPECT_EQ(digest.size(), 64u);
  Seal other = some_seal();
  other.content = std::string(64, 'b');
  EXPECT_EQ(other.run_digest(), digest);
  other.tool = "train-fold";
  EXPECT_NE(other.run_digest(), digest);
  other = some_seal();
  other.results_version = 4;
  EXPECT_NE(other.run_digest(), digest);
  other = some_seal();
  other.parameters["seed"] = 43;
  EXPECT_NE(other.run_digest(), digest);
  other = some_seal();
  other.inputs["shards"] = std::string(64, 'b');
  EXPECT_NE(other.run_digest(), digest);
}

TEST(RunDigest, TakesTextsThatAreNoUtf8) {
  Seal seal = some_seal();
  seal.inputs["file"] = "\xff";
  EXPECT_EQ(seal.run_digest().size(), 64u);
}

TEST(SealedJson, ReadsBackWithItsSeal) {
  const testing::TemporaryFolder folder;
  write_sealed_json(folder / "x.json", some_document(), some_seal());
  const SealedJson read = read_sealed_json(folder / "x.json", "segfold.folds/1");
  EXPECT_EQ(read.document["names"], some_document()["names"]);
  EXPECT_EQ(read.seal.tool, "split-folds");
  EXPECT_EQ(read.seal.results_version, 3);
  EXPECT_EQ(read.seal.parameters, some_seal().parameters);
  EXPECT_EQ(read.seal.inputs, some_seal().inputs);
  EXPECT_EQ(read.seal.content.size(), 64u);
  EXPECT_EQ(read.seal.run_digest(), some_seal().run_digest());
}

TEST(SealedJson, EqualDocumentsGiveEqualBytes) {
  const testing::TemporaryFolder folder;
  write_sealed_json(folder / "x.json", some_document(), some_seal());
  write_sealed_json(folder / "y.json", some_document(), some_seal());
  EXPECT_EQ(read_file(folder / "x.json"), read_file(folder / "y.json"));
}

TEST(SealedJson, DetectsChanges) {
  const testing::TemporaryFolder folder;
  const std::pair<const char*, const char*> changes[] = {
      {"\"b\"", "\"c\""},                     // the content
      {"0.1", "0.10000000000000002"},         // its last bit
      {"\"seed\": 42", "\"seed\": 43"},       // the parameters
      {"\"shards\": \"a", "\"shards\": \"b"}  // the inputs
  };
  for (const auto& [from, to] : changes) {
    write_sealed_json(folder / "x.json", some_document(), some_seal());
    edit(folder / "x.json", from, to);
    expect_error<DataError>([&] { read_sealed_json(folder / "x.json", "segfold.folds/1"); }, {"x.json", "seal"});
  }
}

TEST(SealedJson, RefusesAnotherFormatAndAMissingSeal) {
  const testing::TemporaryFolder folder;
  write_sealed_json(folder / "x.json", some_document(), some_seal());
  expect_error<DataError>([&] { read_sealed_json(folder / "x.json", "segfold.metrics/1"); },
                          {"x.json", "'segfold.folds/1'", "'segfold.metrics/1'"});
  write_file(folder / "y.json", json_text(some_document()));
  expect_error<DataError>([&] { read_sealed_json(folder / "y.json", "segfold.folds/1"); }, {"y.json", "'seal'"});
  write_file(folder / "z.json", "[]");
  expect_error<DataError>([&] { read_sealed_json(folder / "z.json", "segfold.folds/1"); }, {"z.json", "'format'"});
}

TEST(SealedText, ReadsBackWithTheSealBesideIt) {
  const testing::TemporaryFolder folder;
  write_sealed_text(folder / "h.csv", "a,b\n1,2\n", some_seal());
  const SealedText read = read_sealed_text(folder / "h.csv");
  EXPECT_EQ(read.text, "a,b\n1,2\n");
  EXPECT_EQ(read.seal.content, sha256_hex("a,b\n1,2\n"));
  EXPECT_EQ(read.seal.parameters, some_seal().parameters);
  EXPECT_TRUE(fs::exists(folder / "h.csv.seal.json"));
}

TEST(SealedText, DetectsChangesAndAMissingSeal) {
  const testing::TemporaryFolder folder;
  write_sealed_text(folder / "h.csv", "a,b\n1,2\n", some_seal());
  write_file(folder / "h.csv", "a,b\n1,3\n");
  expect_error<DataError>([&] { read_sealed_text(folder / "h.csv"); }, {"h.csv", "seal"});
  fs::remove(folder / "h.csv.seal.json");
  expect_error<NotFoundError>([&] { read_sealed_text(folder / "h.csv"); },
                              {"h.csv: its seal", "h.csv.seal.json is not there"});
}

TEST(SealedText, TellsAPairThatAKillHasTornFromAForgedOne) {
  const testing::TemporaryFolder folder;
  write_sealed_text(folder / "h.csv", "old", some_seal());
  const pid_t child = ::fork();
  if (child == 0) {
    write_file(folder / "h.csv", "new");  // in place; the seal is ready, but its process dies before the rename
    std::ofstream(temporary_beside(seal_path(folder / "h.csv"))) << "{}";
    ::_exit(0);
  }
  ::waitpid(child, nullptr, 0);
  expect_error<DataError>([&] { read_sealed_text(folder / "h.csv"); }, {"h.csv", "was killed", "make it again"});
  prepare_outputs({}, {seal_path(folder / "h.csv")});
  expect_error<DataError>([&] { read_sealed_text(folder / "h.csv"); }, {"changed or damaged"});
}

TEST(RequireMadeBy, NamesWhatDiffers) {
  const Seal asked = some_seal();
  EXPECT_NO_THROW(require_made_by(asked, some_seal(), "x"));
  Seal found = some_seal();
  found.content = std::string(64, 'c');  // whatever it produced
  EXPECT_NO_THROW(require_made_by(asked, found, "x"));
  found.results_version += 1;
  expect_error<DataError>([&] { require_made_by(asked, found, "x.csv"); }, {"x.csv", "results_version is"});
  found = some_seal();
  found.parameters["more"] = 1;
  expect_error<DataError>([&] { require_made_by(asked, found, "x.csv"); }, {"more is 1, not missing"});
}

TEST(SealedText, NamesASealWhosePlaceIsNone) {
  const testing::TemporaryFolder folder;
  write_file(folder / "h.csv", "a,b\n");
  fs::create_symlink("h.csv.seal.json", folder / "h.csv.seal.json");  // leads to itself
  expect_error<Error>([&] { read_sealed_text(folder / "h.csv"); }, {"h.csv.seal.json: "});
}

}  // namespace
}  // namespace segfold
