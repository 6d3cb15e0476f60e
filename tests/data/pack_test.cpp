#include "data/pack.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <cstring>
#include <nlohmann/json.hpp>

#include "base/json.h"
#include "base/random.h"
#include "base/threads.h"
#include "compress.h"
#include "data/toy.h"
#include "formats/npy.h"

namespace bantam {
namespace {

namespace fs = std::filesystem;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Pair;

class Packing : public testing::Test {
 protected:
  fs::path out() const { return folder_ / "pack"; }
  PackOptions options(const std::vector<std::string>& names) {
    std::vector<SourceSpec> sources;
    for (const std::string& name : names) sources.push_back(parse_source((folder_ / name).string()));
    return toy::options(out(), sources);
  }
  std::string error_of(const PackOptions& options) {
    try {
      write_pack(options);
    } catch (const Error& error) {
      EXPECT_FALSE(fs::exists(out())) << "something half-written is left";
      EXPECT_FALSE(fs::exists(folder_ / "pack.partial"));
      return error.what();
    }
    return "";
  }
  TemporaryFolder folder_;
};

TEST_F(Packing, WritesColumnsThatNumpyOpens) {
  folder_.write("a.txt", "One\n");
  folder_.write("b.jsonl.gz",
                gzip("{\"text\":\"Two\",\"category\":\"x\"}\n{\"prompt\":\"3\",\"completion\":\"4\"}\n"));
  auto with = options({"a.txt", "b.jsonl.gz"});
  with.sources[0].licence = "CC0";
  const PackResult result = write_pack(with);
  const Pack pack(out());
  EXPECT_THAT(toy::documents(pack), ElementsAre("[One\n]", "[Two]", "[34]"));

  const NpyFile tokens(out() / "train-00001/tokens.npy"), rows(out() / "train-00001/rows.npy");
  const NpyFile mask(out() / "train-00001/loss_mask.npy");
  EXPECT_THAT(tokens.values<uint16_t>(), ElementsAre(256, 'T', 'w', 'o', 257, 256, '3', '4', 257));
  EXPECT_THAT(rows.values<uint64_t>(), ElementsAre(0, 5, 9));
  EXPECT_THAT(mask.values<uint8_t>(), ElementsAre(1, 1, 1, 1, 1, 0, 0, 1, 1));
  EXPECT_FALSE(fs::exists(out() / "train-00000/loss_mask.npy"));
  EXPECT_FALSE(fs::exists(out() / "train-00000/source.npy"));

  const PackManifest& manifest = pack.manifest();
  EXPECT_EQ(manifest.tokenizer.sha256, toy::format().tokenizer.sha256());
  EXPECT_EQ(manifest.tokenizer.end_token, toy::kEnd);
  ASSERT_EQ(manifest.sources.size(), 2u);
  EXPECT_EQ(manifest.sources[0].name, "a.txt");  // no folders of this machine
  EXPECT_EQ(manifest.sources[0].licence, "CC0");
  EXPECT_EQ(manifest.sources[1].files[0].sha256, sha256_file(folder_ / "b.jsonl.gz"));
  EXPECT_EQ(manifest.sources[1].files[0].rows, 2u);
  EXPECT_EQ(manifest.sources[1].files[0].text_bytes, 5u);
  EXPECT_THAT(manifest.sources[1].categories.by_name, ElementsAre(Pair("x", 1)));
  EXPECT_EQ(pack.tokens("train"), 15u);
  EXPECT_EQ(manifest_text(result.manifest), read_file(out() / "pack.json"));
  pack.verify();
}

TEST_F(Packing, AFolderIsOneSourceAndRowsKnowTheirFile) {
  fs::create_directory(folder_ / "books");
  folder_.write("books/b.txt", "B");
  folder_.write("books/a.txt", "A");
  write_pack(options({"books/"}));
  const Pack pack(out());
  EXPECT_THAT(toy::documents(pack), ElementsAre("[A]", "[B]"));
  EXPECT_EQ(pack.manifest().sources[0].name, "books");
  EXPECT_EQ(pack.shards()[0].file_of(1), 1u);
  EXPECT_EQ(pack.manifest().sources[0].files[1].name, "b.txt");
}

TEST_F(Packing, CategoriesComeFromRowsOrFolders) {
  fs::create_directories(folder_ / "all/qa");
  fs::create_directories(folder_ / "all/wiki");
  folder_.write("all/qa/squad.json",
                R"({"version":"1","data":[{"title":"t","paragraphs":[
                {"context":"C","qas":[{"question":"q","answers":[{"text":"a"}]}]},
                {"context":"D","qas":[{"question":"r","answers":[{"text":"b"}]},{"question":"s","answers":[]}]}]}]})");
  folder_.write("all/qa/rows.jsonl", "{\"text\":\"x\",\"category\":\"own\"}\n");
  folder_.write("all/wiki/text.txt", "w");
  auto with = options({"all"});
  with.category_from_folder = true;
  const PackResult result = write_pack(with);
  const Pack pack(out());
  pack.verify();
  EXPECT_THAT(toy::documents(pack), ElementsAre("[x]", "{user\nC\n\nq}\n{assistant\na}\n",
                                                "{user\nD\n\nr}\n{assistant\nb}\n", "[w]"));
  const Shard& shard = pack.shards()[0];
  EXPECT_EQ(shard.category_of(0), "own");
  EXPECT_EQ(shard.category_of(2), "qa");
  EXPECT_EQ(shard.category_of(3), "wiki");
  EXPECT_THAT(NpyFile(out() / "train-00000/category.npy").values<uint16_t>(), ElementsAre(1, 2, 2, 3));
  const PackSource& source = result.manifest.sources[0];
  EXPECT_THAT(source.categories.by_name, ElementsAre(Pair("own", 1), Pair("qa", 2), Pair("wiki", 1)));
  EXPECT_THAT(source.left_out->by_name, ElementsAre(Pair("unanswerable", 1)));
  EXPECT_THAT(source.ignored_fields.by_name, ElementsAre(Pair("title", 2)));
}

