// Texts and binaries that are cut, garbled or hostile end in an error, never in a crash or a loop without
// end.
#include <cstring>
#include <functional>
#include <map>
#include <random>
#include <string>

#include <elf.h>
#include <gtest/gtest.h>

#include "exec/warp.hpp"
#include "runtime/fat_binary.hpp"
#include "runtime/globals.hpp"

namespace emu {
namespace {

// A little of everything that the readers know.
const std::string kText = R"(.version 9.0
.target sm_90, debug
.address_size 64
.file 1 "some/where.cu"
.visible .const .align 8 .b32 table[2][2] = {{1, -2}, {0f3F800000, 4}};
.global .u64 pointers[2] = {generic(table), table+8};
.extern .shared .align 16 .b8 dynamic[];
.visible .entry k(.param .u64 .ptr .global .align 8 pa, .param .u32 pn)
.maxntid 128, 1, 1
{
.reg .pred %p<4>;
.reg .b32 %r<8>;
.reg .b64 %rd<8>;
.reg .f32 %f<4>;
.shared .align 4 .b8 held[64];
.loc 1 7 3, function_name $L__info_string0, inlined_at 1 9 2
ld.param.u64 %rd1, [pa];
cvta.to.global.u64 %rd2, %rd1;
mov.u32 %r1, %tid.x; // its number
setp.lt.and.u32 %p1|%p2, %r1, 7, !%p3;
@!%p1 bra $L_end;
mov.b64 {%r2, %r3}, %rd2;
mov.b64 %rd3, {%r2, %r3};
ld.global.v2.f32 {%f1, %f2}, [%rd2+16];
fma.rn.f32 %f3, %f1, 0f40000000, %f2; /* two */
shfl.sync.bfly.b32 %r4|%p2, %r2, 1, 31, -1;
atom.global.add.u32 %r5, [%rd2], 1;
bar.sync 0;
{
.param .b64 format; .param .b64 values; .param .b32 result;
st.param.b64 [format], %rd2;
call.uni (result), vprintf, (format, values);
}
$L_targets: .branchtargets $L_end, $L_other;
brx.idx %r1, $L_targets;
$L_other: st.shared.u32 [held+4], %r5;
.pragma "nounroll";
$L_end: ret;
}
)";

/// Reads \p text and decodes its kernels. \throws ptx::SyntaxError where that cannot be.
std::size_t instructions_of(const std::string& text) {
  ptx::Module module(text);
  std::size_t count = 0;
  for (auto& [name, function] : module.functions) {
    VariableAddresses addresses;
    for (const auto& [variable, _] : module.variables) {
      addresses[variable] = kGlobalTag | 4096;
    }
    if (function.is_entry && function.body.data() != nullptr) {
      count += decode(module, function, addresses)->code.size();
    }
  }
  return count;
}

void expect_taken_or_refused(const std::string& text, const std::string& how) {
  SCOPED_TRACE(how);
  try {
    static_cast<void>(instructions_of(text));
  } catch (const ptx::SyntaxError& error) {
    EXPECT_GT(std::strlen(error.what()), 10U) << error.what();
  }
}

std::string refusal_of(const std::string& text) {
  try {
    static_cast<void>(instructions_of(text));
  } catch (const ptx::SyntaxError& error) {
    return error.what();
  }
  return "taken";
}

TEST(DamagedText, IsWholeBeforeItIsDamaged) {
  EXPECT_GT(instructions_of(kText), 15U);
}

TEST(DamagedText, EndsInAnErrorWhereverItIsCut) {
  for (std::size_t at = 0; at < kText.size(); ++at) {
    expect_taken_or_refused(kText.substr(0, at), "cut at " + std::to_string(at));
    expect_taken_or_refused(kText.substr(at), "from " + std::to_string(at));
  }
}

TEST(DamagedText, EndsInAnErrorWhicheverByteIsAnother) {
  static const std::string kOthers = "{}()[]<>|!@,;:.%-+=9 \"/*\n_x\xFF";
  for (std::size_t at = 0; at < kText.size(); ++at) {
    for (const char other : kOthers) {
      std::string text = kText;
      text[at] = other;
      expect_taken_or_refused(text, std::string(1, other) + " at " + std::to_string(at));
      text.insert(at, 1, other);
      expect_taken_or_refused(text, "two of it");
    }
  }
}

TEST(DamagedText, EndsInAnErrorWhateverWordIsAnother) {
  std::vector<std::string> words;
  for (std::size_t at = 0; at < kText.size();) {
    const std::size_t end = std::min(kText.find_first_of(" ,;{}()[]\n", at + 1), kText.size());
    words.push_back(kText.substr(at, end - at));
    at = end;
  }
  std::mt19937 generator(3);
  for (int i = 0; i < 3000; ++i) {
    std::string text;
    const std::size_t changed = generator() % words.size();
    for (std::size_t w = 0; w < words.size(); ++w) {
      text += w == changed || generator() % 200 == 0 ? words[generator() % words.size()] : words[w];
    }
    expect_taken_or_refused(text, std::to_string(i) + ", word " + std::to_string(changed));
  }
}

TEST(DamagedText, SaysWhatIsWrong) {
  const std::string head = ".version 9.0\n.target sm_90\n.address_size 64\n";
  const auto body = [&](const std::string& statements) {
    return refusal_of(
        head +
        ".visible .entry k()\n{\n.reg .pred %p<4>; .reg .b32 %r<4>; .reg .b64 %rd<4>; .reg .b128 %q;\n" +
        statements + "\nret;\n}\n");
  };
  EXPECT_NE(refusal_of(head + ".global .u32 a[2] = {1, ").find("a value expected"), std::string::npos);
  EXPECT_NE(refusal_of(head + ".global .u32 a[2] = " + std::string(100000, '{')).find("fewer braces"),
            std::string::npos);
  EXPECT_NE(refusal_of(head + ".global .attribute(.managed .u32 a").find("')' expected"), std::string::npos);
  EXPECT_NE(refusal_of(head + ".global .align 3 .u32 a;").find("power of two"), std::string::npos);
  EXPECT_NE(refusal_of(head + ".global .u32 a[4294967296][4294967296];").find("smaller array"),
            std::string::npos);
  EXPECT_NE(refusal_of(head + ".pragma \"x\"").find("';' expected"), std::string::npos);
  EXPECT_NE(refusal_of(head + ".pragma \"x;").find("does not end"), std::string::npos);
  EXPECT_NE(refusal_of(head + ".entry k() { /* }").find("does not end"), std::string::npos);
  EXPECT_NE(body(".reg .b32 %x<4000000000>;").find("fewer registers"), std::string::npos);
  EXPECT_NE(body(".local .b8 much[1000000];").find("more memory than any device has"), std::string::npos);
  EXPECT_NE(body("mov.b64 %rd1, {};").find("0 parts"), std::string::npos);
  EXPECT_NE(body("mov.b64 %rd1, {%r0, %r1, %r2, %r3, %r0};").find("5 parts"), std::string::npos);
  EXPECT_NE(body("mov.b64 {%r0, %r1, %r2}, %rd1;").find("3 parts"), std::string::npos);
  EXPECT_NE(body("setp %p1, %r1, %r2;").find("incomplete"), std::string::npos);
  EXPECT_NE(body("setp.eq.u32 {%p1}, %r1, %r2;").find("part 1 of an operand is missing"), std::string::npos);
  EXPECT_NE(body("cvta %rd1, %rd2;").find("incomplete"), std::string::npos);
  EXPECT_NE(body("mov.u32 %r1, " + std::string(100000, '!') + "%r2;").find("a predicate expected"),
            std::string::npos);
  EXPECT_NE(body("mov.u32 %r1, " + std::string(100000, '(') + "%r2;").find("an operand expected"),
            std::string::npos);
  EXPECT_NE(body("call vprintf, (%r1);").find("part 1 of an operand is missing"), std::string::npos);
  EXPECT_NE(body("call vprintf, (%r1, %r2);").find("no variables of the body"), std::string::npos);
  EXPECT_NE(body("brx.idx %r1, nowhere;").find("no list of targets"), std::string::npos);
  EXPECT_NE(body("@%r1 bra away;").find("no predicate"), std::string::npos);
  EXPECT_NE(body("add.u32 %p1, %r1, %r2;").find("a result in a predicate"), std::string::npos);
  EXPECT_NE(body("add.u32 %r0, %q, %r2;").find("128 bits"), std::string::npos);
  EXPECT_NE(body("ld.global.u32 %r1, [%p1];").find("an address in a predicate"), std::string::npos);
  EXPECT_NE(body("mov.u32 %r1, %r99999999999;").find("unsupported"), std::string::npos);
}

TEST(DamagedText, VariablesThatFitNowhereAreRefused) {
  const std::string head = ".version 9.0\n.target sm_90\n.address_size 64\n";
  EXPECT_THROW(static_cast<void>(place_globals(ptx::Module(head + ".global .b8 much[1099511627776];"))),
               std::runtime_error);
  // a half of an address, and addresses of and in what has no place
  const ptx::Module module(head + ".shared .u64 s = g; .global .u32 g[1] = {h}; .global .u64 h = s;");
  const VariableAddresses addresses = place_globals(module);
  ASSERT_EQ(addresses.size(), 2U);
  std::uint32_t half = 0;
  std::memcpy(&half, DeviceMemory::host(addresses.at("g")), sizeof half);
  EXPECT_EQ(half, static_cast<std::uint32_t>(addresses.at("h")));
}

// Binaries
// ---------------------------------------------------------------------------------------------------------------

using Bytes = std::vector<std::byte>;

template <class T>
void append(Bytes& bytes, const T& value) {
  const auto* from = reinterpret_cast<const std::byte*>(&value);
  bytes.insert(bytes.end(), from, from + sizeof value);
}

/// A fat binary of one PTX text, which stands packed in \p payload, and is \p full bytes long.
Bytes fat_binary(const std::string& payload, std::uint64_t flags, std::uint64_t full) {
  Bytes entry;
  append(entry, std::uint16_t{1});
  append(entry, std::uint16_t{0});
  append(entry, std::uint32_t{64});
  append(entry, std::uint64_t{payload.size()});
  append(entry, static_cast<std::uint32_t>(payload.size()));
  append(entry, std::uint32_t{0});
  append(entry, std::uint32_t{0});
  append(entry, std::uint32_t{90});
  append(entry, std::uint64_t{0});
  append(entry, flags);
  append(entry, std::uint64_t{0});
  append(entry, full);
  for (const char c : payload) {
    entry.push_back(static_cast<std::byte>(c));
  }
  Bytes all;
  append(all, std::uint32_t{0xBA55ED50U});
  append(all, std::uint16_t{1});
  append(all, std::uint16_t{16});
  append(all, std::uint64_t{entry.size()});
  all.insert(all.end(), entry.begin(), entry.end());
  return all;
}

/// "abcabcabcabcabcabcabcabcxyzzy" by the rules of LZ4: literals, a match of 21 that overlaps itself,
/// literals.
const std::string kPacked = std::string("\x3F", 1) + "abc" + std::string("\x03\x00\x02\x50", 4) + "xyzzy";
const std::string kUnpacked = "abcabcabcabcabcabcabcabcxyzzy";
constexpr std::uint64_t kLz4 = 0x2000;

/// Calls \p read with every cut and every change of a byte of \p whole.
void damage(const Bytes& whole, const std::function<void(const Bytes&)>& read) {
  const auto try_it = [&](const Bytes& bytes) {
    try {
      read(bytes);
    } catch (const std::runtime_error& error) {
      EXPECT_NE(std::string(error.what()).find("fat binary"), std::string::npos) << error.what();
    }
  };
  for (std::size_t at = 0; at < whole.size(); ++at) {
    SCOPED_TRACE("byte " + std::to_string(at));
    try_it(Bytes(whole.begin(), whole.begin() + static_cast<std::ptrdiff_t>(at)));
    for (int other = 0; other < 256; ++other) {
      Bytes bytes = whole;
      bytes[at] = static_cast<std::byte>(other);
      try_it(bytes);
    }
  }
}

TEST(DamagedBinary, IsReadWhereItIsWhole) {
  EXPECT_EQ(FatBinary::read(fat_binary(kUnpacked, 0, 0)).ptx, std::vector<std::string>{kUnpacked});
  EXPECT_EQ(FatBinary::read(fat_binary(kPacked, kLz4, kUnpacked.size())).ptx,
            std::vector<std::string>{kUnpacked});
}

TEST(DamagedBinary, EndsInAnErrorWherever) {
  damage(fat_binary(kPacked, kLz4, kUnpacked.size()),
         [](const Bytes& bytes) { static_cast<void>(FatBinary::read(bytes)); });
}

TEST(DamagedBinary, WithResourcesEndsInAnErrorWherever) {
  // header, .shstrtab, .strtab, .symtab, .nv.info, and the table of sections
  const std::string names = std::string("\0.shstrtab\0.strtab\0.symtab\0.nv.info\0", 37);
  const std::string symbols = std::string("\0kernel\0", 8);
  Elf64_Sym symbol[2]{};
  symbol[1].st_name = 1;
  const std::uint8_t info[] = {4, 0x2F, 8, 0, 1, 0, 0, 0, 40, 0, 0, 0,
                               4, 0x11, 8, 0, 1, 0, 0, 0, 16, 0, 0, 0};
  Elf64_Ehdr header{};
  std::memcpy(header.e_ident, ELFMAG, SELFMAG);
  header.e_shnum = 5;
  header.e_shstrndx = 1;
  Elf64_Shdr section[5]{};
  Bytes object(sizeof header);
  const auto place = [&](int i, std::uint32_t name, const void* from, std::size_t bytes) {
    section[i].sh_name = name;
    section[i].sh_offset = object.size();
    section[i].sh_size = bytes;
    const auto* at = static_cast<const std::byte*>(from);
    object.insert(object.end(), at, at + bytes);
  };
  place(1, 1, names.data(), names.size());
  place(2, 11, symbols.data(), symbols.size());
  place(3, 19, symbol, sizeof symbol);
  place(4, 27, info, sizeof info);
  section[3].sh_link = 2;
  header.e_shoff = object.size();
  append(object, section);
  std::memcpy(object.data(), &header, sizeof header);
  const auto resources = resources_in(object);
  ASSERT_EQ(resources.count("kernel"), 1U);
  EXPECT_EQ(resources.at("kernel").registers, 40);
  EXPECT_EQ(resources.at("kernel").stack, 16);
  damage(object, [](const Bytes& bytes) { static_cast<void>(resources_in(bytes)); });
}

}  // namespace
}  // namespace emu
