#include "formats/safetensors_writer.h"
#include "formats/safetensors.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>
#include <algorithm>
#include <csignal>

#include "base/error.h"
#include "formats/model_state.h"
#include "temporary_folder.h"

namespace bantam {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

std::vector<std::byte> pattern(uint64_t bytes, int seed) {
  std::vector<std::byte> data(bytes);
  for (size_t i = 0; i < bytes; ++i) data[i] = static_cast<std::byte>(i * 7 + static_cast<size_t>(seed));
  return data;
}

std::vector<TensorDeclaration> sample() {
  return {{"norm", StoredDtype::bf16, {5}}, {"é", StoredDtype::f32, {3, 2}},
          {"mask", StoredDtype::u8, {3}},   {"empty", StoredDtype::f32, {0, 7}},
          {"step", StoredDtype::i64, {}},   {"b", StoredDtype::f32, {4}}};
}

TEST(SafetensorsWriter, WritesWhatTheReaderReads) {
  const TemporaryFolder folder;
  const auto path = folder / "model.safetensors";
  SafetensorsWriter writer(path, sample(), {{"note", "x"}});
  std::vector<std::string> order;
  int seed = 0;
  for (const StoredTensor& tensor : writer.tensors()) {
    order.push_back(tensor.name);
    const auto data = pattern(tensor.bytes(), seed++);
    for (size_t begin = 0; begin < data.size(); begin += 5)
      writer.append(tensor.name, std::span(data).subspan(begin, std::min<size_t>(5, data.size() - begin)));
  }
  EXPECT_THAT(order, ElementsAre("step", "b", "empty", "é", "norm", "mask"));
  EXPECT_FALSE(std::filesystem::exists(path));
  writer.commit();

  EXPECT_EQ(std::filesystem::file_size(path), writer.file_bytes());
  EXPECT_EQ(writer.sha256(), sha256_file(path));
  const SafetensorsFile file(path);
  EXPECT_THAT(file.metadata(), ElementsAre(std::pair("format", "pt"), std::pair("note", "x")));
  ASSERT_EQ(file.tensors().size(), 6u);
  seed = 0;
  for (const StoredTensor& tensor : writer.tensors()) {
    const StoredTensor* found = file.find(tensor.name);
    ASSERT_NE(found, nullptr);
    EXPECT_EQ(describe(*found), describe(tensor));
    const auto data = pattern(tensor.bytes(), seed++);
    EXPECT_TRUE(std::ranges::equal(file.bytes(*found), data));
    EXPECT_EQ(reinterpret_cast<uintptr_t>(file.bytes(*found).data()) * 8 %
                  static_cast<uintptr_t>(info(tensor.dtype).bits),
              0u)
        << tensor.name;
  }
}

TEST(SafetensorsWriter, LeavesNothingWithoutCommit) {
  const TemporaryFolder folder;
  { SafetensorsWriter writer(folder / "x.safetensors", sample()); }
  EXPECT_TRUE(std::filesystem::is_empty(folder.path()));
  EXPECT_THROW(
      SafetensorsWriter(folder / "x.safetensors", {{"a", StoredDtype::u8, {1}}, {"a", StoredDtype::u8, {1}}}),
      Error);
  EXPECT_THROW(SafetensorsWriter(folder / "x.safetensors", {{"", StoredDtype::u8, {1}}}), Error);
  EXPECT_TRUE(std::filesystem::is_empty(folder.path()));
}

TEST(SafetensorsWriter, AFullDiskIsOneErrorAndLeavesNothing) {
  const TemporaryFolder folder;
  // In a child: the limit on file sizes holds for a whole process.
  const pid_t child = ::fork();
  if (child == 0) {
    std::signal(SIGXFSZ, SIG_IGN);
    const rlimit limit{4096, 4096};
    ::setrlimit(RLIMIT_FSIZE, &limit);
    try {
      SafetensorsWriter writer(folder / "x.safetensors", {{"a", StoredDtype::u8, {10000}}});
      writer.append("a", pattern(10000, 0));
      ::_exit(1);
    } catch (const Error& error) {
      ::_exit(std::strstr(error.what(), "x.safetensors") != nullptr ? 0 : 2);
    }
  }
  int status = 0;
  ASSERT_EQ(::waitpid(child, &status, 0), child);
  EXPECT_EQ(status, 0);
  EXPECT_TRUE(std::filesystem::is_empty(folder.path()));
}

std::string hash_of(const std::filesystem::path& path, const std::vector<TensorDeclaration>& tensors,
                    int seed) {
  SafetensorsWriter writer(path, tensors);
  for (const StoredTensor& tensor : writer.tensors())
    writer.append(tensor.name, pattern(tensor.bytes(), seed + static_cast<int>(tensor.name.size())));
  writer.commit();
  return model_state_sha256(SafetensorsFile(path));
}

TEST(ModelStateSha256, IsTheDocumentedSum) {
  const TemporaryFolder folder;
  // Computed with the Python lines of model_state.h for a: I64 [] and b: U8 [2, 1], bytes 1, 2, 3, …
  SafetensorsWriter writer(folder / "x.safetensors",
                           {{"b", StoredDtype::u8, {2, 1}}, {"a", StoredDtype::i64, {}}});
  std::vector<std::byte> data(10);
  for (size_t i = 0; i < 10; ++i) data[i] = static_cast<std::byte>(i + 1);
  writer.append("a", std::span(data).first(8));
  writer.append("b", std::span(data).last(2));
  writer.commit();
  EXPECT_EQ(model_state_sha256(SafetensorsFile(folder / "x.safetensors")),
            "46dead5492e05869332cd5f5343392a6d04fa193c282877a1f7c92aa00901431");
  EXPECT_EQ(model_state_sha256(TensorFiles(folder / "x.safetensors")),
            "46dead5492e05869332cd5f5343392a6d04fa193c282877a1f7c92aa00901431");
}

TEST(ModelStateSha256, SeesNamesShapesDtypesAndBytesAndNothingElse) {
  const TemporaryFolder folder;
  const auto path = folder / "x.safetensors";
  const std::vector<TensorDeclaration> base = {{"a", StoredDtype::f32, {2, 3}},
                                               {"b", StoredDtype::bf16, {4}}};
  const std::string hash = hash_of(path, base, 0);
  EXPECT_EQ(hash_of(path, {base[1], base[0]}, 0), hash);
  EXPECT_NE(hash_of(path, base, 1), hash);
  EXPECT_NE(hash_of(path, {{"c", StoredDtype::f32, {2, 3}}, base[1]}, 0), hash);
  EXPECT_NE(hash_of(path, {{"a", StoredDtype::f32, {3, 2}}, base[1]}, 0), hash);
  EXPECT_NE(hash_of(path, {{"a", StoredDtype::i32, {2, 3}}, base[1]}, 0), hash);
}

}  // namespace
}  // namespace bantam
