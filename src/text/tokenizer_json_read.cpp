#include <nlohmann/json.hpp>
#include <unordered_map>

#include "base/error.h"
#include "base/json.h"
#include "text/tokenizer_json.h"

namespace bantam {
namespace {

// A value with the path that led to it, for messages.
struct Node {
  const Json* value;
  std::string path;  // "tokenizer.json: model.vocab"

  bool is_null() const { return value->is_null(); }
  bool is_object() const { return value->is_object(); }

  // The member, or null where it is absent.
  Node at(const char* key) const {
    static const Json kNull;
    require(value->is_object(), ErrorCode::corrupt, "{}: is {}; want an object", path, value->type_name());
    const auto found = value->find(key);
    return {found == value->end() ? &kNull : &*found, path + (path.ends_with(": ") ? "" : ".") + key};
  }
  Node element(size_t index) const { return {&(*value)[index], fmt::format("{}[{}]", path, index)}; }

  const std::string& text() const {
    require(value->is_string(), ErrorCode::corrupt, "{}: is {}; want a string", path, value->type_name());
    return value->get_ref<const std::string&>();
  }
  bool flag(bool otherwise) const {
    if (is_null()) return otherwise;
    require(value->is_boolean(), ErrorCode::corrupt, "{}: is {}; want true or false", path,
            value->type_name());
    return value->get<bool>();
  }
  const Json::array_t& list() const {
    require(value->is_array(), ErrorCode::corrupt, "{}: is {}; want an array", path, value->type_name());
    return value->get_ref<const Json::array_t&>();
  }
  TokenId id() const { return id_of(*value, path); }
  static TokenId id_of(const Json& number, std::string_view path) {
    require(number.is_number_unsigned() && number.get<uint64_t>() < kVocabularyLimit, ErrorCode::corrupt,
            "{}: the id is {}; want a whole number from 0 to {}", path, number.dump(), kVocabularyLimit - 1);
    return static_cast<TokenId>(number.get<uint64_t>());
  }
  std::string type() const { return at("type").text(); }
  [[noreturn]] void refuse(std::string_view wanted) const {
    std::string is = value->dump();
    if (is.size() > 300) is = is.substr(0, 300) + "…";
    fail(ErrorCode::unsupported, "{}: is {}; want {}", path, is, wanted);
  }
};

// The parts of a "Sequence" (under `list_key`), or the node itself; none for null.
std::vector<Node> parts(const Node& node, const char* list_key) {
  std::vector<Node> out;
  if (node.is_null()) return out;
  if (node.type() != "Sequence") return {node};
  const Node list = node.at(list_key);
  for (size_t i = 0; i < list.list().size(); ++i) out.push_back(list.element(i));
  return out;
}

std::vector<std::string> read_vocab(const Node& node) {
  require(node.is_object(), ErrorCode::corrupt, "{}: is {}; want an object of token: id", node.path,
          node.value->type_name());
  const auto& members = node.value->get_ref<const Json::object_t&>();
  require(!members.empty() && members.size() <= kVocabularyLimit, ErrorCode::corrupt,
          "{}: has {} tokens; want 1 to {}", node.path, members.size(), kVocabularyLimit);
  std::vector<std::string> vocab(members.size());
  std::vector<bool> taken(members.size());
  for (const auto& [token, number] : members) {
    const auto id = static_cast<size_t>(Node::id_of(number, node.path));
    require(!token.empty(), ErrorCode::corrupt, "{}: id {} is the empty token; want at least one byte",
            node.path, id);
    require(id < vocab.size(), ErrorCode::corrupt,
            "{}: \"{}\" has id {} among {} tokens; want ids without holes or repetitions", node.path, token,
            id, vocab.size());
    require(!taken[id], ErrorCode::corrupt, "{}: id {} belongs to \"{}\" and to \"{}\"; want one token an id",
            node.path, id, vocab[id], token);
    taken[id] = true;
    vocab[id] = token;
  }
  return vocab;
}

std::vector<std::pair<TokenId, TokenId>> read_merges(const Node& node,
                                                     const std::vector<std::string>& vocab) {
  std::unordered_map<std::string_view, TokenId> ids;
  ids.reserve(vocab.size());
  for (size_t id = 0; id < vocab.size(); ++id) ids.emplace(vocab[id], static_cast<TokenId>(id));
  std::vector<std::pair<TokenId, TokenId>> merges;
  merges.reserve(node.list().size());
  const auto known = [&](std::string_view token) {
    const auto found = ids.find(token);
    require(found != ids.end(), ErrorCode::corrupt, "{}[{}]: \"{}\" is not in the vocabulary", node.path,
            merges.size(), token);
    return found->second;
  };
  for (const Json& merge : node.list()) {
    if (merge.is_string()) {
      const std::string_view pair = merge.get_ref<const std::string&>();
      const size_t space = pair.find(' ');
      require(space != std::string_view::npos && pair.find(' ', space + 1) == std::string_view::npos,
              ErrorCode::corrupt, "{}[{}]: is \"{}\"; want two tokens with a space between", node.path,
              merges.size(), pair);
      merges.emplace_back(known(pair.substr(0, space)), known(pair.substr(space + 1)));
    } else {
      require(merge.is_array() && merge.size() == 2 && merge[0].is_string() && merge[1].is_string(),
              ErrorCode::corrupt, "{}[{}]: is {}; want two tokens", node.path, merges.size(),
              merge.type_name());
      merges.emplace_back(known(merge[0].get_ref<const std::string&>()),
                          known(merge[1].get_ref<const std::string&>()));
    }
  }
  return merges;
}

void read_model(const Node& model, TokenizerDefinition& definition) {
  if (const Node type = model.at("type"); !type.is_null() && type.text() != "BPE")
    fail(ErrorCode::unsupported, "{}: is \"{}\"; want \"BPE\", byte-level", type.path, type.text());
  const Node dropout = model.at("dropout");
  if (!dropout.is_null() && !(dropout.value->is_number() && dropout.value->get<double>() == 0))
    dropout.refuse("null: random merges are not done");
  for (const char* key : {"continuing_subword_prefix", "end_of_word_suffix"})
    if (const Node affix = model.at(key); !affix.is_null() && !affix.text().empty())
      affix.refuse("null: byte-level BPE has no affixes");
  definition.ignore_merges = model.at("ignore_merges").flag(false);
  definition.vocab = read_vocab(model.at("vocab"));
  definition.merges = read_merges(model.at("merges"), definition.vocab);
}

void read_normalizer(const Node& node, TokenizerDefinition& definition) {
  for (const Node& part : parts(node, "normalizers")) {
    if (part.type() != "NFC") part.refuse("NFC or nothing");
    definition.nfc = true;
  }
}

Split read_split(const Node& node) {
  const Node pattern = node.at("pattern").at("Regex");
  if (pattern.is_null()) node.refuse("a \"Regex\" pattern");
  const std::string behavior = node.at("behavior").text();
  if (!(behavior == "Isolated" && !node.at("invert").flag(false)) &&
      !(behavior == "Removed" && node.at("invert").flag(false)))
    node.refuse("\"Isolated\" pieces");
  const std::optional<Split> split = split_of_pattern(pattern.text());
  if (!split) {
    std::string names;
    for (const std::string_view name : split_names())
      names += (names.empty() ? "" : ", ") + std::string(name);
    fail(ErrorCode::unsupported, "{}: the pattern {} is none of the known ones; want that of {}",
         pattern.path, pattern.text(), names);
  }
  return *split;
}

void read_pre_tokenizer(const Node& node, TokenizerDefinition& definition) {
  constexpr auto kWanted = "ByteLevel alone, after Digits, or after a Split with a known pattern";
  const std::vector<Node> steps = parts(node, "pretokenizers");
  if (steps.empty() || steps.size() > 2 || steps.back().type() != "ByteLevel") node.refuse(kWanted);
  const Node& byte_level = steps.back();
  definition.add_prefix_space = byte_level.at("add_prefix_space").flag(true);
  bool own_split = byte_level.at("use_regex").flag(true);
  if (steps.size() == 2) {
    const std::string first = steps[0].type();
    if (first == "Split") {
      if (own_split) byte_level.refuse("use_regex false behind a Split");
      definition.split = read_split(steps[0]);
      own_split = true;
    } else if (first == "Digits" && steps[0].at("individual_digits").flag(false)) {
      definition.individual_digits = true;
    } else {
      steps[0].refuse(kWanted);
    }
    if (definition.add_prefix_space) byte_level.refuse("add_prefix_space false in a Sequence");
  }
  if (!own_split) byte_level.refuse("use_regex true, or a Split before it");
}

void read_added_tokens(const Node& node, TokenizerDefinition& definition) {
  if (node.is_null()) return;
  for (size_t i = 0; i < node.list().size(); ++i) {
    const Node item = node.element(i);
    AddedToken token;
    token.id = item.at("id").id();
    token.content = item.at("content").text();
    token.special = item.at("special").flag(false);
    token.single_word = item.at("single_word").flag(false);
    token.lstrip = item.at("lstrip").flag(false);
    token.rstrip = item.at("rstrip").flag(false);
    token.normalized = item.at("normalized").flag(!token.special);
    definition.added.push_back(std::move(token));
  }
}

void read_template(const Node& node, TokenizerDefinition& definition) {
  const Node single = node.at("single");
  size_t texts = 0;
  for (size_t i = 0; i < single.list().size(); ++i) {
    const Node piece = single.element(i);
    if (!piece.at("Sequence").is_null()) {
      ++texts;
      continue;
    }
    const Node token =
        node.at("special_tokens").at(piece.at("SpecialToken").at("id").text().c_str()).at("ids");
    for (size_t k = 0; k < token.list().size(); ++k)
      (texts == 0 ? definition.prefix : definition.suffix).push_back(token.element(k).id());
  }
  if (texts != 1) single.refuse("one \"Sequence\" with special tokens around it");
}

void read_post_processor(const Node& node, TokenizerDefinition& definition) {
  size_t templates = 0;
  for (const Node& part : parts(node, "processors")) {
    if (part.type() == "TemplateProcessing" && ++templates == 1)
      read_template(part, definition);
    else if (part.type() != "ByteLevel")  // which only moves offsets
      part.refuse("ByteLevel, or TemplateProcessing once");
  }
}

void check_template(const TokenizerDefinition& definition, std::string_view where) {
  size_t size = definition.vocab.size();
  for (const AddedToken& token : definition.added) size = std::max(size, static_cast<size_t>(token.id) + 1);
  for (const auto* ids : {&definition.prefix, &definition.suffix})
    for (const TokenId id : *ids)
      require(static_cast<size_t>(id) < size, ErrorCode::corrupt,
              "{}: post_processor puts in id {}, but the vocabulary has {} tokens", where, id, size);
}

}  // namespace

TokenizerDefinition definition_from_json(std::string_view json, std::string_view where) {
  const Json value = parse_json(json, where);
  const Node root{&value, std::string(where) + ": "};
  for (const char* key : {"truncation", "padding"})
    if (const Node node = root.at(key); !node.is_null()) node.refuse("null: encoding neither cuts nor pads");
  TokenizerDefinition definition;
  read_model(root.at("model"), definition);
  read_normalizer(root.at("normalizer"), definition);
  read_pre_tokenizer(root.at("pre_tokenizer"), definition);
  read_added_tokens(root.at("added_tokens"), definition);
  read_post_processor(root.at("post_processor"), definition);
  const Node decoder = root.at("decoder");
  const std::vector<Node> decoders = parts(decoder, "decoders");
  if (decoders.size() != 1 || decoders[0].type() != "ByteLevel") decoder.refuse("ByteLevel");
  check_template(definition, where);
  return definition;
}

}  // namespace bantam
