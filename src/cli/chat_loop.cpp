#include "cli/chat_loop.h"

#include <fmt/format.h>
#include <unistd.h>

#include <cstdio>
#include <iostream>
#include <nlohmann/json.hpp>

#include "base/interrupt.h"
#include "base/log.h"

namespace bantam::cli {
namespace {

void write(std::string_view text) {
  require(std::fwrite(text.data(), 1, text.size(), stdout) == text.size() && std::fflush(stdout) == 0,
          ErrorCode::io, "standard output: could not be written");
}

void print_notes(const Reply& reply) {
  const Generation& g = reply.generation;
  if (g.finish == Finish::interrupted) log_note("the answer was stopped");
  if (g.finish == Finish::max_tokens)
    log_note("the answer was cut at {} tokens; --max-tokens allows more", g.ids.size());
  if (g.finish == Finish::context) log_warning("the answer was cut: the context is full");
  if (g.fallbacks > 0)
    log_warning("{} tokens were chosen greedily: the model's logits held NaN or infinity", g.fallbacks);
}

void answer(Conversation& conversation, const std::string& message, bool json) {
  const InterruptScope interrupts;
  const size_t turns = conversation.turns();
  const Reply reply = conversation.say(message, [&](std::string_view piece) {
    if (!json) write(piece);
    return !interrupted();
  });
  const Generation& g = reply.generation;
  if (json) {
    const Json line = {{"role", "assistant"},
                       {"content", g.text},
                       {"finish_reason", name_of(g.finish)},
                       {"prompt_tokens", g.prompt_tokens},
                       {"prompt_tokens_run", g.prompt_tokens_run},
                       {"completion_tokens", g.ids.size()},
                       {"dropped_turns", reply.dropped_turns}};
    write(line.dump(-1, ' ', false, Json::error_handler_t::replace) + "\n");
  } else {
    write("\n");
  }
  if (reply.dropped_turns > 0)
    log_note("the context was full: the oldest {} of {} turns were forgotten", reply.dropped_turns, turns);
  print_notes(reply);
}

}  // namespace

void chat_loop(Conversation& conversation, bool json) {
  const bool terminal = ::isatty(STDIN_FILENO) != 0 && ::isatty(STDERR_FILENO) != 0;
  if (terminal) fmt::print(stderr, "/reset begins anew, /exit ends; Ctrl-C stops an answer\n");
  std::string line;
  while (true) {
    if (terminal) fmt::print(stderr, "> ");
    if (!std::getline(std::cin, line)) break;
    if (line.ends_with('\r')) line.pop_back();
    if (line.empty()) continue;
    if (line == "/exit" || line == "/quit") return;
    if (line == "/help") {
      log_note("/reset begins anew, /exit ends; Ctrl-C stops an answer; everything else goes to the model");
      continue;
    }
    if (line == "/reset") {
      conversation.reset();
      log_note("a new conversation");
      continue;
    }
    try {
      answer(conversation, line, json);
    } catch (const Error& error) {
      if (error.code() != ErrorCode::usage) throw;
      log_warning("{}", error.what());
    }
  }
  if (terminal) fmt::print(stderr, "\n");
}

}  // namespace bantam::cli
