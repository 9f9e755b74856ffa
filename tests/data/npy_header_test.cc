// Headers that are no NPY, or of arrays that are not of numbers.

#include "data/npy_header.h"

#include <gmock/gmock.h>

#include "npy_files.h"

namespace lockstep {
namespace {

using testing::HasSubstr;

class NpyHeaderTest : public testing::Test {
 protected:
  [[nodiscard]] NpyHeader read(const std::string& content) const {
    const auto path = directory.write("x.npy", content);
    ByteStream stream(path);
    Digest digest;
    return read_npy_header(path, stream, digest);
  }
  [[nodiscard]] std::string error(const std::string& content) const {
    const Thrown thrown = error_of([&] { static_cast<void>(read(content)); });
    EXPECT_EQ(thrown.code, ExitCode::data);
    EXPECT_THAT(thrown.message, HasSubstr((directory.path() / "x.npy").string() + ": "));
    return thrown.message;
  }
  [[nodiscard]] std::string dictionary_error(const std::string& dictionary) const {
    return error(npy_header(dictionary));
  }
  [[nodiscard]] std::string type_error(const std::string& descr) const {
    return dictionary_error(npy_dictionary(descr, "(1,)"));
  }

  TemporaryDirectory directory;
};

TEST_F(NpyHeaderTest, TheDictionaryMayBeWrittenInAnyWayPythonAllows) {
  for (const std::string& dictionary :
       {npy_dictionary("<f4", "(3, 2)"),
        std::string("{\"shape\":(3,2,) ,\n \"descr\" : \"<f4\",\"fortran_order\":False}   \n"),
        std::string("{'fortran_order': False, 'shape': (3L, 2L), 'descr': '<f4'}")}) {
    const NpyHeader header = read(npy_header(dictionary));
    EXPECT_EQ(header.kind, NpyKind::floating);
    EXPECT_EQ(header.value_bytes, 4U);
    EXPECT_FALSE(header.big_endian || header.fortran_order);
    EXPECT_EQ(header.shape, (std::vector<std::uint64_t>{3, 2}));
    EXPECT_EQ(header.text, "<f4 (3, 2)");
    EXPECT_EQ(header.header_bytes, 10 + dictionary.size());
  }
  EXPECT_TRUE(read(npy_header(npy_dictionary(">i8", "(1,)"))).big_endian);
}

TEST_F(NpyHeaderTest, OtherFiles) {
  EXPECT_THAT(error(""), HasSubstr("expected an NPY file, found an empty one"));
  EXPECT_THAT(error("<!DOCTYPE html>"), HasSubstr("looks like an HTML page, not NPY"));
  EXPECT_THAT(error("abcdefgh"), HasSubstr("not an NPY file: expected it to begin with 93 4E 55 4D "
                                           "50 59, found 61 62 63 64 65 66 67 68"));
  EXPECT_THAT(error("PK\x03\x04 a zip archive"), HasSubstr("it looks like NPZ"));
  EXPECT_THAT(error("\x93NUM"), HasSubstr("found 93 4E 55 4D"));
}

TEST_F(NpyHeaderTest, VersionsAndLengths) {
  std::string content = npy_header(npy_dictionary("<f4", "(1,)"));
  content[6] = 4;
  EXPECT_THAT(error(content), HasSubstr("NPY version 4.0; expected 1.0, 2.0 or 3.0"));
  content[6] = 1;
  content[7] = 1;
  EXPECT_THAT(error(content), HasSubstr("NPY version 1.1"));
  content[6] = 2;
  content[7] = 0;
  // Two more bytes of length, which are the dictionary's first: absurdly long.
  EXPECT_THAT(error(content), HasSubstr("expected at most 65536 bytes"));
  EXPECT_THAT(error(content.substr(0, 9)),
              HasSubstr("cut short inside its header: expected 12 bytes, "
                        "found 9 bytes"));
  EXPECT_THAT(error(npy_header(npy_dictionary("<f4", "(1,)")).substr(0, 30)),
              HasSubstr("cut short inside its header"));
}

TEST_F(NpyHeaderTest, ArraysThatAreNotOfNumbers) {
  EXPECT_THAT(type_error("|O"), HasSubstr("Python objects, which only Python's pickle can read"));
  EXPECT_THAT(type_error("<c8"), HasSubstr("complex numbers (type '<c8')"));
  EXPECT_THAT(type_error("<U5"), HasSubstr("text"));
  EXPECT_THAT(type_error("|S5"), HasSubstr("text"));
  EXPECT_THAT(type_error("<M8[ns]"), HasSubstr("dates or times"));
  EXPECT_THAT(type_error("|V16"), HasSubstr("raw bytes or records"));
  EXPECT_THAT(type_error("<f16"), HasSubstr("floating-point numbers of another size"));
  EXPECT_THAT(type_error("<i3"), HasSubstr("integers of an unknown size"));
  EXPECT_THAT(type_error("<f4x"), HasSubstr("of another size"));
  EXPECT_THAT(type_error(""), HasSubstr("an unknown type"));
  EXPECT_THAT(dictionary_error("{'descr': [('a', '<f4'), ('b', '<i8')], 'fortran_order': False, "
                               "'shape': (3,), }"),
              HasSubstr("an array of records (a structured type)"));
}

TEST_F(NpyHeaderTest, DictionariesThatAreNot) {
  EXPECT_THAT(dictionary_error("{'descr': '<f4', 'shape': (1,)}"),
              HasSubstr("has no 'fortran_order'"));
  EXPECT_THAT(dictionary_error("{'fortran_order': True, 'shape': (1,)}"),
              HasSubstr("has no 'descr'"));
  EXPECT_THAT(dictionary_error("{'descr': '<f4', 'fortran_order': True}"),
              HasSubstr("has no 'shape'"));
  EXPECT_THAT(dictionary_error("{}"), HasSubstr("has no 'descr'"));
  EXPECT_THAT(dictionary_error("{'descr': '<f4', 'descr': '<f8'}"), HasSubstr("has 'descr' twice"));
  EXPECT_THAT(dictionary_error("{'allow': '<f4'}"), HasSubstr("the unknown key 'allow'"));
  EXPECT_THAT(dictionary_error("{'shape': (1, -2)}"),
              HasSubstr("expected a dimension, a whole number below 2^64 at character 14, found "
                        "\"-2)}\""));
  EXPECT_THAT(dictionary_error("{'fortran_order': 1}"), HasSubstr("expected True or False"));
  EXPECT_THAT(dictionary_error("{'descr': '<f4}"), HasSubstr("expected a closing quote"));
  EXPECT_THAT(dictionary_error("[1, 2]"),
              HasSubstr("expected '{' at character 0, found \"[1, 2]\""));
  EXPECT_THAT(dictionary_error(npy_dictionary("<f4", "(1,)") + "x"),
              HasSubstr("expected nothing after the dictionary"));
  EXPECT_THAT(dictionary_error(std::string("{'shape': (1\0, )}", 17)),
              HasSubstr("found \"?, )}\""));
}

}  // namespace
}  // namespace lockstep