TEST_F(Packing, MetaIsAColumnFromTheFirstRowThatHasIt) {
  folder_.write("a.jsonl",
                "{\"text\":\"1\"}\n{\"text\":\"2\",\"meta\":{\"id\": [1]}}\n{\"text\":\"3\",\"meta\":\"x\"}\n"
                "{\"text\":\"4\",\"meta\":null}\n");
  write_pack(options({"a.jsonl"}));
  const Pack pack(out());
  const Shard& shard = pack.shards()[0];
  std::vector<std::string> found;
  for (uint64_t d = 0; d < shard.documents(); ++d) found.push_back(shard.meta_of(d));
  EXPECT_THAT(found, ElementsAre("", "{\"id\":[1]}", "\"x\"", ""));
  EXPECT_THAT(NpyFile(out() / "train-00000/meta_begins.npy").values<uint64_t>(),
              ElementsAre(0, 0, 10, 13, 13));
}

TEST_F(Packing, DocumentsThatComeInPartsAreWhole) {
  std::string text;
  for (int i = 0; i < 3000; ++i) text += fmt::format("Line {} of a long book.\n", i);
  folder_.write("long.txt", text);
  auto with = options({"long.txt"});
  with.read.part_bytes = 500;
  write_pack(with);
  EXPECT_THAT(toy::documents(Pack(out())), ElementsAre("[" + text + "]"));
}

std::map<std::string, std::string> files_of(const fs::path& folder) {
  std::map<std::string, std::string> files;
  for (const auto& entry : fs::recursive_directory_iterator(folder))
    if (entry.is_regular_file()) files[entry.path().lexically_relative(folder)] = read_file(entry.path());
  return files;
}

