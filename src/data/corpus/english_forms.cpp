// English morphology: plurals, the parts of verbs.
#include <algorithm>
#include <map>

#include "data/corpus/words.h"

namespace bantam::corpus {
namespace {

struct VerbParts {
  std::string_view past, participle;
};

const std::map<std::string_view, VerbParts>& irregular_verbs() {
  static const std::map<std::string_view, VerbParts> verbs = {
      {"be", {"was", "been"}},
      {"beat", {"beat", "beaten"}},
      {"become", {"became", "become"}},
      {"begin", {"began", "begun"}},
      {"bend", {"bent", "bent"}},
      {"bite", {"bit", "bitten"}},
      {"blow", {"blew", "blown"}},
      {"break", {"broke", "broken"}},
      {"bring", {"brought", "brought"}},
      {"build", {"built", "built"}},
      {"buy", {"bought", "bought"}},
      {"catch", {"caught", "caught"}},
      {"choose", {"chose", "chosen"}},
      {"come", {"came", "come"}},
      {"cut", {"cut", "cut"}},
      {"dig", {"dug", "dug"}},
      {"do", {"did", "done"}},
      {"draw", {"drew", "drawn"}},
      {"drink", {"drank", "drunk"}},
      {"drive", {"drove", "driven"}},
      {"eat", {"ate", "eaten"}},
      {"fall", {"fell", "fallen"}},
      {"feed", {"fed", "fed"}},
      {"feel", {"felt", "felt"}},
      {"fight", {"fought", "fought"}},
      {"find", {"found", "found"}},
      {"fly", {"flew", "flown"}},
      {"forget", {"forgot", "forgotten"}},
      {"freeze", {"froze", "frozen"}},
      {"get", {"got", "got"}},
      {"give", {"gave", "given"}},
      {"go", {"went", "gone"}},
      {"grind", {"ground", "ground"}},
      {"grow", {"grew", "grown"}},
      {"hang", {"hung", "hung"}},
      {"have", {"had", "had"}},
      {"hear", {"heard", "heard"}},
      {"hide", {"hid", "hidden"}},
      {"hit", {"hit", "hit"}},
      {"hold", {"held", "held"}},
      {"keep", {"kept", "kept"}},
      {"know", {"knew", "known"}},
      {"lay", {"laid", "laid"}},
      {"lead", {"led", "led"}},
      {"leave", {"left", "left"}},
      {"lend", {"lent", "lent"}},
      {"let", {"let", "let"}},
      {"lie", {"lay", "lain"}},
      {"light", {"lit", "lit"}},
      {"lose", {"lost", "lost"}},
      {"make", {"made", "made"}},
      {"meet", {"met", "met"}},
      {"pay", {"paid", "paid"}},
      {"put", {"put", "put"}},
      {"read", {"read", "read"}},
      {"ride", {"rode", "ridden"}},
      {"ring", {"rang", "rung"}},
      {"rise", {"rose", "risen"}},
      {"run", {"ran", "run"}},
      {"say", {"said", "said"}},
      {"see", {"saw", "seen"}},
      {"sell", {"sold", "sold"}},
      {"send", {"sent", "sent"}},
      {"set", {"set", "set"}},
      {"sew", {"sewed", "sewn"}},
      {"shake", {"shook", "shaken"}},
      {"shear", {"sheared", "shorn"}},
      {"shine", {"shone", "shone"}},
      {"show", {"showed", "shown"}},
      {"shut", {"shut", "shut"}},
      {"sing", {"sang", "sung"}},
      {"sink", {"sank", "sunk"}},
      {"sit", {"sat", "sat"}},
      {"sleep", {"slept", "slept"}},
      {"slide", {"slid", "slid"}},
      {"sow", {"sowed", "sown"}},
      {"speak", {"spoke", "spoken"}},
      {"spend", {"spent", "spent"}},
      {"spin", {"spun", "spun"}},
      {"split", {"split", "split"}},
      {"spread", {"spread", "spread"}},
      {"stand", {"stood", "stood"}},
      {"steal", {"stole", "stolen"}},
      {"stick", {"stuck", "stuck"}},
      {"string", {"strung", "strung"}},
      {"sweep", {"swept", "swept"}},
      {"swim", {"swam", "swum"}},
      {"swing", {"swung", "swung"}},
      {"take", {"took", "taken"}},
      {"teach", {"taught", "taught"}},
      {"tear", {"tore", "torn"}},
      {"tell", {"told", "told"}},
      {"think", {"thought", "thought"}},
      {"throw", {"threw", "thrown"}},
      {"wake", {"woke", "woken"}},
      {"wear", {"wore", "worn"}},
      {"weave", {"wove", "woven"}},
      {"win", {"won", "won"}},
      {"wind", {"wound", "wound"}},
      {"write", {"wrote", "written"}},
      {"understand", {"understood", "understood"}},
  };
  return verbs;
}

bool is_vowel(char c) { return std::string_view("aeiou").find(c) != std::string_view::npos; }
bool ends_with_any(std::string_view word, std::initializer_list<std::string_view> endings) {
  return std::any_of(endings.begin(), endings.end(), [&](std::string_view e) { return word.ends_with(e); });
}

// "mop" and "stir" double their last letter, "peel" and "water" do not. Longer words that are stressed at the end
// do it too; they are named.
bool doubles_last_letter(std::string_view verb) {
  static constexpr std::string_view kStressed[] = {"admit", "begin",  "forget", "prefer", "permit", "regret",
                                                   "unpin", "unwrap", "unzip",  "refer",  "commit", "occur"};
  if (std::find(std::begin(kStressed), std::end(kStressed), verb) != std::end(kStressed)) return true;
  if (verb.size() < 3 || verb.size() > 5) return false;
  const char last = verb.back(), middle = verb[verb.size() - 2], before = verb[verb.size() - 3];
  if (is_vowel(last) || std::string_view("wxyh").find(last) != std::string_view::npos || !is_vowel(middle))
    return false;
  if (is_vowel(before)) return before == 'u' && verb.size() > 3 && verb[verb.size() - 4] == 'q';
  const auto vowels = std::count_if(verb.begin(), verb.end(), is_vowel);
  return vowels == 1 || (vowels == 2 && verb.find("qu") != std::string_view::npos);
}

std::string with_s(std::string_view word) {
  std::string form(word);
  if (ends_with_any(word, {"s", "x", "z", "ch", "sh"})) return form + "es";
  if (word.ends_with('y') && word.size() > 1 && !is_vowel(word[word.size() - 2])) {
    form.back() = 'i';
    return form + "es";
  }
  return form + "s";
}

std::string plural(std::string_view noun) {
  if (ends_with_any(noun, {"potato", "tomato", "hero", "echo"})) return std::string(noun) + "es";
  return with_s(noun);
}

std::string with_ed(std::string_view verb) {
  std::string form(verb);
  if (verb.ends_with('e')) return form + "d";
  if (verb.ends_with('y') && !is_vowel(verb[verb.size() - 2])) {
    form.back() = 'i';
    return form + "ed";
  }
  if (doubles_last_letter(verb)) form += verb.back();
  return form + "ed";
}

std::string with_ing(std::string_view verb) {
  std::string form(verb);
  if (verb.ends_with("ie")) return form.substr(0, form.size() - 2) + "ying";
  if (verb.ends_with('e') && !ends_with_any(verb, {"ee", "oe", "ye"}) && verb != "be") form.pop_back();
  if (doubles_last_letter(verb)) form += verb.back();
  return form + "ing";
}

void conjugate(std::string_view entry, Word& word) {
  const size_t space = entry.find(' ');
  const std::string_view verb = entry.substr(0, space);
  if (space != std::string_view::npos) word.tail = entry.substr(space);
  word[Form::base] = verb;
  word[Form::gerund] = with_ing(verb);
  word[Form::present] = verb == "have" ? "has" : verb == "go" ? "goes" : verb == "do" ? "does" : with_s(verb);
  const auto irregular = irregular_verbs().find(verb);
  word[Form::past] =
      irregular != irregular_verbs().end() ? std::string(irregular->second.past) : with_ed(verb);
  word[Form::participle] =
      irregular != irregular_verbs().end() ? std::string(irregular->second.participle) : with_ed(verb);
}

// "kitchen in", "beach on the"; or bare|where|whence|whither in full.
void locate(std::string_view entry, Word& word) {
  if (entry.find('|') != std::string_view::npos) {
    Form forms[] = {Form::base, Form::where, Form::whence, Form::whither};
    for (const Form form : forms) {
      const size_t bar = entry.find('|');
      word[form] = entry.substr(0, bar);
      entry = bar == std::string_view::npos ? std::string_view() : entry.substr(bar + 1);
    }
    return;
  }
  const size_t space = entry.rfind(' ');
  const std::string name(entry.substr(0, space)), preposition(entry.substr(space + 1));
  word[Form::base] = name;
  word[Form::where] = preposition + " the " + name;
  word[Form::whence] = "from the " + name;
  word[Form::whither] = "to the " + name;
}

}  // namespace

bool make_english_word(std::string_view kind, std::string_view entry, Word& word) {
  if (kind == "verb") {
    conjugate(entry, word);
  } else if (kind == "place") {
    locate(entry, word);
  } else if (kind == "noun" || kind == "pair") {
    const size_t slash = entry.find('/');
    word[Form::base] = entry.substr(0, slash);
    word.mass = slash != std::string_view::npos && slash + 1 == entry.size();
    if (!word.mass)
      word[Form::plural] = slash == std::string_view::npos ? plural(entry) : entry.substr(slash + 1);
  } else if (kind == "adj" || kind == "name" || kind == "phrase") {
    word[Form::base] = entry;
  } else if (kind == "couple") {
    const size_t equals = entry.find('=');
    word[Form::base] = entry.substr(0, equals);
    word[Form::plural] = entry.substr(equals + 1);
  } else {
    return false;
  }
  return true;
}

}  // namespace bantam::corpus
