// Files of torch.save: the goldens are PyTorch's own.
#include "formats/torch_file.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/error.h"
#include "formats/model_state.h"
#include "formats/pickle.h"
#include "formats/stored_values.h"
#include "formats/torch_writer.h"
#include "formats/zip.h"
#include "infer/golden_files.h"

namespace bantam {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

std::span<const std::byte> bytes_of(const std::string& text) { return std::as_bytes(std::span(text)); }

std::string refusal(const std::filesystem::path& file) {
  try {
    const TorchFile opened(file);
  } catch (const Error& error) {
    return error.what();
  }
  return "";
}

TEST(TorchFile, EveryFormHoldsTheSameModel) {
  const GoldenFolder golden("formats");
  const std::string want = model_state_sha256(TensorFiles(golden / "model.safetensors"));
  for (const char* name : {"pytorch_model.bin", "legacy_nonzip.pt", "training_checkpoint.pt"}) {
    EXPECT_TRUE(is_torch_file(golden / name)) << name;
    EXPECT_EQ(model_state_sha256(TensorFiles(golden / name)), want) << name;
  }
  EXPECT_FALSE(is_torch_file(golden / "model.safetensors"));
}

TEST(TorchFile, ViewsAreMadeWhole) {
  const GoldenFolder golden("formats");
  const TorchFile file(golden / "views.pt");
  const auto floats = [&](const char* name) { return stored_floats(file, *file.find(name)); };
  std::vector<float> shared = floats("shared");
  ASSERT_EQ(shared.size(), 24u);
  EXPECT_EQ(floats("view"), std::vector<float>(shared.begin() + 4, shared.begin() + 10));
  EXPECT_THAT(file.find("view")->shape, ElementsAre(2, 3));
  const std::vector<float> transposed = floats("transposed");
  EXPECT_THAT(file.find("transposed")->shape, ElementsAre(6, 4));
  for (size_t r = 0; r < 6; ++r)
    for (size_t c = 0; c < 4; ++c) EXPECT_EQ(transposed[r * 4 + c], shared[c * 6 + r]);
  // Given back to the system it is read again the same.
  forget_pages(file.bytes(*file.find("transposed")));
  EXPECT_EQ(floats("transposed"), transposed);
  EXPECT_THAT(floats("scalar"), ElementsAre(3.5f));
  EXPECT_THAT(file.find("scalar")->shape, ElementsAre());
  EXPECT_THAT(floats("empty"), ElementsAre());
  EXPECT_THAT(floats("param"), ElementsAre(1, 1));
  EXPECT_THAT(stored_integers(file, *file.find("i64")), ElementsAre(0, 1, 2));
  EXPECT_THAT(stored_integers(file, *file.find("u8")), ElementsAre(0, 1, 2, 3, 4));
  EXPECT_EQ(describe(*file.find("bool")), "BOOL [2]");
}

TEST(TorchFile, HostileOnesAreRefusedByName) {
  EXPECT_THAT(refusal(golden_folder() / "formats/must_refuse.pt"), HasSubstr("__builtin__.print"));
}

TEST(TorchFile, WhatIsWrittenReadsBack) {
  const GoldenFolder golden("formats");
  const TemporaryFolder folder;
  const TensorFiles source(golden / "model.safetensors");
  write_torch_file(folder / "pytorch_model.bin", source);
  EXPECT_EQ(model_state_sha256(TensorFiles(folder.path())), model_state_sha256(source));
}

// A torch.save of a tied model holds its output projection a second time, on the same storage.
TEST(TorchFile, ATiedHeadIsLeftOut) {
  const auto tensor = [](const std::string& name) {
    const auto text = [](const std::string& t) {
      return "X" + std::string{static_cast<char>(t.size()), 0, 0, 0} + t;
    };
    return text(name) + "ctorch._utils\n_rebuild_tensor_v2\n((" + text("storage") + "ctorch\nFloatStorage\n" +
           text("0") + text("cpu") + "K\x04tQK" + std::string(1, '\0') +
           "K\x02K\x02\x86K\x02K\x01\x86\x89)tR";
  };
  const std::string pickle =
      "\x80\x02}(" + tensor("module.lm_head.weight") + tensor("module.model.embed_tokens.weight") + "u.";
  const TemporaryFolder folder;
  ZipWriter zip(folder / "pytorch_model.bin");
  zip.begin("archive/data.pkl", pickle.size());
  zip.append(bytes_of(pickle));
  zip.begin("archive/data/0", 16);
  zip.append(bytes_of(std::string(16, '\0')));
  zip.commit();
  const TensorFiles files(folder.path());
  ASSERT_EQ(files.entries().size(), 1u);
  EXPECT_EQ(files.entries()[0].tensor.name, "model.embed_tokens.weight");
}

std::string pickle_refusal(const std::string& pickle) {
  try {
    parse_pickle(bytes_of(pickle), "f");
  } catch (const Error& error) {
    return error.what();
  }
  return "";
}

TEST(Pickle, RefusesAllButTensorsAndPlainContainers) {
  EXPECT_EQ(pickle_refusal("\x80\x02}."), "");
  EXPECT_THAT(pickle_refusal("\x80\x02"
                             "cos\nsystem\nX\x02\0\0\0ls\x85R."),
              HasSubstr("os.system"));
  const std::string stacked = std::string("\x80\x04\x8c\x08", 4) + "builtins" + "\x8c\x04" + "eval" + "\x93.";
  EXPECT_THAT(pickle_refusal(stacked), HasSubstr("builtins.eval"));
  EXPECT_THAT(pickle_refusal("i"), HasSubstr("opcode 0x69"));
  EXPECT_THAT(pickle_refusal("\x80\x09}."), HasSubstr("protocol"));
  for (const char* broken : {"", "}", "R.", "(t", "a.", "]K\x01", "h\x07.", "t.", "]]s.", "]b.", "u.", "}Q."})
    EXPECT_NE(pickle_refusal(broken), "") << broken;
}

// Storages and views say what they like; all of it is held against what is there.
TEST(Pickle, TensorsLieInsideTheirStorage) {
  const auto text = [](const std::string& t) {
    return "X" + std::string{static_cast<char>(t.size()), 0, 0, 0} + t;
  };
  const auto tensor = [&](const std::string& offset, const std::string& size, const std::string& stride) {
    return "ctorch._utils\n_rebuild_tensor_v2\n((" + text("storage") + "ctorch\nFloatStorage\n" + text("0") +
           text("cpu") + "K\x06tQ" + offset + size + stride + "\x89)tR.";
  };
  const auto one = [](int n) { return std::string("K") + static_cast<char>(n); };
  EXPECT_EQ(pickle_refusal(tensor(one(0), one(6) + "\x85", one(1) + "\x85")), "");
  EXPECT_THAT(pickle_refusal(tensor(one(1), one(6) + "\x85", one(1) + "\x85")),
              HasSubstr("past its storage"));
  EXPECT_THAT(pickle_refusal(tensor(one(0), one(4) + "\x85", one(2) + "\x85")),
              HasSubstr("past its storage"));
  EXPECT_THAT(pickle_refusal(tensor(one(0), one(7) + "\x85", one(0) + "\x85")), HasSubstr("larger than"));
  EXPECT_THAT(pickle_refusal(tensor(one(0), one(2) + "\x85", one(1) + one(1) + "\x86")),
              HasSubstr("strides"));
  const std::string huge = std::string("\x8a\x08\xFF\xFF\xFF\xFF\xFF\xFF\xFF\x7F", 10);
  EXPECT_THAT(pickle_refusal(tensor(huge, huge + huge + "\x86", huge + huge + "\x86")),
              HasSubstr("past its storage"));
  EXPECT_THAT(pickle_refusal(tensor("J\xFF\xFF\xFF\xFF", one(6) + "\x85", one(1) + "\x85")),
              HasSubstr("from 0"));
}

TEST(TorchFile, NoDamageCausesAnythingButAnError) {
  for (const char* name : {"formats/views.pt", "formats/must_refuse.pt"}) {
    const std::string file = read_file(golden_folder() / name);
    const auto read = [&](const std::string& damaged) {
      try {
        for (const TorchView& view : parse_torch_file(bytes_of(damaged), "f"))
          EXPECT_LE(view.storage.size(), damaged.size());
      } catch (const Error&) {
      }
    };
    for (size_t length = 0; length < file.size(); length += 7) read(file.substr(0, length));
    for (size_t at = 0; at < file.size(); ++at)
      for (const int flip : {1, 0x80, 0xFF}) {
        std::string damaged = file;
        damaged[at] = static_cast<char>(damaged[at] ^ flip);
        read(damaged);
      }
  }
}

}  // namespace
}  // namespace bantam
