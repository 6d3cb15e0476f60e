#include "data/corpus/grammar.h"

#include <utility>

#include "base/error.h"

namespace bantam::corpus {
namespace {

std::string_view trimmed(std::string_view text) {
  const size_t first = text.find_first_not_of(' ');
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(' ') - first + 1);
}

std::string_view next_part(std::string_view& rest, char separator) {
  const size_t at = rest.find(separator);
  const std::string_view part = rest.substr(0, at);
  rest = at == std::string_view::npos ? std::string_view() : rest.substr(at + 1);
  return part;
}

struct ModName {
  std::string_view name;
  Mod mod;
  bool determiner;
};
constexpr ModName kMods[] = {
    {"pl", Mod::plural, false},
    {"ed", Mod::past, false},
    {"ing", Mod::gerund, false},
    {"s", Mod::present, false},
    {"en", Mod::participle, false},
    {"va", Mod::imperfect, false},
    {"agr", Mod::agree, false},
    {"in", Mod::where, false},
    {"from", Mod::whence, false},
    {"to", Mod::whither, false},
    {"a", Mod::a, true},
    {"the", Mod::the, true},
    {"di", Mod::di, true},
    {"al", Mod::al, true},
    {"dal", Mod::dal, true},
    {"nel", Mod::nel, true},
    {"sul", Mod::sul, true},
    {"n", Mod::name, false},
    {"him", Mod::him, false},
    {"his", Mod::his, false},
    {"he", Mod::he, false},
    {"of", Mod::possessive, false},
    {"e", Mod::ending, false},
    {"i", Mod::endings, false},
    {"gli", Mod::dative, false},
    {"own", Mod::own, true},
    {"full", Mod::full, false},
    {"d", Mod::digits, false},
    {"himself", Mod::himself, false},
};

Node::Kind kind_of_letter(char letter) {
  if (letter >= 'A' && letter <= 'F') return Node::Kind::person;
  if (letter == 'o' || letter == 'q' || letter == 'k') return Node::Kind::thing;
  if (letter == 'p' || letter == 'r') return Node::Kind::place;
  if (letter == 'n' || letter == 'm' || letter == 't') return Node::Kind::number;
  return Node::Kind::word_register;
}

}  // namespace

Grammar::Grammar(Language language, std::span<const std::string_view> sources) : language_(language) {
  std::vector<std::pair<int, std::string_view>> templates;
  for (const std::string_view source : sources) read(source, templates);
  for (const auto& [number, text] : templates) {
    Rule& rule = rules_[static_cast<size_t>(number)];
    rule.templates.push_back(parse(text));
    rule.compound.push_back(text.find(" and ") != text.npos || text.find(" e ") != text.npos ||
                            text.find_first_of(".,\"") != text.npos);
  }
  for (const std::string& tail : tail_texts_) tails_.push_back(parse(tail));
  for (WordList& list : lists_) list.finish();
}

int Grammar::number_of(Numbers& numbers, std::string_view name, size_t size) {
  return numbers.try_emplace(std::string(name), static_cast<int>(size)).first->second;
}

void Grammar::read(std::string_view source, std::vector<std::pair<int, std::string_view>>& templates) {
  std::string_view kind;
  int number = -1;
  while (!source.empty()) {
    std::string_view line = next_part(source, '\n');
    if (trimmed(line).empty()) continue;
    if (line[0] != ' ') {  // "class name: …"
      const std::string_view heading = next_part(line, ':');
      const size_t space = heading.find(' ');
      kind = heading.substr(0, space);
      const std::string_view name = heading.substr(space + 1);
      if (kind == "rule") {
        number = number_of(rule_numbers_, name, rules_.size());
        if (static_cast<size_t>(number) == rules_.size()) rules_.emplace_back().name = name;
      } else {
        number = number_of(list_numbers_, name, lists_.size());
        if (static_cast<size_t>(number) == lists_.size()) lists_.emplace_back();
      }
    }
    line = trimmed(line);
    if (line.empty()) continue;
    if (kind == "rule")
      templates.emplace_back(number, line);
    else
      read_words(kind, number, line);
  }
}

