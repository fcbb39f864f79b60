// Spectra: what is read, and what every bad file is told.
#include "ridgeflow/io/spectrum_file.hpp"

#include <cstdint>
#include <cstring>
#include <limits>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "ridgeflow/base/error.hpp"

#include "support/temporary.hpp"

namespace ridgeflow {
namespace {

using testing::HasSubstr;
using testing::ThrowsMessage;

struct BadFile {
  std::string content;
  std::string problem;
};

// An .npy file as numpy.save writes it.
std::string npy(const std::string& header, const std::string& data, int version = 1) {
  std::string out = "\x93NUMPY";
  out += static_cast<char>(version);
  out += '\0';
  const auto length = static_cast<std::uint32_t>(header.size());
  for (int byte = 0; byte < (version == 1 ? 2 : 4); ++byte) {
    out += static_cast<char>(length >> (8 * byte) & 0xFFU);
  }
  return out + header + data;
}

std::string header(const std::string& type, const std::string& shape, const std::string& order = "False") {
  return "{'descr': '" + type + "', 'fortran_order': " + order + ", 'shape': " + shape + ", }     \n";
}

template <class Value>
std::string bytes(const std::vector<Value>& values) {
  std::string out(values.size() * sizeof(Value), '\0');
  std::memcpy(out.data(), values.data(), out.size());
  return out;
}

TEST(SpectrumFile, ReadsCsv) {
  const test::TemporaryFolder folder;
  for (const char* text :
       {"a,y\n1,2\n4,-3\n", "a,y\r\n1,2\r\n4,-3", "a,y\n 1.0 , +2e0\n4,-3\n\n\n", "lambda,y\n1,2\n0.25,-3\n",
        "\xEF\xBB\xBF"
        "a,y\n1,2\n4,-3\n",
        // numpy.savetxt, with its own separator and with commas; a comment before, between and after
        "# lambda,y\n1.0e+00,2.0e+00\n2.5e-01,-3.0e+00\n", "# made today\n#lambda y\n1 2\n0.25 -3\n",
        "# lambda,y\n1.0 2.0\n0.25 -3.0\n", "a,y\n1,2 # first\n# between\n4,-3\n#\n",
        // spreadsheets and statistics programs
        "sep=;\na;y\n1;2\n4;-3\n", "a\ty\n1\t2\n4\t-3\n", "a, y\n1, 2\n4, -3\n", "a,y\r1,2\r4,-3\r",
        "\"a\",\"y\"\n\"1\",\"2\"\n\"4\",\"-3\"\n", "\"\",\"a\",\"y\"\n\"1\",1,2\n\"2\",4,-3\n",
        "\"a\" \"y\"\n\"1\" 1 2\n\"2\" 4 -3\n", ",a,y\n0,1,2\n1,4,-3\n", "a,y,\n1,2,\n4,-3,\n",
        "a,y\n1,2,\n4,-3,\n", "A,Y\n1,2\n4,-3\n", "Lambda,Y\n1,2\n0.25,-3\n", "y,a\n2,1\n-3,4\n",
        "k,y,note,lambda\n1,2,\"one, two\",1\n2,-3,x,0.25\n", "\n\na,y\n\n1,2\n\n4,-3\n",
        "a,y\n1d0,2D+00\n04,-.3e1\n", "  a  y \n  1   2\n   4  -3  \n"}) {
    const Spectrum spectrum = read_spectrum(folder.write("s.csv", text));
    EXPECT_EQ(spectrum.a, (std::vector<double>{1, 4})) << text;
    EXPECT_EQ(spectrum.y, (std::vector<double>{2, -3})) << text;
  }
}

TEST(SpectrumFile, WarnsOfModesOutOfOrder) {
  const auto warned = [](std::vector<double> a) {
    const std::vector<double> y(a.size(), 1.0);
    return order_warning({std::move(a), y}, "s.npy").has_value();
  };
  EXPECT_FALSE(warned({1, 2, 4}));
  EXPECT_FALSE(warned({1}));
  EXPECT_FALSE(warned({1, 1, 1 - 1e-9, 2}));       // equal up to rounding
  EXPECT_FALSE(warned({1, 2, 1e18, 3e17, 2e18}));  // eigenvalues of 1e-18 are rounding of one of 1
  EXPECT_TRUE(warned({4, 2, 1}));
  EXPECT_TRUE(warned({1, 3, 2, 4}));
  EXPECT_TRUE(warned({1, 1.00001, 1}));
  EXPECT_THAT(*order_warning({{4, 2}, {1, 1}}, "s.npy"), HasSubstr("at k = 2"));
}

TEST(SpectrumFile, TakesTheNearestNumber) {
  const test::TemporaryFolder folder;
  const Spectrum spectrum = read_spectrum(folder.write("s.csv", "a,y\n1,1e-400\n1e-310,-1e-320\n"));
  EXPECT_EQ(spectrum.y, (std::vector<double>{0, -1e-320}));
  EXPECT_EQ(spectrum.a, (std::vector<double>{1, 1e-310}));
}

TEST(SpectrumFile, ReadsNpyOfEveryVersionOrderAndType) {
  const test::TemporaryFolder folder;
  const std::vector<double> rows{1, 2, 4, -3};
  const std::vector<double> columns{1, 4, 2, -3};
  const std::vector<float> rows_f{1, 2, 4, -3};
  const std::vector<float> columns_f{1, 4, 2, -3};
  for (const int version : {1, 2, 3}) {
    for (const std::string& file : {npy(header("<f8", "(2, 2)"), bytes(rows), version),
                                    npy(header("<f8", "(2, 2)", "True"), bytes(columns), version),
                                    npy(header("<f4", "(2, 2)"), bytes(rows_f), version),
                                    npy(header("<f4", "(2, 2)", "True"), bytes(columns_f), version)}) {
      const Spectrum spectrum = read_spectrum(folder.write("s.npy", file));
      EXPECT_EQ(spectrum.a, (std::vector<double>{1, 4}));
      EXPECT_EQ(spectrum.y, (std::vector<double>{2, -3}));
    }
  }
}

TEST(SpectrumFile, ReadsNpyOfWholeNumbersAndOfEitherByteOrder) {
  const test::TemporaryFolder folder;
  const std::string doubles = bytes(std::vector<double>{1, 2, 4, -3});
  std::string reversed;
  for (std::size_t i = 0; i < doubles.size(); i += 8) {
    const std::string one = doubles.substr(i, 8);
    reversed.append(one.rbegin(), one.rend());
  }
  for (const std::string& file :
       {npy(header(">f8", "(2, 2)"), reversed), npy(header("|i1", "(2, 2)"), std::string("\1\2\4\xFD", 4)),
        npy(header("<i4", "(2, 2)"), bytes(std::vector<std::int32_t>{1, 2, 4, -3})),
        npy(header("<i8", "(2, 2)"), bytes(std::vector<std::int64_t>{1, 2, 4, -3})),
        npy(header(">i2", "(2, 2)"), std::string("\0\1\0\2\0\4\xFF\xFD", 8))}) {
    const Spectrum spectrum = read_spectrum(folder.write("s.npy", file));
    EXPECT_EQ(spectrum.a, (std::vector<double>{1, 4}));
    EXPECT_EQ(spectrum.y, (std::vector<double>{2, -3}));
  }
}

TEST(SpectrumFile, RefusesBadCsv) {
  const test::TemporaryFolder folder;
  const std::vector<BadFile> files{
      {"", "is empty"},
      {"\n\r\n", "is empty"},
      {"a,y\n", "no modes"},
      {"1,2\n3,4\n", ":1: the header is '1,2'"},
      {"1,2\n", "numbers do not say whether they are a or lambda"},
      {"# x,y\n1,2\n", ":2: the header is '1,2'"},
      {"x,y\n1,2\n", ":1: the header is 'x,y'"},
      {"a,lambda,y\n1,1,2\n", "names a, lambda or y more than once"},
      {"a,y,y\n1,2,3\n", "names a, lambda or y more than once"},
      {"# lambda,y\n", "is empty but for its header"},
      {"a,y\n0,05,1,3\n", ":2: '0,05,1,3' does not have the two numbers a,y: 4 columns"},
      {"a;y\n0,05;1,3\n", "decimal points"},
      {"a,y\n\n1,2\n# x\n3\n", ":5: '3' does not have the two numbers"},
      {"a,y\r1,2\r3\r", ":3: '3'"},
      {"lambda,y\n1e-320,1\n", ":2: lambda = 1e-320 is too small: 1/lambda is too large"},
      {"lambda,y\n1e-400,1\n", "lambda = 1e-400"},
      {"a,y\n1,-1e400\n", "y = '-1e400' is too large"},
      {"a,y\n1,NA\n", "not a number"},
      {"[model]\nu = 1\n", "is a run file"},
      {"\x89HDF\r\n\x1A\n", "is a netCDF file"},
      {"PK\x03\x04", "is an archive"},
      {"{\"a\": 1}\n", "is JSON"},
      {std::string("\xFF\xFE"
                   "a\0,\0y\0",
                   8),
       "UTF-16 text: save it as UTF-8"},
      {std::string("a\0,\0y\0", 6), "UTF-16 text"},
      {"a,y\n" + std::string(5000, ',') + "1\n", "has more than 1000 columns"},
      {"a,y\n1,2\n3\n", ":3: '3' does not have the two numbers"},
      {"a,y\n1,2,3\n", ":2: '1,2,3' does not have"},
      {"a,y\n1,2\n3,", "not a number"},
      {"a,y\n1,two\n", ":2: '1,two' has something that is not a number"},
      {"a,y\n1 2,3\n", "not a number"},
      {"a,y\n0x10,3\n", "not a number"},
      {"a,y\n+-1,3\n", "not a number"},
      {"a,y\n1,2\nnan,3\n", ":3: a = nan"},
      {"a,y\n1,inf\n", "y = inf"},
      {"a,y\n1e999,1\n", "a = '1e999' is too large"},
      {"a,y\n0,1\n", "positive"},
      {"a,y\n-1,1\n", "positive"},
      {"lambda,y\n-1,1\n", "lambda = -1"},
      {"lambda,y\n0,1\n", "lambda = 0"},
      {std::string("a,y\n1,\0002\n", 9), "not a number"},
      {"\x7F"
       "ELF\x01\x02garbage",
       "?ELF"},
  };
  for (const BadFile& file : files) {
    const std::string path = folder.write("s.csv", file.content);
    EXPECT_THAT([&] { read_spectrum(path); }, ThrowsMessage<InvalidInput>(HasSubstr(file.problem)))
        << file.content;
    EXPECT_THAT([&] { read_spectrum(path); }, ThrowsMessage<InvalidInput>(HasSubstr(path))) << file.content;
  }
}

TEST(SpectrumFile, RefusesBadNpy) {
  const test::TemporaryFolder folder;
  const std::string data = bytes(std::vector<double>{1, 2, 4, -3});
  const std::vector<BadFile> files{
      {"a,y\n1,2\n", "does not begin as an .npy file does"},
      {"\x93NUMPY", "truncated"},
      {std::string("\x93NUMPY\x01\0\xFF\x7F", 10), "truncated in its header"},
      {npy(header("<f8", "(2, 2)"), data, 9), "version 9"},
      {npy(header("<f8", "(2, 2)"), data.substr(1)), "it is truncated"},
      {npy(header("<f8", "(2, 2)"), data + "x"), "something follows"},
      {npy(header("<c8", "(2, 2)"), data), "dtype '<c8'"},
      {npy(header("<f2", "(2, 2)"), data), "dtype '<f2'"},
      {npy(header("|f8", "(2, 2)"), data), "dtype '|f8'"},
      {npy(header("|O", "(2, 2)"), data), "dtype '|O'"},
      {npy("{'descr': [('a', '<f8'), ('y', '<f8')], 'fortran_order': False, 'shape': (2,), }\n", data),
       "numpy.column_stack((x['a'], x['y']))"},
      {npy(header("<f8", "(2, 3)"), data), "these are rows: save x.T"},
      {npy(header("<f8", "(4,)"), data), "numpy.column_stack((a, y))"},
      {npy(header("<f8", "(16777216, 2)"), data), "it is truncated"},
      {npy("{}\n", data), "dtype missing"},
      {npy(header("<f8", "(4,)"), data), "shape (4,)"},
      {npy(header("<f8", "(2, 1, 2)"), data), "shape (2, 1, 2)"},
      {npy(header("<f8", "(0, 2)"), ""), "shape (0, 2)"},
      {npy(header("<f8", "(x, 2)"), data), "shape (x, 2)"},
      {npy(header("<f8", "(99999999999999999999999, 2)"), data), "shape"},
      {npy(header("<f8", "(9223372036854775808, 2)"), data), "more than the limit"},
      {npy(header("<f8", "(2, 2"), data), "shape"},
      {npy(header("<f8", "(2, 2)", "Maybe"), data), "fortran_order"},
      {npy(header("<f8", "(1, 2)"), bytes(std::vector<double>{-1, 0})), "row 0: a = -1"},
      {npy(header("<f8", "(1, 2)"), bytes(std::vector<double>{1, std::numeric_limits<double>::quiet_NaN()})),
       "y = nan"},
  };
  for (const BadFile& file : files) {
    const std::string path = folder.write("s.npy", file.content);
    EXPECT_THAT([&] { read_spectrum(path); }, ThrowsMessage<InvalidInput>(HasSubstr(file.problem)))
        << file.problem;
  }
}

TEST(SpectrumFile, RefusesWhatIsNoFile) {
  const test::TemporaryFolder folder;
  EXPECT_THAT([&] { read_spectrum(folder / "none.csv"); },
              ThrowsMessage<InvalidInput>(HasSubstr("no such file")));
  EXPECT_THAT([&] { read_spectrum(folder.path()); },
              ThrowsMessage<InvalidInput>(HasSubstr("is a directory")));
  EXPECT_THAT([&] { read_spectrum("/dev/zero"); },
              ThrowsMessage<InvalidInput>(HasSubstr("not a regular file")));
}

// A file of holes: nothing is on the disk, and nothing must be read of it.
TEST(SpectrumFile, RefusesWhatIsTooLarge) {
  const test::TemporaryFolder folder;
  const std::string path = folder.write("s.csv", "a,y\n");
  std::filesystem::resize_file(path, kMaxSpectrumBytes + 1);
  EXPECT_THAT([&] { read_spectrum(path); }, ThrowsMessage<InvalidInput>(HasSubstr("larger than the limit")));
}

}  // namespace
}  // namespace ridgeflow
