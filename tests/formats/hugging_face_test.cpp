#include "formats/hugging_face.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "base/json.h"
#include "temporary_folder.h"
#include "text/golden.h"
#include "text/length_max_trainer.h"

namespace bantam {
namespace {

// A class that transformers would read another kind's file with gives other ids without a word.
TEST(TokenizerConfig, NamesAClassOnlyWhereOneReadsTheFile) {
  const auto class_of = [](const Tokenizer& tokenizer) {
    TemporaryFolder folder;
    write_tokenizer_config(folder.path(), tokenizer, 128);
    return read_json(folder / "tokenizer_config.json").value("tokenizer_class", "");
  };
  EXPECT_EQ(class_of(golden::tokenizer("gpt2_512")), "PreTrainedTokenizerFast");
  EXPECT_EQ(class_of(Tokenizer::parse(golden::text("spm_bpe.model"), "tokenizer.model")), "LlamaTokenizer");
  EXPECT_EQ(class_of(golden::vuaf_tokenizer()), "");
  LengthMaxTrainerOptions options;
  options.vocab_size = 300;
  LengthMaxTrainer trainer(options);
  trainer.add("some words, some more words");
  trainer.end_text();
  EXPECT_EQ(class_of(trainer.train()), "");
}

}  // namespace
}  // namespace bantam
