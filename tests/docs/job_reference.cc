// Writes docs/job-file.md from the schema of job and sweep files: fields, types, defaults,
// comments and ranges.
//   job_reference INTRODUCTION DESCRIPTORS ROOT=TITLE...                prints the page
//   job_reference INTRODUCTION DESCRIPTORS ROOT=TITLE... --check PAGE   compares it with PAGE
// INTRODUCTION is a file with the beginning of the page. DESCRIPTORS is what `protoc
// --include_imports --include_source_info --descriptor_set_out` writes; ROOT is the full name of a
// message, such as lockstep.proto.Job.

#include <algorithm>
#include <cctype>
#include <fstream>
#include <iostream>
#include <map>
#include <set>
#include <sstream>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <google/protobuf/descriptor.h>
#include <google/protobuf/descriptor.pb.h>

#include "config/field_checks.h"
#include "proto/rule.pb.h"

namespace {

using google::protobuf::Descriptor;
using google::protobuf::DescriptorPool;
using google::protobuf::EnumDescriptor;
using google::protobuf::FieldDescriptor;
using google::protobuf::OneofDescriptor;
using google::protobuf::SourceLocation;

// Fields whose presence depends on others: see src/config/validate_csv.cc and
// sweep_file.cc.
const std::map<std::string, std::string, std::less<>> kConditional = {
    {"Csv.table", "required in `data.train`"},
    {"Training.shards", "up to 64, by `batch_size`"},
    {"Sweep.Range.steps", "required in grid search"},
    {"Sweep.Parameter.path", "required without `alternatives`"},
};

const lockstep::proto::Rule& rule_of(const FieldDescriptor& field) {
  return field.options().GetExtension(lockstep::proto::rule);
}

bool needs_a_member(const OneofDescriptor& choice) {
  return choice.options().GetExtension(lockstep::proto::one_is_required);
}

std::string lower(std::string text) {
  std::transform(text.begin(), text.end(), text.begin(),
                 [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return text;
}

// As on common forges: letters, digits, '-' and '_' stay, a blank becomes '-'.
std::string anchor_of(std::string_view heading) {
  std::string anchor;
  for (const char c : heading) {
    if (std::isalnum(static_cast<unsigned char>(c)) || c == '-' || c == '_') {
      anchor += c;
    } else if (c == ' ') {
      anchor += '-';
    }
  }
  return lower(anchor);
}

std::vector<std::string> lines_of(const std::string& text) {
  std::vector<std::string> lines;
  std::istringstream stream(text);
  for (std::string line; std::getline(stream, line);) {
    if (!line.empty() && line.front() == ' ') line.erase(0, 1);  // of "// "
    while (!line.empty() && line.back() == ' ') line.pop_back();
    lines.push_back(line);
  }
  return lines;
}

// '<' outside of `code` would begin an HTML element.
std::string escaped(const std::string& text, bool in_table) {
  std::string result;
  bool code = false;
  for (const char c : text) {
    if (c == '`') code = !code;
    if (c == '<' && !code) {
      result += "&lt;";
    } else if (c == '|' && in_table) {
      result += "\\|";
    } else {
      result += c;
    }
  }
  return result;
}

// A comment as one line of a table.
std::string in_one_line(const std::string& comment) {
  std::string text;
  for (const std::string& line : lines_of(comment)) {
    if (line.empty()) continue;
    if (!text.empty()) text += ' ';
    text += line;
  }
  return escaped(text, true);
}

// A comment as paragraphs: indented lines are a list where they are numbered, else a block
// of preformatted text.
std::string as_paragraphs(const std::string& comment) {
  std::string text;
  const std::vector<std::string> lines = lines_of(comment);
  const auto indented = [&](std::size_t i) {
    return i < lines.size() && lines[i].rfind("  ", 0) == 0;
  };
  for (std::size_t i = 0; i < lines.size();) {
    if (!indented(i)) {
      text += escaped(lines[i++], false) + '\n';
      continue;
    }
    const bool numbered = std::isdigit(static_cast<unsigned char>(lines[i][2])) != 0;
    text += numbered ? "\n" : "\n```text\n";
    for (; indented(i); ++i) {
      text += (numbered ? escaped(lines[i].substr(2), false) : lines[i].substr(2)) + '\n';
    }
    text += numbered ? "\n" : "```\n\n";
  }
  while (text.size() > 1 && text[text.size() - 2] == '\n') text.pop_back();
  return text;
}

// Up to the end of the first sentence, or to a colon.
std::string beginning_of(const std::string& text) {
  const std::size_t end = std::min(text.find(". "), text.find(": "));
  return end == std::string::npos ? text : text.substr(0, end) + '.';
}

template <typename Element>
std::string comment_of(const Element& element) {
  SourceLocation location;
  if (!element.GetSourceLocation(&location)) return {};
  return location.leading_comments + location.trailing_comments;
}

std::string number_text(double value) {
  std::ostringstream text;
  text.precision(15);
  text << value;
  std::string result = text.str();
  if (const std::size_t zero = result.find("e-0"); zero != std::string::npos) {
    result.erase(zero + 2, 1);  // 1e-8
  }
  return result;
}

std::string default_text(const FieldDescriptor& field) {
  switch (field.cpp_type()) {
    case FieldDescriptor::CPPTYPE_DOUBLE:
      return number_text(field.default_value_double());
    case FieldDescriptor::CPPTYPE_FLOAT:
      return number_text(static_cast<double>(field.default_value_float()));
    case FieldDescriptor::CPPTYPE_UINT32:
      return std::to_string(field.default_value_uint32());
    case FieldDescriptor::CPPTYPE_UINT64:
      return std::to_string(field.default_value_uint64());
    case FieldDescriptor::CPPTYPE_INT32:
      return std::to_string(field.default_value_int32());
    case FieldDescriptor::CPPTYPE_INT64:
      return std::to_string(field.default_value_int64());
    case FieldDescriptor::CPPTYPE_BOOL:
      return field.default_value_bool() ? "true" : "false";
    case FieldDescriptor::CPPTYPE_ENUM:
      return field.default_value_enum()->name();
    case FieldDescriptor::CPPTYPE_STRING:
      return '"' + field.default_value_string() + '"';
    case FieldDescriptor::CPPTYPE_MESSAGE:
      return {};
  }
  return {};
}

// "Job.Grid" of lockstep.proto.Job.Grid.
std::string short_name(const std::string& full_name, const std::string& package) {
  return package.empty() ? full_name : full_name.substr(package.size() + 1);
}

class Page {
 public:
  explicit Page(std::string introduction) : text_(std::move(introduction)) {}

  void add_file(const Descriptor& root, const std::string& title) {
    std::map<const Descriptor*, std::vector<std::string>> places;
    std::vector<const Descriptor*> order;
    collect(root, "", places, order);

    title_ = lower(title);
    text_ += "\n## " + title + "\n\n";
    text_ += as_paragraphs(file_comment(root)) + '\n';
    add_contents(root, order, places);
    for (const Descriptor* message : order) {
      if (message->field_count() == 0) continue;
      add_message(*message, message == &root, places);
    }
  }

  [[nodiscard]] const std::string& text() const { return text_; }

 private:
  using Places = std::map<const Descriptor*, std::vector<std::string>>;

  // Every message below `message`, in the order in which a reader meets it, with its places.
  void collect(const Descriptor& message, const std::string& path, Places& places,
               std::vector<const Descriptor*>& order) {
    if (places[&message].empty()) order.push_back(&message);
    places[&message].push_back(path);
    if (places[&message].size() > 1) return;  // what is below is described once
    for (int i = 0; i < message.field_count(); ++i) {
      const FieldDescriptor& field = *message.field(i);
      if (field.message_type() == nullptr) continue;
      collect(*field.message_type(), below(path, field), places, order);
    }
  }

  // A line for each section of the top level, with the sections in it.
  void add_contents(const Descriptor& root, const std::vector<const Descriptor*>& order,
                    const Places& places) {
    text_ += "Sections:\n\n- [top level](#" + anchor_of("top level of the " + title_) + ")";
    for (const Descriptor* message : order) {
      if (message == &root || message->field_count() == 0) continue;
      const std::string& heading = places.at(message).front();
      const std::size_t dot = heading.find('.');
      const bool inner = dot != std::string::npos;
      const bool first_inner = inner && text_.back() == '*';
      text_ += inner ? (first_inner ? ": " : ", ") : "\n- **";
      text_ += "[" + (inner ? heading.substr(dot + 1) : heading) + "](#" + anchor_of(heading) + ")";
      if (!inner) text_ += "**";
    }
    text_ += '\n';
  }

  static std::string below(const std::string& path, const FieldDescriptor& field) {
    return (path.empty() ? "" : path + '.') + field.name() + (field.is_repeated() ? "[i]" : "");
  }

  // What stands above `syntax` in the file.
  static std::string file_comment(const Descriptor& root) {
    google::protobuf::FileDescriptorProto proto;
    root.file()->CopyTo(&proto);
    SourceLocation location;
    const std::vector<int> syntax = {google::protobuf::FileDescriptorProto::kSyntaxFieldNumber};
    if (!root.file()->GetSourceLocation(syntax, &location)) return {};
    return location.leading_comments;
  }

  void add_message(const Descriptor& message, bool is_root, const Places& places) {
    const std::vector<std::string>& here = places.at(&message);
    text_ += "\n### " + (is_root ? "Top level of the " + title_ : here.front()) + "\n\n";
    const std::string comment = as_paragraphs(comment_of(message));
    if (!comment.empty() && !is_root) text_ += comment + '\n';
    if (here.size() > 1) {
      text_ += "The same fields are in ";
      for (std::size_t i = 1; i < here.size(); ++i) {
        if (i > 1) text_ += i + 1 == here.size() ? " and " : ", ";
        text_ += '`' + here[i] + '`';
      }
      text_ += ".\n\n";
    }

    text_ += "| field | type | default | meaning |\n| --- | --- | --- | --- |\n";
    for (int i = 0; i < message.field_count(); ++i) {
      const FieldDescriptor& field = *message.field(i);
      text_ += "| `" + field.name() + "` | " + type_text(field, places) + " | " +
               presence_text(field) + " | " + meaning(field) + " |\n";
    }
    for (int i = 0; i < message.oneof_decl_count(); ++i) add_choice(*message.oneof_decl(i));
    std::set<const EnumDescriptor*> shown;
    for (int i = 0; i < message.field_count(); ++i) {
      const FieldDescriptor& field = *message.field(i);
      if (field.enum_type() != nullptr && shown.insert(field.enum_type()).second) add_values(field);
    }
  }

  static std::string meaning(const FieldDescriptor& field) {
    std::string text = in_one_line(comment_of(field));
    if (!text.empty() || field.message_type() == nullptr) return text;
    return beginning_of(in_one_line(comment_of(*field.message_type())));
  }

  // "finite number above 0", "whole number, at least 1".
  static std::string number_type(const FieldDescriptor& field) {
    const std::string range = lockstep::expected_range(field);
    if (field.cpp_type() == FieldDescriptor::CPPTYPE_DOUBLE) {
      return range.starts_with("a ") ? range.substr(2) : range;
    }
    return "whole number" + (range.empty() ? "" : ", " + range);
  }

  static std::string type_text(const FieldDescriptor& field, const Places& places) {
    std::string type;
    switch (field.cpp_type()) {
      case FieldDescriptor::CPPTYPE_DOUBLE:
      case FieldDescriptor::CPPTYPE_UINT32:
      case FieldDescriptor::CPPTYPE_UINT64:
        type = number_type(field);
        break;
      case FieldDescriptor::CPPTYPE_FLOAT:
        type = "number";
        break;
      case FieldDescriptor::CPPTYPE_INT32:
      case FieldDescriptor::CPPTYPE_INT64:
        type = "whole number";
        break;
      case FieldDescriptor::CPPTYPE_BOOL:
        type = rule_of(field).always_true() ? "`true`" : "`true` or `false`";
        break;
      case FieldDescriptor::CPPTYPE_STRING:
        type = "text";
        break;
      case FieldDescriptor::CPPTYPE_ENUM:
        type = "word, listed below";
        break;
      case FieldDescriptor::CPPTYPE_MESSAGE: {
        if (field.message_type()->field_count() == 0) {
          type = "section without fields, `{}`";
          break;
        }
        const std::string& heading = places.at(field.message_type()).front();
        type = "[section](#" + anchor_of(heading) + ")";
        break;
      }
    }
    return field.is_repeated() ? "list; element: " + type : type;
  }

  static std::string presence_text(const FieldDescriptor& field) {
    if (const OneofDescriptor* choice = field.containing_oneof()) {
      return choice_words(*choice) + " \"" + choice->name() + '"';
    }
    if (field.has_default_value()) return '`' + in_one_line(default_text(field)) + '`';
    const std::string name = short_name(field.full_name(), field.file()->package());
    if (const auto known = kConditional.find(name); known != kConditional.end()) {
      return known->second;
    }
    if (rule_of(field).required()) return "required";
    return field.is_repeated() ? "empty" : "may be absent";
  }

  static std::string choice_words(const OneofDescriptor& choice) {
    return needs_a_member(choice) ? "exactly one of" : "at most one of";
  }

  void add_choice(const OneofDescriptor& choice) {
    std::string words = choice_words(choice);
    words.front() = static_cast<char>(std::toupper(static_cast<unsigned char>(words.front())));
    text_ += "\n" + words + " \"" + choice.name() + "\": ";
    for (int i = 0; i < choice.field_count(); ++i) {
      if (i > 0) text_ += ", ";
      text_ += '`' + choice.field(i)->name() + '`';
    }
    text_ += ".\n";
    const std::string comment = as_paragraphs(comment_of(choice));
    if (!comment.empty()) text_ += comment;
  }

  void add_values(const FieldDescriptor& field) {
    const EnumDescriptor& values = *field.enum_type();
    text_ += "\nValues of `" + field.name() + "`:\n\n| value | meaning |\n| --- | --- |\n";
    for (int i = 0; i < values.value_count(); ++i) {
      text_ += "| `" + values.value(i)->name() + "` | " +
               in_one_line(comment_of(*values.value(i))) + " |\n";
    }
  }

  std::string title_;
  std::string text_;
};

std::string content_of(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file) throw std::runtime_error("cannot open " + path);
  std::ostringstream content;
  content << file.rdbuf();
  return content.str();
}

// Says where the page first differs. Returns the exit code.
int compare(const std::string& path, const std::string& wanted) {
  const std::string committed = content_of(path);
  if (committed == wanted) return 0;
  std::istringstream a(committed);
  std::istringstream b(wanted);
  std::string line_a;
  std::string line_b;
  for (int number = 1;; ++number) {
    const bool more_a = static_cast<bool>(std::getline(a, line_a));
    const bool more_b = static_cast<bool>(std::getline(b, line_b));
    if (more_a && more_b && line_a == line_b) continue;
    std::cerr << path << ':' << number << ": the page is not what the schema says\n"
              << "  page:   " << (more_a ? line_a : "(ends)") << '\n'
              << "  schema: " << (more_b ? line_b : "(ends)") << '\n';
    break;
  }
  std::cerr << "Write the page again and commit it:\n"
            << "  cmake --build build/release --target job_reference_page\n";
  return 1;
}

int run(const std::vector<std::string>& arguments) {
  if (arguments.size() < 3) throw std::runtime_error("usage: see the top of job_reference.cc");
  google::protobuf::FileDescriptorSet files;
  if (!files.ParseFromString(content_of(arguments[1]))) {
    throw std::runtime_error(arguments[1] + " is not a set of descriptors");
  }
  DescriptorPool pool;
  for (const auto& file : files.file()) {
    if (pool.BuildFile(file) == nullptr) throw std::runtime_error("cannot use " + file.name());
  }
  Page page(content_of(arguments[0]));
  std::string check;
  for (std::size_t i = 2; i < arguments.size(); ++i) {
    if (arguments[i] == "--check" && i + 1 < arguments.size()) {
      check = arguments[++i];
      continue;
    }
    const std::size_t equals = arguments[i].find('=');
    if (equals == std::string::npos) throw std::runtime_error("expected ROOT=TITLE");
    const Descriptor* root = pool.FindMessageTypeByName(arguments[i].substr(0, equals));
    if (root == nullptr) throw std::runtime_error("no message " + arguments[i]);
    page.add_file(*root, arguments[i].substr(equals + 1));
  }
  if (!check.empty()) return compare(check, page.text());
  std::cout << page.text() << std::flush;
  return std::cout ? 0 : 1;
}

}  // namespace

int main(int argc, char** argv) {
  try {
    return run({argv + 1, argv + argc});
  } catch (const std::exception& error) {
    std::cerr << "job_reference: " << error.what() << '\n';
    return 2;
  }
}
