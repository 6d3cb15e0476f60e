#include "infer/text_model.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "infer/small_model.h"
#include "text/end_tokens.h"

namespace bantam {
namespace {

using ::testing::ElementsAreArray;
using ::testing::HasSubstr;

TEST(TextModel, OpensWhatTheFolderHolds) {
  const SmallModelFolder folder;
  const TextModel model = open_text_model(folder.path());
  EXPECT_EQ(model.decoder().compute(), Dtype::f32);
  EXPECT_EQ(model.tokenizer.sha256(), chat_tokenizer().sha256());
  EXPECT_EQ(model.engine_options().vocab, model.tokenizer.vocab_size());
  EXPECT_FALSE(model.engine_options().halt_threshold.has_value());
  EXPECT_EQ(model.settings.sampling.temperature, 0.7);
  EXPECT_THAT(model.settings.stop_token_ids, ElementsAreArray(end_tokens(model.tokenizer)));
}

TEST(TextModel, FollowsTheFilesOfTheFolder) {
  const SmallModelFolder folder(64, true, StoredDtype::bf16);
  folder.write("generation_config.json", R"({"temperature": 0.2, "max_new_tokens": 5, "eos_token_id": 3})");
  const TextModel model = open_text_model(folder.path());
  EXPECT_EQ(model.decoder().compute(), Dtype::bf16);
  EXPECT_EQ(open_text_model(folder.path(), Dtype::f32).decoder().compute(), Dtype::f32);
  EXPECT_EQ(model.engine_options().halt_threshold, 0.119);
  EXPECT_EQ(model.settings.sampling.temperature, 0.2);
  EXPECT_EQ(model.settings.max_tokens, 5);
  EXPECT_THAT(model.settings.stop_token_ids, ElementsAreArray({3}));
}

TEST(TextModel, AnotherTokenizerIsRefused) {
  const SmallModelFolder folder;
  folder.write("tokenizer.json", chat_tokenizer().file_bytes() + "\n");
  try {
    open_text_model(folder.path());
    FAIL();
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::invalid);
    EXPECT_THAT(error.what(), HasSubstr("SHA-256"));
  }
}

}  // namespace
}  // namespace bantam
