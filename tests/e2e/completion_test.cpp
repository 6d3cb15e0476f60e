// The completion scripts, in the shells that are here: bash and fish are asked what they offer; zsh's script runs with
// stand-ins for the functions of zsh's own completion.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>

#include "output_of.h"
#include "run_program.h"

namespace bantam {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

class Completion : public testing::Test {
 protected:
  // What `shell` prints for `commands`, with the script in the file $1.
  std::string asked(const std::string& shell, const std::string& commands) {
    const ProgramResult script = run_program({"completion", shell.substr(0, shell.find(' '))});
    EXPECT_EQ(script.code, 0) << script.err;
    const auto file = folder_.write("script", script.out), lines = folder_.write("lines", commands);
    return output_of(shell + " '" + lines.string() + "' '" + file.string() + "' 2>&1");
  }
  static bool here(const std::string& shell) {
    return std::system(("command -v " + shell + " >/dev/null 2>&1").c_str()) == 0;
  }
  TemporaryFolder folder_;
};

TEST_F(Completion, OfBash) {
  if (!here("bash")) GTEST_SKIP() << "no bash here";
  const std::string said = asked("bash --norc", R"(source "$1"
complete -p bantam
try() {
  COMP_WORDS=("$@") COMP_CWORD=$(($# - 1)) COMPREPLY=(gone)
  _bantam
  echo "$*: ${COMPREPLY[*]}."
}
try bantam pa
try bantam pack --decontaminate-
try bantam pack --dedupe ''
try bantam pack --dedupe = ne
try bantam pack inspect --sp
try bantam init quark-n
try bantam init nano ''
try bantam inspect --preset vuaf-1-p
try bantam tokenizer train --kind s
try bantam tokenizer train --out encode --js
try bantam train ''
try bantam nonsense x
)");
  EXPECT_EQ(said, R"(complete -o bashdefault -o default -F _bantam bantam
bantam pa: pack.
bantam pack --decontaminate-: --decontaminate-list.
bantam pack --dedupe : none exact near.
bantam pack --dedupe = ne: near.
bantam pack inspect --sp: --split.
bantam init quark-n: quark-nano.
bantam init nano : .
bantam inspect --preset vuaf-1-p: vuaf-1-pico.
bantam tokenizer train --kind s: sentencepiece.
bantam tokenizer train --out encode --js: --json.
bantam train : .
bantam nonsense x: .
)");
}

TEST_F(Completion, OfFish) {
  if (!here("fish")) GTEST_SKIP() << "no fish here";
  const std::string said = asked("fish --no-config", R"(source $argv[1]
for line in 'bantam pa' 'bantam pack --dedu' 'bantam tokenizer train --kind s' 'bantam init quark-n'
    complete -C $line
end
)");
  EXPECT_THAT(said, AllOf(HasSubstr("pack\tTurn text"), HasSubstr("--dedupe\tLeave out"),
                          HasSubstr("sentencepiece\t"), HasSubstr("quark-nano"), Not(HasSubstr("rror"))));
}

TEST_F(Completion, OfZsh) {
  if (!here("zsh")) GTEST_SKIP() << "no zsh here";
  const std::string said = asked("zsh -f", R"(compdef() { print -r -- "compdef $*" }
_describe() { [[ $1 == -o ]] && shift; print -r -- "${(P)2[1]}" }
_files() { print files }
compadd() { shift; print -r -- "$*" }
source "$1"
try() { words=("$@") CURRENT=$#; _bantam }
try bantam tokenizer ''
try bantam pack --dedupe ''
try bantam pack --out ''
try bantam pack inspect --x
try bantam train ''
)");
  EXPECT_THAT(said, testing::StartsWith("compdef _bantam bantam\ntrain:Train a tokenizer: "));
  EXPECT_THAT(said, HasSubstr("\nnone exact near\nfiles\n--help:"));
  EXPECT_THAT(said, testing::EndsWith("\nfiles\n"));
}

TEST_F(Completion, OfNoOtherShell) {
  const ProgramResult result = run_program({"completion", "ksh"});
  EXPECT_EQ(result.code, 2);
  EXPECT_THAT(result.err, AllOf(HasSubstr("ksh"), HasSubstr("bash")));
  EXPECT_EQ(result.out, "");
}

}  // namespace
}  // namespace bantam