TEST_F(Packing, TheBytesDoNotDependOnTheThreads) {
  Random random(5, "rows");
  std::string rows, text;
  for (int i = 0; i < 20'000; ++i) {
    const std::string words(random.below(300), static_cast<char>('a' + random.below(26)));
    rows += i % 5 == 0 ? fmt::format("{{\"prompt\":\"{}\",\"completion\":\"yes\"}}\n", words)
                       : fmt::format("{{\"text\":\"x{}\",\"category\":\"{}\"}}\n", words, i % 3);
    text += words + (i % 4 == 0 ? "\n\n" : " ");
  }
  folder_.write("rows.jsonl", rows);
  folder_.write("text.txt", text);
  std::map<std::string, std::string> first;
  for (const int threads : {1, 2, 3}) {
    set_thread_count(threads);
    auto with = options({"rows.jsonl", "text.txt"});
    with.shard_tokens = 1'000'000;
    with.valid_fraction = 0.1;
    with.read.documents = DocumentRule::blank_line;
    write_pack(with);
    const auto files = files_of(out());
    EXPECT_GT(files.size(), 12u);
    if (first.empty()) first = files;
    EXPECT_TRUE(files == first);
  }
  const Pack pack(out());
  pack.verify();
  const double held_out = static_cast<double>(toy::documents(pack, "valid").size()) / 25'000;
  EXPECT_NEAR(held_out, 0.1, 0.02);
}

TEST_F(Packing, TheSameTextIsNeverOnBothSides) {
  std::string rows;
  for (int i = 0; i < 3000; ++i) rows += fmt::format("{{\"text\":\"story {}\"}}\n", i % 300);
  folder_.write("rows.jsonl", rows);
  auto with = options({"rows.jsonl"});
  with.valid_fraction = 0.2;
  write_pack(with);
  const Pack pack(out());
  const auto train = toy::documents(pack), valid = toy::documents(pack, "valid");
  const std::set<std::string> seen(train.begin(), train.end());
  EXPECT_GT(valid.size(), 300u);
  for (const std::string& text : valid) EXPECT_FALSE(seen.contains(text));
}

TEST_F(Packing, FaultsAreNamedWithFileAndLine) {
  folder_.write("bad.jsonl", "{\"text\":\"a\"}\n{\"text\":\n");
  EXPECT_THAT(error_of(options({"bad.jsonl"})), HasSubstr("bad.jsonl:2: is not valid JSON"));
  EXPECT_THAT(error_of(options({"bad.jsonl"})), HasSubstr("--skip-invalid"));
  folder_.write("bad.txt", "fine\nfine\nbad \xc3\x28\n");
  EXPECT_THAT(error_of(options({"bad.txt"})), HasSubstr("bad.txt:3: byte 5 of the line, 0xc3"));
  folder_.write("empty.txt", "");
  EXPECT_THAT(error_of(options({"empty.txt"})), HasSubstr("empty.txt: holds no document"));
  folder_.write("blank.jsonl", "\n\n");
  EXPECT_THAT(error_of(options({"blank.jsonl"})), HasSubstr("blank.jsonl: holds no document"));
  folder_.write("cut.jsonl.gz", gzip("{\"text\":\"a\"}\n").substr(0, 20));
  EXPECT_THAT(error_of(options({"cut.jsonl.gz"})), HasSubstr("cut.jsonl.gz: its gzip stream ends too early"));
  EXPECT_THAT(error_of(options({"missing.txt"})), HasSubstr("does not exist"));
  folder_.write("long.jsonl",
                "{\"messages\":[{\"role\":\"assistant\",\"content\":\"12345678901234567890\"}]}");
  auto with = options({"long.jsonl"});
  with.format.context = 20;
  EXPECT_THAT(error_of(with), HasSubstr("long.jsonl:1: takes 32 positions, the context has 20"));
  with.format.context = 32;
  EXPECT_EQ(error_of(with), "");
}

