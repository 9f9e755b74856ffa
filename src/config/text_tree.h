#pragma once
// The syntax of protobuf text format, without a schema: fields, values and their
// positions. protobuf's own parser stops at the first wrong value, repeated field or
// unknown enum name; a tree allows all of them to be reported. The tokens come from
// protobuf's Tokenizer; the grammar is
// https://protobuf.dev/reference/protobuf/textformat-spec without extensions.

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace lockstep {

struct TextPosition {
  int line = 1;  // both count from 1
  int column = 1;
};

struct TextField;

struct TextValue {
  enum class Kind { unread, message, string, integer, decimal, word };

  Kind kind = Kind::unread;  // remains after a syntax error
  TextPosition position;
  bool negative = false;          // preceded by a minus sign
  std::string text;               // a string's content, or the token as written
  std::vector<TextField> fields;  // the fields of a message
};

struct TextField {
  std::string name;
  TextPosition position;
  bool list = false;              // written as [a, b]
  std::vector<TextValue> values;  // exactly one unless a list
};

struct TextSyntaxError {
  TextPosition position;
  std::string message;
};

// The fields read before the first syntax error.
struct TextTree {
  std::vector<TextField> fields;
  std::optional<TextSyntaxError> error;
};
TextTree parse_text_tree(std::string_view text);

// The same for a single value, as in an override: 0.1, RELU, "a b", {units: 3}.
struct TextValueResult {
  TextValue value;
  std::optional<TextSyntaxError> error;
};
TextValueResult parse_text_value(std::string_view text);

}  // namespace lockstep
