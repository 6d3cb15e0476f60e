// The shape of the source tree: who includes whom, how long files are, what they are called.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "house/laws.h"
#include "house/source_tree.h"

namespace bantam::house {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

const Layers& layers() {
  static const Layers read = read_layers(text_of(kRoot / "docs/architecture.md"));
  return read;
}

template <class Law>
Complaints over_all_files(Law law) {
  Complaints all;
  for (const std::filesystem::path& path : own_files()) {
    const Complaints found = law(path.generic_string(), text_of(kRoot / path));
    all.insert(all.end(), found.begin(), found.end());
  }
  return all;
}

Complaints includes(const std::string& path, const std::string& text) {
  return include_complaints(path, text, layers());
}

TEST(Layers, ArrowsPointOneWay) {
  for (const auto& [folder, may] : layers())
    for (const std::string& other : may)
      EXPECT_TRUE(other == folder || !layers().at(other).contains(folder)) << folder << " and " << other;
}

TEST(Layers, EveryFolderHasItsPlace) {
  for (const auto& entry : std::filesystem::directory_iterator(kRoot / "src"))
    EXPECT_TRUE(layers().contains(entry.path().filename().string())) << entry.path();
}

TEST(Layers, FollowFromArrows) {
  const Layers small =
      read_layers("text\n```arrows\nbase → tensor → {simd, cuda} → ops\nbase → text\n```\nx → y\n");
  EXPECT_THAT(small.at("base"), ElementsAre("base"));
  EXPECT_THAT(small.at("ops"), ElementsAre("base", "cuda", "ops", "simd", "tensor"));
  EXPECT_THAT(small.at("simd"), ElementsAre("base", "simd", "tensor"));
  EXPECT_THAT(small.at("text"), ElementsAre("base", "text"));
  EXPECT_FALSE(small.contains("y"));
}

TEST(Layers, TrainAndInferNeverMeet) {
  EXPECT_FALSE(layers().at("train").contains("infer"));
  EXPECT_FALSE(layers().at("infer").contains("train"));
}

TEST(Layers, AWrongIncludeIsFound) {
  EXPECT_THAT(includes("src/ops/x.cpp", "#pragma once\n#include \"train/loop.h\"\n"),
              ElementsAre("src/ops/x.cpp:2: ops may not include \"train/loop.h\""));
  EXPECT_THAT(includes("src/ops/x.cpp", "  #  include \"text/bpe.h\"\n"),
              ElementsAre(HasSubstr("ops may not")));
  EXPECT_THAT(includes("src/infer/x.cpp", "#include \"train/loop.h\"\n"),
              ElementsAre(HasSubstr("infer may not")));
  EXPECT_THAT(includes("src/ops/x.cpp", "#include \"tensor/tape.h\"\n#include <vector>\n"), IsEmpty());
  EXPECT_THAT(includes("src/cli/x.cpp", "#include \"train/loop.h\"\n#include \"infer/engine.h\"\n"),
              IsEmpty());
  EXPECT_THAT(includes("src/ops/x.cpp", "#include \"./y.h\"\n"), ElementsAre(HasSubstr("name the folder")));
  EXPECT_THAT(includes("src/odd/x.cpp", ""), ElementsAre(HasSubstr("architecture.md")));
}

TEST(Layers, TheShippedCorpusIsForCommandsAndEvaluation) {
  EXPECT_THAT(includes("src/train/x.cpp", "#include \"data/corpus.h\"\n"),
              ElementsAre(HasSubstr("data/corpus")));
  EXPECT_THAT(includes("src/train/x.cpp", "#include \"data/corpus/story.h\"\n"),
              ElementsAre(HasSubstr("data/corpus")));
  EXPECT_THAT(includes("src/eval/x.cpp", "#include \"data/corpus.h\"\n"), IsEmpty());
}

TEST(Layers, HeadersOfLibrariesStayWhereTheyBelong) {
  EXPECT_THAT(includes("src/nn/x.cpp", "#include <cuda_runtime.h>\n"), ElementsAre(HasSubstr("CUDA")));
  EXPECT_THAT(includes("src/nn/x.cpp", "#include <cublasLt.h>\n"), ElementsAre(HasSubstr("CUDA")));
  EXPECT_THAT(includes("src/ops/x.cu", "#include <cuda_runtime.h>\n"), IsEmpty());
  EXPECT_THAT(includes("src/cuda/x.h", "#include <cuda_runtime.h>\n"), IsEmpty());
  EXPECT_THAT(includes("src/nn/x.cpp", "#include <dnnl.hpp>\n"), ElementsAre(HasSubstr("oneDNN")));
  EXPECT_THAT(includes("src/text/x.cpp", "#include <sentencepiece_processor.h>\n"),
              ElementsAre(HasSubstr("SentencePiece")));
  EXPECT_THAT(includes("src/nn/x.h", "#include <nlohmann/json.hpp>\n"),
              ElementsAre(HasSubstr("slow to compile")));
  EXPECT_THAT(includes("src/nn/x.cpp", "#include <nlohmann/json.hpp>\n"), IsEmpty());
}

TEST(Layers, IncludesOfTheTree) { EXPECT_THAT(over_all_files(includes), IsEmpty()); }

TEST(Files, LengthsOfTheTree) {
  EXPECT_THAT(length_complaints("src/x.cpp", std::string(901, '\n')), ElementsAre(HasSubstr("901 lines")));
  EXPECT_THAT(length_complaints("src/x.cpp", std::string(600, '\n')), IsEmpty());
  EXPECT_THAT(over_all_files(length_complaints), IsEmpty());
}

TEST(Files, NamesOfTheTree) {
  EXPECT_THAT(name_complaints("src/base/string_util.h"), ElementsAre(HasSubstr("\"util\"")));
  EXPECT_THAT(name_complaints("tests/helpers/x.h"), ElementsAre(HasSubstr("\"helpers\"")));
  EXPECT_THAT(name_complaints("src/base/utilisation.h"), IsEmpty());
  EXPECT_THAT(
      over_all_files([](const std::string& path, const std::string&) { return name_complaints(path); }),
      IsEmpty());
}

TEST(Files, NothingOfOneMachineOrUnfinished) {
  const std::string home = "/ho";
  EXPECT_THAT(word_complaints("docs/x.md", "see\n" + home + "me/ada/data\n"),
              ElementsAre(HasSubstr("docs/x.md:2")));
  EXPECT_THAT(word_complaints("src/x.cpp",
                              "// TO"
                              "DO: later\n"),
              ElementsAre(HasSubstr("unfinished")));
  EXPECT_THAT(word_complaints("docs/x.md",
                              "runs/my-model/"
                              "work/x\n"),
              IsEmpty());
  EXPECT_THAT(over_all_files(word_complaints), IsEmpty());
}

}  // namespace
}  // namespace bantam::house