TEST_F(Packing, WhatIsSkippedIsCounted) {
  folder_.write(
      "mixed.jsonl",
      "{\"text\":\"a\"}\nbroken\n{\"text\":\"\"}\n{\"text\":\"\xff\"}\n{\"text\":\"b\"}\n{\"x\":1}\n");
  folder_.write("bad.txt", "one\ntw\xff\nthree\n");
  folder_.write("empty.txt", "");
  auto with = options({"mixed.jsonl", "bad.txt", "empty.txt"});
  with.skip_invalid = true;
  const PackResult result = write_pack(with);
  EXPECT_THAT(toy::documents(Pack(out())), ElementsAre("[a]", "[b]", "[one\nthree\n]"));
  EXPECT_THAT(result.manifest.sources[0].skipped.by_name,
              ElementsAre(Pair("empty_row", 1), Pair("invalid_json", 1), Pair("invalid_utf8", 1),
                          Pair("missing_field", 1)));
  EXPECT_THAT(result.manifest.sources[1].skipped.by_name, ElementsAre(Pair("invalid_utf8", 1)));
  EXPECT_THAT(result.manifest.sources[2].skipped.by_name, ElementsAre(Pair("empty_file", 1)));
  EXPECT_EQ(result.complaints.size(), 6u);
  EXPECT_THAT(result.complaints[4], HasSubstr("bad.txt:2"));
  const std::string all = read_file(out() / "skipped.txt");
  EXPECT_EQ(std::count(all.begin(), all.end(), '\n'), 6);
  EXPECT_THAT(all, HasSubstr("invalid_json mixed.jsonl:2: "));
  // A damaged stream is not a bad row: what came after it is unknown.
  folder_.write("cut.jsonl.xz", xz("{\"text\":\"a\"}\n").substr(0, 40));
  with = options({"cut.jsonl.xz"});
  with.skip_invalid = true;
  fs::remove_all(out());
  EXPECT_THAT(error_of(with), HasSubstr("cut.jsonl.xz: its xz stream"));
  folder_.write("all_bad.jsonl", "x\ny\n");
  with = options({"all_bad.jsonl"});
  with.skip_invalid = true;
  EXPECT_THAT(error_of(with), HasSubstr("nothing is left to pack"));
}

TEST_F(Packing, TokensMadeElsewhereAreASource) {
  NpyWriter writer(folder_ / "made.npy", StoredDtype::u16);
  const std::vector<uint16_t> ids = {'a', 'b', 257, 'c', 257, 'd', 'e'};
  writer.append(std::span<const uint16_t>(ids));
  writer.commit();
  write_pack(options({"made.npy"}));
  const Pack pack(out());
  EXPECT_THAT(toy::documents(pack), ElementsAre("ab]", "c]", "de"));
  EXPECT_EQ(pack.manifest().sources[0].files[0].sha256, sha256_file(folder_ / "made.npy"));
  fs::remove_all(out());
  NpyWriter foreign(folder_ / "foreign.npy", StoredDtype::i64);
  foreign.append(std::span<const int64_t>(std::vector<int64_t>{1, 2, toy::kVocab, -1}));
  foreign.commit();
  EXPECT_THAT(error_of(options({"foreign.npy"})),
              HasSubstr("foreign.npy: token 2 is 260; the tokenizer's ids are below 260"));
  NpyWriter square(folder_ / "square.npy", StoredDtype::f32);
  square.append(std::span<const float>(std::vector<float>{1, 2}));
  square.commit();
  EXPECT_THAT(error_of(options({"square.npy"})), HasSubstr("holds F32"));
}

TEST_F(Packing, WideVocabulariesTakeFourBytes) {
  folder_.write("a.txt", "abc");
  auto with = options({"a.txt"});
  with.format = toy::format(65'537);
  write_pack(with);
  EXPECT_EQ(NpyFile(out() / "train-00000/tokens.npy").dtype(), StoredDtype::u32);
  EXPECT_THAT(toy::documents(Pack(out())), ElementsAre("[abc]"));
}

TEST_F(Packing, NeverReplacesWhatIsNoPack) {
  fs::create_directories(folder_ / "data/inner");
  folder_.write("data/a.txt", "abc");
  auto with = options({"data"});
  for (const fs::path& place : {folder_ / "data", folder_ / "data/a.txt", folder_.path()}) {
    with.out = place;
    EXPECT_THROW(write_pack(with), Error) << place;
  }
  with.out = folder_ / "data/inner";  // empty, so it may become a pack
  write_pack(with);
  with.sources[0].path = folder_ / "data/inner/pack.json";
  EXPECT_THROW(write_pack(with), Error) << "the source would be replaced by the pack";
  EXPECT_EQ(read_file(folder_ / "data/a.txt"), "abc");
}

TEST_F(Packing, InterruptingLeavesNothing) {
  folder_.write("a.txt", "abc");
  try {
    write_pack(options({"a.txt"}), [](const PackProgress&) { return false; });
    FAIL();
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::cancelled);
  }
  EXPECT_FALSE(fs::exists(out()));
  EXPECT_FALSE(fs::exists(folder_ / "pack.partial"));
}

