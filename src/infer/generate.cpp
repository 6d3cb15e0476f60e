#include "infer/generate.h"

#include <algorithm>

#include "base/progress.h"
#include "infer/stop_strings.h"
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

Generation generate(Engine& engine, Sequence& sequence, const Tokenizer& tokenizer,
                    const GenerationSettings& settings, FunctionRef<bool(std::string_view piece)> on_text) {
  Generation result;
  result.prompt_tokens = sequence.length();
  result.prompt_tokens_run = sequence.length() - sequence.remembered();
  const std::vector<int32_t> stops = stop_tokens(settings, tokenizer);
  sequence.sampling = settings.sampling;
  DecodeStream decode(tokenizer, true);
  StopStrings stop_strings(settings.stop);
  bool go_on = true;
  const auto give_out = [&](const std::string& piece) {
    result.text += piece;
    go_on = on_text(piece);
  };

  const size_t most = std::min(static_cast<size_t>(settings.max_tokens), engine.room(sequence));
  result.finish = most < static_cast<size_t>(settings.max_tokens) ? Finish::context : Finish::max_tokens;
  Clock::time_point start = Clock::now();
  const auto stops_at = [&](int32_t id) { return std::find(stops.begin(), stops.end(), id) != stops.end(); };
  // Whether another token is wanted.
  const auto take = [&](const NextToken& next) {
    result.ids.push_back(next.id);
    if (engine.model().config().loop.halt) result.exit_steps.push_back(next.exit_step);
    result.fallbacks += next.fell_back ? 1 : 0;
    if (stops_at(next.id)) {
      result.finish = Finish::stop_token;
      return false;
    }
    give_out(stop_strings.push(decode.push(next.id)));
    if (stop_strings.stopped()) result.finish = Finish::stop_string;
    if (!go_on) result.finish = Finish::interrupted;
    return go_on && !stop_strings.stopped();
  };
  bool wanted = most > 0;
  while (wanted) {
    const std::vector<NextToken> several = engine.next_drafted(sequence, most - result.ids.size(), stops_at);
    if (result.ids.empty()) result.prompt_seconds = seconds_since(start), start = Clock::now();
    for (const NextToken& next : several)
      if (wanted) wanted = take(next) && result.ids.size() < most;
  }
  engine.truncate(sequence, result.prompt_tokens + result.ids.size());
  if (!stop_strings.stopped()) {
    std::string rest = stop_strings.push(decode.finish());
    if (stop_strings.stopped()) result.finish = Finish::stop_string;
    rest += stop_strings.finish();
    if (!rest.empty()) give_out(rest);
  }
  result.seconds = seconds_since(start);
  return result;
}

}  // namespace bantam
