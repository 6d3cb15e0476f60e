// Italian morphology: gender, plurals, agreement, the parts of verbs.
#include <algorithm>
#include <map>

#include "data/corpus/words.h"

namespace bantam::corpus {
namespace {

bool ends_with_any(std::string_view word, std::initializer_list<std::string_view> endings) {
  return std::any_of(endings.begin(), endings.end(), [&](std::string_view e) { return word.ends_with(e); });
}
std::string replace_end(std::string_view word, size_t cut, std::string_view ending) {
  return std::string(word.substr(0, word.size() - cut)) += ending;
}

std::string noun_plural(std::string_view noun, Gender gender) {
  if (ends_with_any(noun, {"à", "ò", "ù", "é", "è", "ì"})) return std::string(noun);
  if (ends_with_any(noun, {"co", "go"}) && gender == Gender::masculine) return replace_end(noun, 1, "hi");
  if (ends_with_any(noun, {"ca", "ga"}))
    return replace_end(noun, 1, gender == Gender::feminine ? "he" : "hi");
  if (ends_with_any(noun, {"cia", "gia"})) {
    const char before = noun.size() > 3 ? noun[noun.size() - 4] : 'a';
    const bool vowel = std::string_view("aeiou").find(before) != std::string_view::npos;
    return vowel ? replace_end(noun, 1, "e") : replace_end(noun, 2, "e");
  }
  if (noun.ends_with("io")) return replace_end(noun, 1, "");
  if (noun.ends_with('o') || noun.ends_with('e')) return replace_end(noun, 1, "i");
  if (noun.ends_with('a')) return replace_end(noun, 1, gender == Gender::feminine ? "e" : "i");
  return std::string(noun);
}

// Only the first word changes: "scatola di legno", "matita rossa" is written as an adjective instead.
void decline_noun(std::string_view entry, Word& word) {
  const size_t slash = entry.find('/');
  std::string_view singular = entry.substr(0, slash);
  bool marked = false;
  if (singular.ends_with(" m") || singular.ends_with(" f")) {
    word.gender = singular.back() == 'f' ? Gender::feminine : Gender::masculine;
    singular.remove_suffix(2);
    marked = true;
  }
  const size_t space = singular.find(' ');
  const std::string_view head = singular.substr(0, space);
  if (!marked)
    word.gender = head.ends_with('a') || head.ends_with("à") ? Gender::feminine : Gender::masculine;
  word[Form::base] = singular;
  word.mass = slash != std::string_view::npos && slash + 1 == entry.size();
  if (word.mass) return;
  if (slash != std::string_view::npos) {
    word[Form::plural] = entry.substr(slash + 1);
  } else {
    word[Form::plural] = noun_plural(head, word.gender);
    if (space != std::string_view::npos) word[Form::plural] += singular.substr(space);
  }
}

void decline_adjective(std::string_view entry, Word& word) {
  if (entry.starts_with('^')) {
    word.before_noun = true;
    entry.remove_prefix(1);
  }
  const size_t slash = entry.find('/');
  if (const size_t space = entry.find(' ');
      slash == std::string_view::npos && space != std::string_view::npos) {
    decline_adjective(entry.substr(0, space), word);  // "fatto a mano"
    for (const Form form : {Form::base, Form::plural, Form::feminine, Form::feminines})
      word[form] += entry.substr(space);
    return;
  }
  const std::string_view base = entry.substr(0, slash);
  word[Form::base] = word[Form::feminine] = base;
  if (slash != std::string_view::npos &&
      slash + 1 == entry.size()) {  // a lone slash: does not change ("blu/")
    word[Form::plural] = word[Form::feminines] = base;
  } else if (base.ends_with('o')) {
    word[Form::feminine] = replace_end(base, 1, "a");
    word[Form::feminines] = noun_plural(word[Form::feminine], Gender::feminine);
    word[Form::plural] = slash == std::string_view::npos ? noun_plural(base, Gender::masculine)
                                                         : std::string(entry.substr(slash + 1));
  } else if (base.ends_with("tore")) {  // sognatore, sognatrice
    word[Form::plural] = replace_end(base, 1, "i");
    word[Form::feminine] = replace_end(base, 4, "trice");
    word[Form::feminines] = replace_end(base, 4, "trici");
  } else if (ends_with_any(base, {"lone", "erone"})) {  // brontolone, brontolona
    word[Form::plural] = replace_end(base, 1, "i");
    word[Form::feminine] = replace_end(base, 1, "a");
    word[Form::feminines] = std::string(base);
  } else if (base.ends_with('e')) {
    word[Form::plural] = word[Form::feminines] = replace_end(base, 1, "i");
  } else {  // -ista and the like
    word[Form::plural] = replace_end(base, 1, "i");
    word[Form::feminines] = replace_end(base, 1, "e");
  }
}

struct VerbParts {
  std::string_view past, gerund, present, participle, imperfect;
};

const std::map<std::string_view, VerbParts>& irregular_verbs() {
  static const std::map<std::string_view, VerbParts> verbs = {
      {"accendere", {"accese", "accendendo", "accende", "acceso", "accendeva"}},
      {"andare", {"andò", "andando", "va", "andato", "andava"}},
      {"appendere", {"appese", "appendendo", "appende", "appeso", "appendeva"}},
      {"aprire", {"aprì", "aprendo", "apre", "aperto", "apriva"}},
      {"bere", {"bevve", "bevendo", "beve", "bevuto", "beveva"}},
      {"chiudere", {"chiuse", "chiudendo", "chiude", "chiuso", "chiudeva"}},
      {"cogliere", {"colse", "cogliendo", "coglie", "colto", "coglieva"}},
      {"correggere", {"corresse", "correggendo", "corregge", "corretto", "correggeva"}},
      {"correre", {"corse", "correndo", "corre", "corso", "correva"}},
      {"costruire", {"costruì", "costruendo", "costruisce", "costruito", "costruiva"}},
      {"cucire", {"cucì", "cucendo", "cuce", "cucito", "cuciva"}},
      {"cuocere", {"cosse", "cuocendo", "cuoce", "cotto", "cuoceva"}},
      {"dare", {"diede", "dando", "dà", "dato", "dava"}},
      {"dipingere", {"dipinse", "dipingendo", "dipinge", "dipinto", "dipingeva"}},
      {"dire", {"disse", "dicendo", "dice", "detto", "diceva"}},
      {"fare", {"fece", "facendo", "fa", "fatto", "faceva"}},
      {"friggere", {"frisse", "friggendo", "frigge", "fritto", "friggeva"}},
      {"leggere", {"lesse", "leggendo", "legge", "letto", "leggeva"}},
      {"mettere", {"mise", "mettendo", "mette", "messo", "metteva"}},
      {"mungere", {"munse", "mungendo", "munge", "munto", "mungeva"}},
      {"mordere", {"morse", "mordendo", "morde", "morso", "mordeva"}},
      {"nascondere", {"nascose", "nascondendo", "nasconde", "nascosto", "nascondeva"}},
      {"perdere", {"perse", "perdendo", "perde", "perso", "perdeva"}},
      {"piangere", {"pianse", "piangendo", "piange", "pianto", "piangeva"}},
      {"prendere", {"prese", "prendendo", "prende", "preso", "prendeva"}},
      {"raccogliere", {"raccolse", "raccogliendo", "raccoglie", "raccolto", "raccoglieva"}},
      {"ridere", {"rise", "ridendo", "ride", "riso", "rideva"}},
      {"risolvere", {"risolse", "risolvendo", "risolve", "risolto", "risolveva"}},
      {"rompere", {"ruppe", "rompendo", "rompe", "rotto", "rompeva"}},
      {"scegliere", {"scelse", "scegliendo", "sceglie", "scelto", "sceglieva"}},
      {"scendere", {"scese", "scendendo", "scende", "sceso", "scendeva"}},
      {"scrivere", {"scrisse", "scrivendo", "scrive", "scritto", "scriveva"}},
      {"spegnere", {"spense", "spegnendo", "spegne", "spento", "spegneva"}},
      {"stendere", {"stese", "stendendo", "stende", "steso", "stendeva"}},
      {"tenere", {"tenne", "tenendo", "tiene", "tenuto", "teneva"}},
      {"togliere", {"tolse", "togliendo", "toglie", "tolto", "toglieva"}},
      {"tingere", {"tinse", "tingendo", "tinge", "tinto", "tingeva"}},
      {"vedere", {"vide", "vedendo", "vede", "visto", "vedeva"}},
      {"vendere", {"vendette", "vendendo", "vende", "venduto", "vendeva"}},
      {"venire", {"venne", "venendo", "viene", "venuto", "veniva"}},
      {"vincere", {"vinse", "vincendo", "vince", "vinto", "vinceva"}},
      {"seguire", {"seguì", "seguendo", "segue", "seguito", "seguiva"}},
      {"dormire", {"dormì", "dormendo", "dorme", "dormito", "dormiva"}},
      {"nutrire", {"nutrì", "nutrendo", "nutre", "nutrito", "nutriva"}},
      {"inseguire", {"inseguì", "inseguendo", "insegue", "inseguito", "inseguiva"}},
      {"rifare", {"rifece", "rifacendo", "rifà", "rifatto", "rifaceva"}},
      {"riempire", {"riempì", "riempiendo", "riempie", "riempito", "riempiva"}},
      {"servire", {"servì", "servendo", "serve", "servito", "serviva"}},
  };
  return verbs;
}

void conjugate(std::string_view entry, Word& word) {
  const size_t space = entry.find(' ');
  const std::string_view verb = entry.substr(0, space);
  if (space != std::string_view::npos) word.tail = entry.substr(space);
  word[Form::base] = verb;
  if (const auto found = irregular_verbs().find(verb); found != irregular_verbs().end()) {
    const VerbParts& parts = found->second;
    word[Form::past] = parts.past;
    word[Form::gerund] = parts.gerund;
    word[Form::present] = parts.present;
    word[Form::participle] = parts.participle;
    word[Form::imperfect] = parts.imperfect;
    return;
  }
  const std::string stem(verb.substr(0, verb.size() - 3));
  const char theme = verb[verb.size() - 3];  // a, e or i; a verb in -ire without a row above takes -isc-
  word[Form::past] = stem + (theme == 'a' ? "ò" : theme == 'e' ? "é" : "ì");
  word[Form::gerund] = stem + (theme == 'a' ? "ando" : "endo");
  word[Form::present] = stem + (theme == 'a' ? "a" : theme == 'e' ? "e" : "isce");
  word[Form::participle] = stem + (theme == 'a' ? "ato" : theme == 'e' ? "uto" : "ito");
  word[Form::imperfect] = stem + theme + "va";
}

}  // namespace

bool make_italian_word(std::string_view kind, std::string_view entry, Word& word) {
  if (kind == "verb") {
    conjugate(entry, word);
  } else if (kind == "noun") {
    decline_noun(entry, word);
  } else if (kind == "adj") {
    decline_adjective(entry, word);
  } else if (kind == "pair") {
    const size_t slash = entry.find('/');
    word[Form::base] = entry.substr(0, slash);
    word[Form::feminine] = slash == std::string_view::npos ? entry : entry.substr(slash + 1);
  } else if (kind == "place") {
    const size_t bar = entry.find('|');
    decline_noun(entry.substr(0, bar), word);
    word[Form::where] = entry.substr(bar + 1);
  } else if (kind == "name" || kind == "phrase") {
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
