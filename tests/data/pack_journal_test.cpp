#include "data/pack_journal.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <nlohmann/json.hpp>

#include "base/file.h"
#include "base/json.h"
#include "base/random.h"
#include "base/threads.h"
#include "data/toy.h"
#include "formats/npy.h"

namespace bantam {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;

std::map<std::string, std::string> files_of(const fs::path& folder) {
  std::map<std::string, std::string> files;
  for (const auto& entry : fs::recursive_directory_iterator(folder))
    if (entry.is_regular_file()) files[entry.path().lexically_relative(folder)] = read_file(entry.path());
  return files;
}

// Rows of several shapes, invalid ones among them, in two sources, and tokens made elsewhere.
class Interrupted : public testing::Test {
 protected:
  void SetUp() override {
    Random random(3, "rows");
    std::string rows, more;
    for (int i = 0; i < 9000; ++i) {
      const std::string words(random.below(90), static_cast<char>('a' + random.below(26)));
      rows += i % 50 == 7 ? "broken\n"
                          : fmt::format("{{\"text\":\"{} {}\",\"meta\":{},\"category\":\"c{}\"}}\n", i, words,
                                        i, i % 3);
      more += words + (i % 4 == 0 ? "\n\n" : " ");
    }
    folder_.write("rows.jsonl", rows);
    fs::create_directory(folder_ / "more");
    folder_.write("more/a.txt", more);
    folder_.write("more/b.txt", more + "end");
    NpyWriter tokens(folder_ / "made.npy", StoredDtype::u16);
    for (int i = 0; i < 90'000; ++i) {
      const uint16_t id = i % 70 == 69 ? 257 : 'm';
      tokens.append(std::span<const uint16_t>(&id, 1));
    }
    tokens.commit();
  }
  PackOptions options(const std::string& out) {
    std::vector<SourceSpec> sources;
    for (const char* name : {"rows.jsonl", "more", "made.npy"})
      sources.push_back(parse_source((folder_ / name).string()));
    PackOptions options = toy::options(folder_ / out, sources);
    options.skip_invalid = true;
    options.shard_tokens = 120'000;
    options.valid_fraction = 0.2;
    options.read.documents = DocumentRule::blank_line;
    options.filter.dedupe = Dedupe::exact;
    return options;
  }
  // Packs and is killed once `shards` are whole.
  void pack_until(const PackOptions& options, uint64_t shards) {
    fs::path journal = options.out;
    journal += ".partial/journal.json";
    const pid_t child = ::fork();
    if (child == 0) {
      const auto progress = [&](const PackProgress&) {
        if (fs::exists(journal) && read_json(journal)["manifest"]["shards"].size() >= shards)
          ::kill(::getpid(), SIGKILL);
        return true;
      };
      try {
        write_pack(options, progress);
      } catch (const Error&) {
      }
      ::_exit(0);
    }
    int status = 0;
    ASSERT_EQ(::waitpid(child, &status, 0), child);
    ASSERT_TRUE(WIFSIGNALED(status)) << "it was not killed";
    ASSERT_FALSE(fs::exists(options.out));
  }
  TemporaryFolder folder_;
};

TEST_F(Interrupted, PackingGoesOnToTheSameBytes) {
  set_thread_count(1);  // a killed child has no use for more
  write_pack(options("whole"));
  const auto whole = files_of(folder_ / "whole");
  EXPECT_GT(whole.size(), 40u);
  const PackOptions again = options("pack");
  for (const uint64_t shards : {1, 6, 10}) {
    pack_until(again, shards);
    const PackResult result = write_pack(again);
    EXPECT_GE(result.resumed_shards, shards);
    EXPECT_TRUE(files_of(folder_ / "pack") == whole) << shards;
    EXPECT_FALSE(fs::exists(folder_ / "pack.partial"));
    fs::remove_all(folder_ / "pack");
  }
  Pack{folder_ / "whole"}.verify();
}

TEST_F(Interrupted, OtherOptionsSourcesOrDamageBeginAnew) {
  set_thread_count(1);
  const PackOptions first = options("pack");
  PackOptions other = first;
  other.valid_fraction = 0.3;
  pack_until(first, 2);
  EXPECT_EQ(write_pack(other).resumed_shards, 0u);
  fs::remove_all(folder_ / "pack");
  pack_until(first, 2);
  folder_.write("more/a.txt", "another text");
  EXPECT_EQ(write_pack(first).resumed_shards, 0u);
  fs::remove_all(folder_ / "pack");
  for (const char* damaged : {"train-00000/tokens.npy", "journal.json", "skipped.txt.partial"}) {
    pack_until(first, 2);
    folder_.write(std::string("pack.partial/") + damaged, "{}");
    EXPECT_EQ(write_pack(first).resumed_shards, 0u) << damaged;
    Pack{folder_ / "pack"}.verify();
    fs::remove_all(folder_ / "pack");
  }
}

TEST_F(Interrupted, ASignalKeepsWholeShardsAndSaysSo) {
  set_thread_count(1);
  const PackOptions first = options("pack");
  const fs::path journal = folder_ / "pack.partial/journal.json";
  try {
    write_pack(first, [&](const PackProgress&) { return !fs::exists(journal); });
    FAIL();
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::cancelled);
    EXPECT_THAT(error.what(), HasSubstr("whole shards are kept"));
  }
  EXPECT_FALSE(fs::exists(folder_ / "pack"));
  EXPECT_GT(write_pack(first).resumed_shards, 0u);
}

TEST_F(Interrupted, TwoDoNotPackIntoOnePlace) {
  const PackOptions first = options("pack");
  fs::create_directory(folder_ / "pack.partial");
  const FolderLock other(folder_ / "pack.partial");
  EXPECT_THROW(write_pack(first), Error);
  EXPECT_TRUE(fs::exists(folder_ / "pack.partial")) << "it is the other's";
}

}  // namespace
}  // namespace bantam
