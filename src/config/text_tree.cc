#include "config/text_tree.h"

#include <fmt/format.h>
#include <google/protobuf/io/tokenizer.h>
#include <google/protobuf/io/zero_copy_stream_impl_lite.h>

#include "base/text_encoding.h"

namespace lockstep {
namespace {

namespace io = google::protobuf::io;

// Far above the needs of any schema, far below the limits of the stack.
constexpr int kDeepestNesting = 32;

// Keeps the first lexical error; the tokens after it cannot be trusted.
class FirstLexicalError : public io::ErrorCollector {
 public:
  void AddError(int line, io::ColumnNumber column, const std::string& message) override {
    if (error) return;
    const bool foreign = message.find("non ascii") != std::string::npos;
    error =
        TextSyntaxError{{line + 1, column + 1},
                        foreign ? "a character that is not ASCII outside of quotes and comments; "
                                  "are quotes straight, as in \"text\"?"
                                : message};
  }

  std::optional<TextSyntaxError> error;
};

// Recursive descent. Results are built in place, so that everything read before a syntax
// error remains. (The error is thrown as TextSyntaxError, which never leaves this file.)
class Parser {
 public:
  explicit Parser(std::string_view whole)
      : text_(without_byte_order_mark(whole)),
        stream_(text_.data(), static_cast<int>(text_.size())),
        tokenizer_(&stream_, &lexical_) {
    tokenizer_.set_comment_style(io::Tokenizer::SH_COMMENT_STYLE);
    tokenizer_.set_allow_f_after_float(true);
  }

  void parse_file(std::vector<TextField>& fields) {
    advance();
    while (!at(io::Tokenizer::TYPE_END)) {
      if (!at(io::Tokenizer::TYPE_IDENTIFIER)) fail("a field name");
      parse_field(fields.emplace_back());
    }
  }

  void parse_lone_value(TextValue& value) {
    advance();
    parse_value(value);
    if (!at(io::Tokenizer::TYPE_END)) fail("the end of the value");
  }

 private:
  void parse_field(TextField& field) {
    field.position = position();
    if (!at(io::Tokenizer::TYPE_IDENTIFIER)) fail("a field name");
    field.name = token();
    advance();
    const bool colon = take(":");
    if (!colon && token() != "{" && token() != "<" && token() != "[") {
      fail(fmt::format("\":\" or \"{{\" after {}", field.name));
    }
    if (take("[")) {
      field.list = true;
      if (!take("]")) {
        do parse_value(field.values.emplace_back());
        while (take(","));
        expect("]", "\",\" or \"]\"");
      }
    } else {
      parse_value(field.values.emplace_back());
    }
    if (!take(",")) take(";");
  }

  void parse_value(TextValue& value) {
    value.position = position();
    if (token() == "{" || token() == "<") return parse_message(value);
    if (at(io::Tokenizer::TYPE_STRING)) {
      value.kind = TextValue::Kind::string;
      for (; at(io::Tokenizer::TYPE_STRING); advance()) {
        io::Tokenizer::ParseStringAppend(token(), &value.text);
      }
      return;
    }
    value.negative = take("-");
    if (at(io::Tokenizer::TYPE_INTEGER)) {
      value.kind = TextValue::Kind::integer;
    } else if (at(io::Tokenizer::TYPE_FLOAT)) {
      value.kind = TextValue::Kind::decimal;
    } else if (at(io::Tokenizer::TYPE_IDENTIFIER)) {
      value.kind = TextValue::Kind::word;
    } else {
      fail("a value");
    }
    value.text = token();
    advance();
  }

  void parse_message(TextValue& value) {
    value.kind = TextValue::Kind::message;
    if (++depth_ > kDeepestNesting) {
      throw TextSyntaxError{position(),
                            fmt::format("messages are nested deeper than {}", kDeepestNesting)};
    }
    const std::string end = token() == "{" ? "}" : ">";
    const int opened_on_line = value.position.line;
    advance();
    while (token() != end) {
      if (!at(io::Tokenizer::TYPE_IDENTIFIER)) {
        fail(fmt::format("a field name or the \"{}\" of line {}", end, opened_on_line));
      }
      parse_field(value.fields.emplace_back());
    }
    advance();
    --depth_;
  }

  [[nodiscard]] const std::string& token() { return tokenizer_.current().text; }
  [[nodiscard]] bool at(io::Tokenizer::TokenType type) { return tokenizer_.current().type == type; }
  [[nodiscard]] TextPosition position() {
    return {tokenizer_.current().line + 1, tokenizer_.current().column + 1};
  }

  void advance() {
    tokenizer_.Next();
    if (lexical_.error) throw *lexical_.error;
  }

  bool take(std::string_view symbol) {
    if (!at(io::Tokenizer::TYPE_SYMBOL) || token() != symbol) return false;
    advance();
    return true;
  }

  void expect(std::string_view symbol, std::string_view description) {
    if (!take(symbol)) fail(description);
  }

  [[noreturn]] void fail(std::string_view expected) {
    const std::string found =
        at(io::Tokenizer::TYPE_END) ? "the end of the text" : fmt::format("\"{}\"", token());
    throw TextSyntaxError{position(), fmt::format("expected {}, found {}", expected, found)};
  }

  FirstLexicalError lexical_;
  std::string_view text_;
  io::ArrayInputStream stream_;
  io::Tokenizer tokenizer_;
  int depth_ = 0;
};

}  // namespace

TextTree parse_text_tree(std::string_view text) {
  TextTree tree;
  if (is_utf16(text)) {
    tree.error = TextSyntaxError{{}, fmt::format("the file {}", kIsUtf16)};
    return tree;
  }
  if (text.find('\0') != std::string_view::npos) {
    tree.error = TextSyntaxError{{}, "the file has bytes 00, so it is not text in UTF-8"};
    return tree;
  }
  try {
    Parser(text).parse_file(tree.fields);
  } catch (const TextSyntaxError& error) {
    tree.error = error;
  }
  return tree;
}

TextValueResult parse_text_value(std::string_view text) {
  TextValueResult result;
  try {
    Parser(text).parse_lone_value(result.value);
  } catch (const TextSyntaxError& error) {
    result.error = error;
  }
  return result;
}

}  // namespace lockstep