TEST_F(Packing, AFullDiskLeavesTheOldPack) {
  folder_.write("small.txt", "abc");
  write_pack(options({"small.txt"}));
  folder_.write("large.txt", std::string(3 << 20, 'x'));
  const pid_t child = ::fork();
  if (child == 0) {
    std::signal(SIGXFSZ, SIG_IGN);
    const rlimit limit{1 << 20, 1 << 20};
    ::setrlimit(RLIMIT_FSIZE, &limit);
    try {
      write_pack(options({"large.txt"}));
      ::_exit(1);
    } catch (const Error& error) {
      ::_exit(std::strstr(error.what(), "tokens.npy") != nullptr ? 0 : 2);
    }
  }
  int status = 0;
  ASSERT_EQ(::waitpid(child, &status, 0), child);
  EXPECT_EQ(status, 0);
  EXPECT_FALSE(fs::exists(folder_ / "pack.partial"));
  EXPECT_THAT(toy::documents(Pack(out())), ElementsAre("[abc]"));
}

TEST(ParseSource, ReadsWeightAndSplitFromTheEnd) {
  const auto parsed = [](const std::string& text) {
    const SourceSpec spec = parse_source(text);
    return fmt::format("{} {} {}", spec.path.string(), spec.weight.value_or(-1), spec.split);
  };
  EXPECT_EQ(parsed("a/b.txt"), "a/b.txt -1 train");
  EXPECT_EQ(parsed("b.txt:0.5"), "b.txt 0.5 train");
  EXPECT_EQ(parsed("b.txt:2:valid"), "b.txt 2 valid");
  EXPECT_EQ(parsed("b.txt:valid"), "b.txt -1 valid");
  EXPECT_EQ(parsed("c:d:e.txt"), "c:d:e.txt -1 train");
  EXPECT_THROW(parse_source("b.txt:0"), Error);
  EXPECT_THROW(parse_source("b.txt:-1:train"), Error);
  EXPECT_THROW(parse_source(""), Error);
}

TEST_F(Packing, WeightsAreForAllSourcesOrNone) {
  folder_.write("a.txt", "abc");
  auto with = options({"a.txt:1", "a.txt"});
  EXPECT_THAT(error_of(with), HasSubstr("1 of the 2 train sources have weights"));
  with = options({"a.txt:1", "a.txt:valid"});
  EXPECT_EQ(error_of(with), "");
}

// ---- reading it back: a pack is a file from outside ----

class DamagedPack : public Packing {
 protected:
  void SetUp() override {
    folder_.write("a.jsonl", "{\"text\":\"abc\"}\n{\"prompt\":\"d\",\"completion\":\"e\"}\n");
    write_pack(options({"a.jsonl"}));
    manifest_ = read_json(out() / "pack.json");
  }
  std::string open_error(const Json& manifest) {
    write_json(out() / "pack.json", manifest);
    try {
      const Pack pack(out());
      pack.verify();
    } catch (const Error& error) {
      EXPECT_NE(error.code(), ErrorCode::usage);
      return error.what();
    }
    return "";
  }
  Json manifest_;
};

