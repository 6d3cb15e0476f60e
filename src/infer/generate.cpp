#include "infer/generate.h"

#include <algorithm>

#include "text/end_tokens.h"

namespace bantam {

Schema schema(const GenerationSettings*) {
  using C = GenerationSettings;
  return describe<C>("How a prompt is continued.", field<&C::sampling>("How each token is chosen."),
                     field<&C::max_tokens>("Most tokens to generate.", range(1, 1 << 30)),
                     field<&C::stop>("Texts that end the answer; they are not part of it."),
                     field<&C::stop_token_ids>("Tokens that end it."));
}

const char* name_of(Finish finish) {
  switch (finish) {
    case Finish::stop_token:
    case Finish::stop_string:
      return "stop";
    case Finish::max_tokens:
    case Finish::context:
      return "length";
    case Finish::interrupted:
      return "interrupted";
  }
  return "?";
}

namespace {

std::vector<int32_t> stop_tokens(const GenerationSettings& settings, const Tokenizer& tokenizer) {
  std::vector<int32_t> ids(settings.stop_token_ids.begin(), settings.stop_token_ids.end());
  for (const std::string& text : settings.stop)
    if (const auto id = tokenizer.id_of(text); id && tokenizer.is_special(*id)) ids.push_back(*id);
  return ids;
}

}  // namespace

std::vector<TokenId> prompt_ids(const Tokenizer& tokenizer, std::string_view text, Special special) {
  std::vector<TokenId> ids = tokenizer.with_template(tokenizer.encode(text, special));
  if (ids.empty())
    if (const std::vector<TokenId> ends = end_tokens(tokenizer); !ends.empty()) ids.push_back(ends.front());
  require(!ids.empty(), ErrorCode::usage,
          "prompt: is empty, and the tokenizer has no token that ends a text; give at least one character");
  return ids;
}

Continuation::Continuation(Engine& engine, Sequence& sequence, const Tokenizer& tokenizer,
                           GenerationSettings settings)
    : engine_(engine),
      sequence_(sequence),
      settings_(std::move(settings)),
      stops_(stop_tokens(settings_, tokenizer)),
      decode_(tokenizer, true),
      stop_strings_(settings_.stop) {
  const size_t asked = static_cast<size_t>(settings_.max_tokens);
  most_ = std::min(asked, engine.room(sequence));
  wanted_ = most_ > 0;
  result_.finish = most_ < asked ? Finish::context : Finish::max_tokens;
  result_.prompt_tokens = sequence.length();
  result_.prompt_tokens_run = sequence.length() - sequence.remembered();
  sequence.sampling = settings_.sampling;
}

bool Continuation::stops_at(int32_t id) const {
  return std::find(stops_.begin(), stops_.end(), id) != stops_.end();
}

// One more pass of the model.
void Continuation::run() {
  chosen_ = engine_.next_drafted(sequence_, most_ - result_.ids.size(),
                                 [this](int32_t id) { return stops_at(id); });
  taken_ = 0;
  if (result_.ids.empty()) result_.prompt_seconds = seconds_since(start_), start_ = Clock::now();
}

std::string Continuation::take(const NextToken& next) {
  result_.ids.push_back(next.id);
  if (engine_.model().config().loop.halt) result_.exit_steps.push_back(next.exit_step);
  result_.fallbacks += next.fell_back ? 1 : 0;
  wanted_ = result_.ids.size() < most_;
  if (stops_at(next.id)) {
    result_.finish = Finish::stop_token;
    wanted_ = false;
    return {};
  }
  std::string piece = stop_strings_.push(decode_.push(next.id));
  if (stop_strings_.stopped()) {
    result_.finish = Finish::stop_string;
    wanted_ = false;
  }
  return piece;
}

// What was held back; the sequence forgets what was chosen beyond the end.
std::optional<std::string> Continuation::end() {
  ended_ = true;
  engine_.truncate(sequence_, result_.prompt_tokens + result_.ids.size());
  std::string rest;
  if (!stop_strings_.stopped()) {
    rest = stop_strings_.push(decode_.finish());
    if (stop_strings_.stopped()) result_.finish = Finish::stop_string;
    rest += stop_strings_.finish();
  }
  result_.text += rest;
  result_.seconds = seconds_since(start_);
  return rest.empty() ? std::nullopt : std::optional(rest);
}

std::optional<std::string> Continuation::next() {
  if (ended_) return {};
  if (!wanted_) return end();
  if (taken_ == chosen_.size()) run();
  std::string piece = take(chosen_[taken_++]);
  result_.text += piece;
  if (result_.finish == Finish::stop_token) return end();
  return piece;
}

void Continuation::interrupt() {
  if (ended_) return;
  result_.finish = Finish::interrupted;
  wanted_ = false;
}

Generation generate(Engine& engine, Sequence& sequence, const Tokenizer& tokenizer,
                    const GenerationSettings& settings, FunctionRef<bool(std::string_view piece)> on_text) {
  Continuation continuation(engine, sequence, tokenizer, settings);
  while (const std::optional<std::string> piece = continuation.next())
    if (!on_text(*piece)) continuation.interrupt();
  return continuation.result();
}

}  // namespace bantam
