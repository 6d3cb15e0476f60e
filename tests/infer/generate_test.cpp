#include "infer/generate.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "infer/conversation.h"
#include "infer/generation_config.h"
#include "infer/small_model.h"

namespace bantam {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

const auto keep_on = [](std::string_view) { return true; };

class GenerateTest : public ::testing::Test {
 protected:
  explicit GenerateTest(bool looped = false, int64_t context = 256)
      : model_(small_config(tokenizer_.vocab_size(), context, looped), Device::cpu, Dtype::f32) {
    model_.initialise(3);
    settings_.sampling.seed = 5;
    settings_.max_tokens = 40;
  }
  Generation run(Engine& engine, FunctionRef<bool(std::string_view)> on_text = keep_on) {
    Sequence sequence = engine.begin({});
    engine.extend(sequence, tokenizer_.encode("Once upon a time"));
    return generate(engine, sequence, tokenizer_, settings_, on_text);
  }

  Tokenizer tokenizer_ = chat_tokenizer();
  Decoder model_;
  Engine engine_{model_, {}};
  GenerationSettings settings_;
};

TEST_F(GenerateTest, StreamsTheTextOfItsTokens) {
  std::string streamed;
  const Generation g = run(engine_, [&](std::string_view piece) {
    streamed += piece;
    return true;
  });
  EXPECT_EQ(g.ids.size(), 40u);
  EXPECT_EQ(g.finish, Finish::max_tokens);
  EXPECT_EQ(g.text, tokenizer_.decode(g.ids, true));
  EXPECT_EQ(streamed, g.text);
  EXPECT_EQ(run(engine_).ids, g.ids);
  settings_.sampling.seed = 6;
  EXPECT_NE(run(engine_).ids, g.ids);
}

TEST_F(GenerateTest, TextThatIsAskedForIsTheSame) {
  const Generation whole = run(engine_);
  settings_.stop = {whole.text.substr(30, 4)};
  const Generation stopped = run(engine_);
  for (const size_t drafts : {0, 2}) {
    Engine engine(model_, {.drafts = drafts});
    Sequence sequence = engine.begin({});
    engine.extend(sequence, tokenizer_.encode("Once upon a time"));
    Continuation continuation(engine, sequence, tokenizer_, settings_);
    std::string text;
    while (const auto piece = continuation.next()) text += *piece;
    EXPECT_EQ(text, stopped.text);
    EXPECT_EQ(continuation.result().ids, stopped.ids);
    EXPECT_EQ(continuation.result().finish, Finish::stop_string);
    EXPECT_EQ(sequence.length(), stopped.prompt_tokens + stopped.ids.size());
    EXPECT_FALSE(continuation.next().has_value());
  }
}

TEST_F(GenerateTest, AContinuationEndsWhenInterrupted) {
  const Generation whole = run(engine_);
  Sequence sequence = engine_.begin({});
  engine_.extend(sequence, tokenizer_.encode("Once upon a time"));
  Continuation continuation(engine_, sequence, tokenizer_, settings_);
  for (int i = 0; i < 3; ++i) ASSERT_TRUE(continuation.next().has_value());
  continuation.interrupt();
  while (continuation.next()) continue;
  EXPECT_EQ(continuation.result().finish, Finish::interrupted);
  EXPECT_EQ(continuation.result().ids, std::vector<int32_t>(whole.ids.begin(), whole.ids.begin() + 3));
}

TEST_F(GenerateTest, StopsAtTextsTokensTheContextAndWhenAsked) {
  const Generation whole = run(engine_);
  const std::string all = whole.text;
  settings_.stop = {"never said", all.substr(20, 9)};
  const Generation stopped = run(engine_);
  EXPECT_EQ(stopped.finish, Finish::stop_string);
  EXPECT_EQ(stopped.text, all.substr(0, all.find(all.substr(20, 9))));
  settings_.stop.clear();

  settings_.stop_token_ids = {whole.ids[10]};
  const Generation at_token = run(engine_);
  EXPECT_EQ(at_token.finish, Finish::stop_token);
  EXPECT_EQ(at_token.ids.back(), whole.ids[10]);
  EXPECT_EQ(at_token.text, tokenizer_.decode(std::span(at_token.ids).first(at_token.ids.size() - 1), true));
  settings_.stop_token_ids.clear();

  const size_t prompt = tokenizer_.encode("Once upon a time").size();
  Engine narrow(model_, {.context = prompt + 7});
  const Generation full = run(narrow);
  EXPECT_EQ(full.finish, Finish::context);
  EXPECT_EQ(full.ids.size(), 7u);

  int calls = 0;
  const Generation interrupted = run(engine_, [&](std::string_view) { return ++calls < 4; });
  EXPECT_EQ(interrupted.finish, Finish::interrupted);
  EXPECT_EQ(interrupted.ids.size(), 4u);
}

TEST_F(GenerateTest, ASpecialTokenAsStopTextStopsAtTheToken) {
  const TokenId end = *tokenizer_.id_of("<|im_end|>");
  settings_.sampling.temperature = 50;  // any token, so some seed draws it
  settings_.max_tokens = 200;
  for (uint64_t seed = 0;; ++seed) {
    ASSERT_LT(seed, 50u);
    settings_.sampling.seed = seed;
    const Generation free = run(engine_);
    const auto at = std::find(free.ids.begin(), free.ids.end(), end);
    if (at == free.ids.end()) continue;
    settings_.stop = {"<|im_end|>"};
    const Generation stopped = run(engine_);
    EXPECT_EQ(stopped.finish, Finish::stop_token);
    EXPECT_EQ(stopped.ids, std::vector<int32_t>(free.ids.begin(), at + 1));
    return;
  }
}

TEST_F(GenerateTest, DraftsLeaveTextAndSequenceAsTheyAre) {
  Engine drafting(model_, {.drafts = 2});
  const auto both = [&](FunctionRef<bool(std::string_view)> on_text) {
    std::vector<std::vector<int32_t>> sequences;
    for (Engine* engine : {&engine_, &drafting}) {
      Sequence sequence = engine->begin({});
      engine->extend(sequence, tokenizer_.encode("Once upon a time"));
      const Generation g = generate(*engine, sequence, tokenizer_, settings_, on_text);
      engine->next(sequence);  // what was remembered is right
      sequences.emplace_back(sequence.ids().begin(), sequence.ids().end());
      sequences.back().push_back(static_cast<int32_t>(g.finish));
      sequences.back().insert(sequences.back().end(), g.text.begin(), g.text.end());
    }
    EXPECT_EQ(sequences[1], sequences[0]);
  };
  for (const double temperature : {0.0, 1.0}) {
    settings_.sampling.temperature = temperature;
    const Generation whole = run(engine_);
    both(keep_on);
    for (const size_t at : {3, 9, 20}) {
      settings_.stop = {whole.text.substr(at, 4)};
      both(keep_on);
      settings_.stop.clear();
      settings_.stop_token_ids = {whole.ids[at]};
      both(keep_on);
      settings_.stop_token_ids.clear();
    }
  }
  EXPECT_GT(drafting.draft_counts().seen[0], 100u);
}

class ConversationTest : public GenerateTest, public ::testing::WithParamInterface<bool> {
 protected:
  ConversationTest() : GenerateTest(GetParam(), 200) { settings_.max_tokens = 12; }
};

// Each turn runs only what is new, and says what the whole conversation run anew would.
TEST_P(ConversationTest, RemembersEarlierTurns) {
  Conversation talk(engine_, tokenizer_, settings_, "Be kind.");
  const ChatFormat format(tokenizer_);
  const ChatMessage system[] = {{ChatRole::system, "Be kind."}};
  std::vector<int32_t> all = format.conversation(system).ids;
  const std::vector<int32_t> line_end = tokenizer_.encode("\n");
  for (const char* message : {"Hello", "And then?", "Good bye"}) {
    const ChatMessage user[] = {{ChatRole::user, message}};
    const std::vector<int32_t> turn = format.prompt(user);
    const size_t before = all.size();
    all.insert(all.end(), turn.begin(), turn.end());

    Sequence anew = engine_.begin({});
    engine_.extend(anew, all);
    GenerationSettings settings = settings_;
    settings.stop_token_ids = {format.turn_end()};
    const Generation want = generate(engine_, anew, tokenizer_, settings, keep_on);

    const Reply reply = talk.say(message, keep_on);
    EXPECT_EQ(reply.generation.ids, want.ids);
    EXPECT_EQ(reply.generation.text, want.text);
    EXPECT_EQ(reply.dropped_turns, 0u);
    EXPECT_EQ(reply.generation.prompt_tokens, all.size());
    if (before > format.conversation(system).ids.size()) {
      EXPECT_LE(reply.generation.prompt_tokens_run, turn.size() + 2 + line_end.size());
    }
    all.insert(all.end(), want.ids.begin(), want.ids.end());
    if (all.back() != format.turn_end()) all.push_back(format.turn_end());
    all.insert(all.end(), line_end.begin(), line_end.end());
    EXPECT_EQ(talk.tokens(), all.size());
  }
  talk.reset();
  EXPECT_EQ(talk.tokens(), format.conversation(system).ids.size());
}

TEST_P(ConversationTest, DropsTheOldestTurnsWhenTheContextIsFullAndSaysSo) {
  Conversation talk(engine_, tokenizer_, settings_, "Be kind.");
  size_t dropped = 0;
  for (int i = 0; i < 30; ++i) {
    const size_t before = talk.turns();
    const Reply reply = talk.say("Tell me more, please", keep_on);
    EXPECT_EQ(talk.turns(), before + 1 - reply.dropped_turns);
    EXPECT_LE(reply.generation.prompt_tokens + reply.generation.ids.size(), engine_.context());
    dropped += reply.dropped_turns;
  }
  EXPECT_GT(dropped, 10u);
  EXPECT_GT(talk.turns(), 1u);
}

TEST_P(ConversationTest, AMessageThatCannotFitChangesNothing) {
  Conversation talk(engine_, tokenizer_, settings_);
  talk.say("Hello", keep_on);
  const size_t tokens = talk.tokens();
  std::string long_message;
  for (int i = 0; i < 300; ++i) long_message += "word ";
  EXPECT_THROW(talk.say(long_message, keep_on), Error);
  EXPECT_EQ(talk.tokens(), tokens);
  EXPECT_EQ(talk.turns(), 1u);
  EXPECT_NO_THROW(talk.say("Still there?", keep_on));
}

// In VUAF's form an answer's <eos> is not what the next message follows.
TEST(VuafConversation, RemembersAnAnswerWithoutTheEndOfTheText) {
  const Tokenizer tokenizer =
      Tokenizer::parse(unpacked(golden_folder() / "vuaf/tokenizer/spm.model.xz"), "spm.model");
  Decoder model(small_config(tokenizer.vocab_size()), Device::cpu, Dtype::f32);
  model.initialise(3);
  Engine engine(model, {});
  const ChatFormat format(tokenizer, "qa");
  GenerationSettings settings;
  settings.max_tokens = 20;
  settings.stop_token_ids = {*tokenizer.id_of("<eos>")};
  int ended = 0;
  for (uint64_t seed = 0; ended < 2 && seed < 500; ++seed) {
    settings.sampling.seed = seed;
    Conversation talk(engine, tokenizer, settings, "Be kind.", "qa");
    const Reply first = talk.say("Hello", keep_on);
    if (first.generation.ids.back() != settings.stop_token_ids[0]) continue;
    ++ended;
    std::vector<int32_t> all = format.opening("Be kind.");
    const auto append = [&](const std::vector<int32_t>& ids) {
      all.insert(all.end(), ids.begin(), ids.end());
    };
    append(format.turn("Hello"));
    append(format.closed(first.generation.ids));
    EXPECT_EQ(talk.tokens(), all.size());
    EXPECT_EQ(std::count(all.begin(), all.end(), settings.stop_token_ids[0]), 0);
    append(format.turn("And then?"));
    Sequence anew = engine.begin({});
    engine.extend(anew, all);
    GenerationSettings same = settings;
    same.stop_token_ids.push_back(format.turn_end());
    EXPECT_EQ(talk.say("And then?", keep_on).generation.ids,
              generate(engine, anew, tokenizer, same, keep_on).ids);
  }
  EXPECT_EQ(ended, 2);
}

INSTANTIATE_TEST_SUITE_P(DenseAndLooped, ConversationTest, ::testing::Bool());

class GenerationConfigTest : public ::testing::Test {
 protected:
  GenerationSettings read() {
    GenerationSettings settings;
    read_generation_config(folder_.path(), settings);
    return settings;
  }
  TemporaryFolder folder_;
};

TEST_F(GenerationConfigTest, TakesWhatIsAboutGeneration) {
  folder_.write("generation_config.json",
                R"({"bos_token_id": 1, "eos_token_id": [2, 7], "temperature": 0.2, "top_p": 0.9,
    "top_k": null, "repetition_penalty": 1.15, "max_new_tokens": 77, "transformers_version": "5", "do_sample": true})");
  const GenerationSettings settings = read();
  EXPECT_EQ(settings.sampling.temperature, 0.2);
  EXPECT_EQ(settings.sampling.top_p, 0.9);
  EXPECT_EQ(settings.sampling.repetition_penalty, 1.15);
  EXPECT_EQ(settings.max_tokens, 77);
  EXPECT_THAT(settings.stop_token_ids, ElementsAre(2, 7));
}

TEST_F(GenerationConfigTest, EndsOfTextMayStandInConfigJson) {
  folder_.write("config.json", R"({"eos_token_id": 9})");
  EXPECT_THAT(read().stop_token_ids, ElementsAre(9));
  folder_.write("generation_config.json", R"({"do_sample": false, "temperature": 0.6})");
  EXPECT_THAT(read().stop_token_ids, ElementsAre(9));
  EXPECT_EQ(read().sampling.temperature, 0);
}

TEST_F(GenerationConfigTest, BadValuesNameFileAndKey) {
  const auto error = [&](const char* json) {
    folder_.write("generation_config.json", json);
    try {
      read();
    } catch (const Error& e) {
      return std::string(e.what());
    }
    return std::string();
  };
  EXPECT_THAT(error(R"({"temperature": -1})"),
              AllOf(HasSubstr("generation_config.json"), HasSubstr("temperature")));
  EXPECT_THAT(error(R"({"top_p": "high"})"), HasSubstr("top_p"));
  EXPECT_THAT(error(R"({"eos_token_id": "end"})"), HasSubstr("eos_token_id"));
  EXPECT_THAT(error("[]"), HasSubstr("generation_config.json"));
}

}  // namespace
}  // namespace bantam