TEST_F(DamagedPack, IsRefused) {
  EXPECT_EQ(open_error(manifest_), "");
  const auto with = [&](const char* pointer, Json value) {
    Json changed = manifest_;
    changed[Json::json_pointer(pointer)] = std::move(value);
    return open_error(changed);
  };
  EXPECT_THAT(with("/format_version", 99), HasSubstr("format_version is 99"));
  EXPECT_THAT(with("/format_version", "1"), HasSubstr("format_version"));
  EXPECT_THAT(with("/unknown", 1), HasSubstr("unknown"));
  EXPECT_THAT(with("/shards/0/folder", "../x"), HasSubstr("not a plain folder name"));
  EXPECT_THAT(with("/shards/0/source", 7), HasSubstr("source 7 of 1"));
  EXPECT_THAT(with("/shards/0/split", "test"), HasSubstr("test"));
  EXPECT_THAT(with("/shards/0/tokens", 10), HasSubstr("tokens.npy: holds 9 elements"));
  EXPECT_THAT(with("/shards/0/rows", 1), HasSubstr("rows.npy: holds 3 elements"));
  EXPECT_NE(with("/shards/0/rows", Json::parse("18446744073709551615")), "");
  EXPECT_THAT(with("/shards/0/columns/0/name", "x"), HasSubstr("lists no such column"));
  EXPECT_THAT(with("/shards/0/columns/0/sha256", "00"), HasSubstr("the file was changed"));
  EXPECT_NE(with("/shards/0/columns", 3), "");
  EXPECT_NE(open_error(Json::array()), "");
}

TEST_F(DamagedPack, ColumnsAreChecked) {
  NpyWriter rows(out() / "train-00000/rows.npy", StoredDtype::u64);
  rows.append(std::span<const uint64_t>(std::vector<uint64_t>{0, uint64_t{1} << 63, 9}));
  rows.commit();
  EXPECT_THAT(open_error(manifest_), HasSubstr("do not rise"));
  SetUp();
  Json changed = manifest_;
  changed["tokenizer"]["vocab_size"] = 200;
  write_json(out() / "pack.json", changed);
  const Pack pack(out());
  std::vector<int32_t> tokens(5);
  EXPECT_THROW(pack.shards()[0].tokens(0, tokens), Error);
}

TEST_F(DamagedPack, ManifestsWithFlippedBitsAreSafe) {
  const std::string text = read_file(out() / "pack.json");
  for (size_t i = 0; i < text.size(); ++i)
    for (const int bit : {0, 2, 5}) {
      std::string damaged = text;
      damaged[i] = static_cast<char>(damaged[i] ^ (1 << bit));
      folder_.write("pack/pack.json", damaged);
      try {
        const Pack pack(out());
        for (const Shard& shard : pack.shards())
          for (uint64_t d = 0; d < shard.documents(); ++d) shard.file_of(d);
      } catch (const Error&) {
      }
    }
}

TEST_F(DamagedPack, NotesAreChecked) {
  folder_.write("a.jsonl", "{\"text\":\"abc\",\"category\":\"c\",\"meta\":12}\n{\"text\":\"d\"}\n");
  write_pack(options({"a.jsonl"}));
  manifest_ = read_json(out() / "pack.json");
  EXPECT_EQ(open_error(manifest_), "");
  Json changed = manifest_;
  changed["shards"][0].erase("categories");
  EXPECT_THAT(open_error(changed), HasSubstr("category.npy"));
  const auto write = [&](const char* name, auto values) {
    NpyWriter writer(out() / "train-00000" / name, stored_dtype_of<typename decltype(values)::value_type>());
    writer.append(std::span<const typename decltype(values)::value_type>(values));
    writer.commit();
  };
  write("meta_begins.npy", std::vector<uint64_t>{0, 9, 2});
  EXPECT_THAT(open_error(manifest_), HasSubstr("do not rise"));
  write("meta_begins.npy", std::vector<uint64_t>{0, 2, 9});
  EXPECT_THAT(open_error(manifest_), HasSubstr("meta.npy: holds 2 elements"));
  write("meta_begins.npy", std::vector<uint64_t>{0, 2, 2});
  write("category.npy", std::vector<uint16_t>{9, 0});
  EXPECT_THROW(Pack(out()).shards()[0].category_of(0), Error);
}