void Grammar::read_words(std::string_view kind, int list, std::string_view line) {
  while (!line.empty()) {
    const std::string_view entry = trimmed(next_part(line, ','));
    if (entry.empty()) continue;
    Word word;
    const bool known = language_ == Language::english ? make_english_word(kind, entry, word)
                                                      : make_italian_word(kind, entry, word);
    require(known, ErrorCode::invalid, "corpus grammar: '{}' is not a class of words", kind);
    if (!word.tail.empty()) {
      word.tail_template = static_cast<int>(tail_texts_.size());
      tail_texts_.push_back(word.tail);
    }
    lists_[static_cast<size_t>(list)].add(std::move(word));
  }
}

const Rule& Grammar::rule(std::string_view name) const {
  const auto found = rule_numbers_.find(name);
  require(found != rule_numbers_.end(), ErrorCode::invalid, "corpus grammar: no rule '{}'", name);
  return rules_[static_cast<size_t>(found->second)];
}

const WordList& Grammar::list(std::string_view name) const {
  const auto found = list_numbers_.find(name);
  require(found != list_numbers_.end(), ErrorCode::invalid, "corpus grammar: no list '{}'", name);
  return lists_[static_cast<size_t>(found->second)];
}

Template Grammar::parse(std::string_view text) const {
  size_t at = 0;
  Template nodes = parse_until(text, at, false);
  require(at == text.size(), ErrorCode::invalid, "corpus grammar: stray bracket in '{}'", text);
  return nodes;
}

Template Grammar::parse_until(std::string_view text, size_t& at, bool in_choice) const {
  Template nodes;
  const auto literal = [&](std::string_view piece) {
    if (piece.empty()) return;
    Node node;
    node.text = piece;
    nodes.push_back(std::move(node));
  };
  while (at < text.size()) {
    const size_t stop = std::min(text.find_first_of(in_choice ? "{[|]" : "{[", at), text.size());
    literal(text.substr(at, stop - at));
    at = stop;
    if (at == text.size() || text[at] == '|' || text[at] == ']') break;
    if (text[at] == '{') {
      const size_t close = text.find('}', at);
      require(close != std::string_view::npos, ErrorCode::invalid, "corpus grammar: open slot in '{}'", text);
      nodes.push_back(parse_slot(text.substr(at + 1, close - at - 1)));
      at = close + 1;
      continue;
    }
    Node choice;
    choice.kind = Node::Kind::choice;
    do {
      choice.choices.push_back(parse_until(text, ++at, true));
    } while (at < text.size() && text[at] == '|');
    require(at < text.size(), ErrorCode::invalid, "corpus grammar: open choice in '{}'", text);
    ++at;
    nodes.push_back(std::move(choice));
  }
  return nodes;
}

Node Grammar::parse_slot(std::string_view slot) const {
  const std::string_view whole = slot;
  Node node;
  if (slot == "an") {
    node.kind = Node::Kind::article;
    return node;
  }
  if (slot.size() > 2 && slot[slot.size() - 2] == ':') {
    node.remember = slot.back();
    slot.remove_suffix(2);
  }
  const std::string_view name = next_part(slot, '.');
  while (!slot.empty()) {
    const std::string_view part = next_part(slot, '.');
    const ModName* found = nullptr;
    for (const ModName& candidate : kMods) found = candidate.name == part ? &candidate : found;
    require(found != nullptr, ErrorCode::invalid, "corpus grammar: '{}' in {{{}}} is no form", part, whole);
    (found->determiner ? node.determiner : node.form) = found->mod;
  }
  if (name.size() == 1) {
    node.kind = kind_of_letter(name[0]);
    node.slot = name[0];
  } else if (const auto list = list_numbers_.find(name); list != list_numbers_.end()) {
    node.kind = Node::Kind::list;
    node.target = list->second;
  } else {
    const auto rule = rule_numbers_.find(name);
    require(rule != rule_numbers_.end(), ErrorCode::invalid, "corpus grammar: nothing is called '{}'", name);
    node.kind = Node::Kind::rule;
    node.target = rule->second;
  }
  return node;
}

}  // namespace bantam::corpus
