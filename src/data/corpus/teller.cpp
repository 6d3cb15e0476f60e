#include "data/corpus/teller.h"

#include <utility>

#include "base/error.h"

namespace bantam::corpus {
namespace {

template <class T>
T& present(T* part, char letter) {
  require(part != nullptr, ErrorCode::invalid,
          "corpus grammar: a rule speaks of {{{}}}, which its plot does not give", letter);
  return *part;
}

Person* person_of(const Cast& cast, char letter) {
  switch (letter) {
    case 'A':
      return cast.A;
    case 'B':
      return cast.B;
    case 'C':
      return cast.C;
    default:
      return cast.D;
  }
}

int register_of(char letter) { return letter & 7; }  // v, w, x, y, z: 6, 7, 0, 1, 2

}  // namespace

void Teller::Mentions::add(const Person* person) {
  for (const Person*& slot : people) {
    if (slot == person) return;
    if (slot == nullptr) {
      slot = person;
      return;
    }
  }
}

bool Teller::Mentions::has(const Person* person) const {
  for (const Person* slot : people)
    if (slot == person) return true;
  return false;
}

void Teller::end_sentence() {
  if (open_subject_) out_.append(".");
  open_subject_ = nullptr;
  clauses_ = 0;
}

void Teller::begin_sentence() {
  end_sentence();
  before_ = std::exchange(now_, {});
  things_before_ = std::exchange(things_now_, {});
  if (!out_.text().empty() && out_.text().back() != '\n') out_.append(" ");
  out_.capitalise_next();
}

void Teller::say(std::string_view rule, const Cast& cast) {
  begin_sentence();
  lead_ = {};
  render(grammar_.rule(rule), cast);
}

void Teller::act(std::string_view rule_name, const Cast& cast) {
  const bool english = grammar_.language() == Language::english;
  const Rule& rule = grammar_.rule(rule_name);
  Person& subject = present(cast.A, 'A');
  const size_t choice = dice_.below(rule.templates.size());
  const bool compound = rule.compound[choice];
  if (open_subject_ == &subject && lead_.empty() && clauses_ == 1 && !compound && dice_.chance(55)) {
    out_.append(dice_.chance(75) ? (english ? " and " : " e ") : (english ? " and then " : " e poi "));
    out_.set_noun(subject.gender, false);  // what follows agrees with the subject
  } else {
    begin_sentence();
    if (!lead_.empty()) {
      render(grammar_.rule(std::exchange(lead_, {})), cast);
      out_.append(english && dice_.chance(70) ? ", " : " ");
    }
    Node node;
    node.kind = Node::Kind::person;
    const size_t length = out_.text().size();
    render_person(node, subject);
    if (out_.text().size() != length) out_.append(" ");
    open_subject_ = &subject;
  }
  clauses_ += compound ? 2 : 1;
  Registers registers = {};
  fill(registers, cast);
  render(rule.templates[choice], cast, registers);
}

void Teller::paragraph() {
  end_sentence();
  if (out_.text().empty() || out_.text().back() == '\n') return;
  out_.append("\n");
  before_ = now_ = {};
}

std::string Teller::phrase(std::string_view rule, const Cast& cast) {
  Teller other(grammar_, dice_);
  other.render(grammar_.rule(rule), cast);
  return other.out_.take();
}

std::string Teller::finish() {
  end_sentence();
  return out_.take();
}

void Teller::fill(Registers& registers, const Cast& cast) {
  registers[register_of('x')] = cast.x;
  registers[register_of('y')] = cast.y;
  registers[register_of('z')] = cast.z;
}

void Teller::render(const Rule& rule, const Cast& cast) {
  Registers registers = {};
  fill(registers, cast);
  render(dice_.pick(std::span<const Template>(rule.templates)), cast, registers);
}

void Teller::render(const Template& nodes, const Cast& cast, Registers& registers) {
  for (const Node& node : nodes) {
    switch (node.kind) {
      case Node::Kind::text: {
        // A subject that Italian leaves out takes its space along.
        const bool doubled = node.text.front() == ' ' && (out_.ends_with(" ") || out_.text().empty());
        out_.append(doubled ? std::string_view(node.text).substr(1) : std::string_view(node.text));
        break;
      }
      case Node::Kind::choice:
        render(dice_.pick(std::span<const Template>(node.choices)), cast, registers);
        break;
      case Node::Kind::article:
        out_.indefinite_article();
        break;
      case Node::Kind::list: {
        const Word& word = grammar_.list(node.target).draw(dice_);
        if (node.remember) registers[register_of(node.remember)] = &word;
        render_word(node, word, cast, registers);
        break;
      }
      case Node::Kind::word_register:
        render_word(node, present(registers[register_of(node.slot)], node.slot), cast, registers);
        break;
      case Node::Kind::rule:
        render(dice_.pick(std::span<const Template>(grammar_.rule(node.target).templates)), cast, registers);
        break;
      case Node::Kind::person:
        render_person(node, present(person_of(cast, node.slot), node.slot));
        break;
      case Node::Kind::thing:
        render_thing(node,
                     present(node.slot == 'o'   ? cast.o
                             : node.slot == 'q' ? cast.q
                                                : cast.k,
                             node.slot),
                     cast);
        break;
      case Node::Kind::place:
        voice_.place(out_, present(node.slot == 'p' ? cast.p : cast.r, node.slot), node.form,
                     node.determiner);
        break;
      case Node::Kind::number: {
        const int value = node.slot == 'n' ? cast.n : node.slot == 'm' ? cast.m : cast.t;
        out_.append(node.form == Mod::digits ? std::to_string(value) : voice_.number(value));
        break;
      }
    }
  }
}

void Teller::render_word(const Node& node, const Word& word, const Cast& cast, Registers& registers) {
  voice_.word(out_, word, node.form, node.determiner);
  if (word.tail_template >= 0) render(grammar_.tail(word), cast, registers);
}

bool Teller::pronoun_is_clear(const Person& person, bool subject) const {
  if (pronouns_in_a_row_ >= 2 && subject) return false;
  const bool known = subject
                         ? now_.subject == &person || (now_.subject == nullptr && before_.subject == &person)
                         : now_.subject != &person && before_.has(&person);
  if (!known) return false;
  if (subject && grammar_.language() == Language::italian && (now_.rival || before_.rival)) return false;
  for (const Mentions* mentions : {&now_, &before_})
    for (const Person* other : mentions->people)
      if (other && other != &person && other->gender == person.gender) return false;
  return true;
}

void Teller::render_person(const Node& node, Person& person) {
  const bool subject = node.form == Mod::none && node.determiner == Mod::none;
  Reference reference;
  reference.subject = subject;
  if (subject) {
    reference.pronoun_is_clear = pronoun_is_clear(person, true);
    pronouns_in_a_row_ = reference.pronoun_is_clear ? pronouns_in_a_row_ + 1 : 0;
  } else if (node.form == Mod::him) {
    reference.pronoun_is_clear = pronoun_is_clear(person, false) && dice_.chance(60);
  }
  voice_.person(out_, person, node.form, node.determiner, reference);
  now_.add(&person);
  now_.rival |= node.form == Mod::name && now_.subject != nullptr && now_.subject != &person;
  if (subject && now_.subject == nullptr) now_.subject = &person;
}

void Teller::render_thing(const Node& node, Thing& thing, const Cast& cast) {
  Mod determiner = node.determiner;
  const bool smart = node.determiner == Mod::none && node.form == Mod::none;
  const bool bare = node.form != Mod::none && node.form != Mod::full;  // a form without its adjectives
  const Thing* last = things_now_.last ? things_now_.last : things_before_.last;
  const bool clear = last == &thing && !things_now_.several && !things_before_.several;
  const bool pronoun = smart && thing.told && clear && dice_.chance(65);
  if (smart) determiner = thing.told ? Mod::the : Mod::a;
  const bool qualified = node.form == Mod::full || (determiner == Mod::a && !bare);
  voice_.thing(out_, thing, node.form, determiner, qualified, cast.A, pronoun);
  if (!bare) thing.told = true;
  things_now_.several |= things_now_.last != nullptr && things_now_.last != &thing;
  things_now_.last = &thing;
}

}  // namespace bantam::corpus