class LabelledPack : public Packing {
 protected:
  void SetUp() override {
    folder_.write("rows.jsonl", R"({"text":"aa"}
{"text":"bbb","decision":2}
{"prompt":"c","completion":"c","decision":0,"decision_position":1}
{"text":"d","decision":2}
)");
    folder_.write("plain.jsonl", "{\"text\":\"e\"}\n");
  }
  // Why the pack does not open once `file` of the labelled shard holds `values`.
  template <class T>
  std::string damaged(const std::string& file, const std::vector<T>& values) {
    write_pack(options({"rows.jsonl", "plain.jsonl"}));
    NpyWriter writer(out() / "train-00000" / file, stored_dtype_of<T>());
    writer.append(std::span<const T>(values));
    writer.commit();
    try {
      Pack{out()};
    } catch (const Error& error) {
      EXPECT_EQ(error.code(), ErrorCode::corrupt);
      return error.what();
    }
    return "";
  }
};

TEST_F(LabelledPack, HoldsColumnsOfClassesAndPositions) {
  write_pack(options({"rows.jsonl", "plain.jsonl"}));
  const Pack pack(out());
  pack.verify();
  const NpyFile labels(out() / "train-00000/labels.npy"), at(out() / "train-00000/label_positions.npy");
  EXPECT_THAT(labels.values<int32_t>(), ElementsAre(-1, 2, 0, 2));
  EXPECT_THAT(at.values<uint32_t>(), ElementsAre(0, 3, 1, 1));
  EXPECT_FALSE(fs::exists(out() / "train-00001/labels.npy"));
  EXPECT_FALSE(pack.manifest().shards[1].labels.has_value());
  EXPECT_THAT(pack.manifest().shards[0].labels->by_name, ElementsAre(Pair("0", 1), Pair("2", 2)));
  EXPECT_THAT(pack.label_counts("train"), ElementsAre(1, 0, 2));
  EXPECT_TRUE(pack.label_counts("valid").empty());
  const Shard& shard = pack.shards()[0];  // [aa] [bbb] [cc] [d]
  EXPECT_FALSE(shard.label_within(0, 4).has_value());
  EXPECT_EQ(shard.label_within(4, 4)->token, 7u);
  EXPECT_FALSE(shard.label_within(4, 3).has_value()) << "the piece before the label";
  EXPECT_EQ(shard.label_within(7, 1)->label, 2);
  EXPECT_EQ(shard.label_within(9, 3)->label, 0);
}

TEST_F(LabelledPack, ManifestsWithoutLabelsReadAsBefore) {
  write_pack(options({"plain.jsonl"}));
  EXPECT_THAT(read_file(out() / "pack.json"), testing::Not(HasSubstr("labels")));
}

TEST_F(LabelledPack, RefusesWhatItsColumnsCannotMean) {
  EXPECT_EQ(damaged<int32_t>("labels.npy", {-1, 2, 0, 2}), "");
  EXPECT_THAT(damaged<int32_t>("labels.npy", {-1, 2, 0, 1}), HasSubstr("manifest says"));
  EXPECT_THAT(damaged<int32_t>("labels.npy", {-2, 2, 0, 2}), HasSubstr("document 0 has the class -2"));
  EXPECT_THAT(damaged<int32_t>("labels.npy", {-1, 2, 0, 1 << 30}), HasSubstr("document 3 has the class"));
  EXPECT_THAT(damaged<int32_t>("labels.npy", {-1, 2, 0}), HasSubstr("holds 3 elements"));
  EXPECT_THAT(damaged<uint8_t>("labels.npy", {1, 2, 0, 2}), HasSubstr("want int32"));
  EXPECT_THAT(damaged<uint32_t>("label_positions.npy", {0, 4, 1, 1}),
              HasSubstr("document 1 has its label at token 4 of 5"));
  EXPECT_THAT(damaged<uint32_t>("label_positions.npy", {0, ~uint32_t{0}, 1, 1}), HasSubstr("of 5"));
}

}  // namespace
}  // namespace bantam
