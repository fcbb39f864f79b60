/// \file
/// Runs a few PTX statements on three numbers a thread.
#pragma once

#include <bit>
#include <cstdint>
#include <random>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "exec/warp.hpp"

namespace emu::test {

using u32 = std::uint32_t;
using u64 = std::uint64_t;

/// Numbers with many corner cases among them: small, large, powers of two, all bits.
inline std::vector<u64> mixed(std::size_t count, std::uint32_t seed) {
  std::mt19937_64 generator(seed);
  std::vector<u64> values;
  while (values.size() < count) {
    const u64 x = generator();
    switch (values.size() % 8) {
      case 0:
        values.push_back(x % 40);
        break;
      case 1:
        values.push_back(~(x % 40));
        break;
      case 2:
        values.push_back(u64{1} << (x % 64));
        break;
      case 3:
        values.push_back(x & 0xFFFFFFFFU);
        break;
      default:
        values.push_back(x);
    }
  }
  return values;
}

/// Bits of floats over all magnitudes, with zeros, infinities, subnormal numbers and NaN.
inline std::vector<u64> floats(std::size_t count, std::uint32_t seed) {
  std::mt19937_64 generator(seed);
  static constexpr u32 kSpecial[] = {0,           0x80000000U, 0x7F800000U, 0xFF800000U, 0x7FC00001U,
                                     1,           0x807FFFFFU, 0x00800000U, 0x3F800000U, 0xBF800000U,
                                     0x7F7FFFFFU, 0x4F000000U, 0xCF000000U, 0x4F800000U};
  std::vector<u64> values;
  while (values.size() < count) {
    const auto x = static_cast<u32>(generator());
    const auto near_one = (x & 0x807FFFFFU) | ((100U + (x >> 8) % 60) << 23);
    values.push_back(values.size() % 4 == 0 ? kSpecial[x % 14] : values.size() % 4 == 1 ? x : near_one);
  }
  return values;
}

struct Case {
  std::vector<u64> a, b, c;
  u32 threads = 128;  ///< of a block
  u32 blocks = 1;
  std::string declarations{};  ///< of the module
};

/// What \p body leaves in %rd10. Before it, %rd1..3, %r1..3, %f1..3 and %d1..3 hold the thread's a, b, c; %r0
/// is its number; %rd20..22 are addresses of the arrays a, b, c. \throws Fault.
inline std::vector<u64> run(const Case& r, const std::string& body) {
  std::string text = ".version 9.0\n.target sm_90\n.address_size 64\n" + r.declarations +
                     ".visible .entry k(.param .u64 pa, .param .u64 pb, .param .u64 pc, .param .u64 pd)\n{\n"
                     ".reg .pred %p<16>; .reg .b16 %h<16>; .reg .b32 %r<64>; .reg .f32 %f<32>; .reg .b64 "
                     "%rd<64>; .reg .f64 %d<16>;\n"
                     "ld.param.u64 %rd20, [pa]; ld.param.u64 %rd21, [pb]; ld.param.u64 %rd22, [pc]; "
                     "ld.param.u64 %rd23, [pd];\n"
                     "mov.u32 %r40, %ctaid.x; mov.u32 %r41, %ntid.x; mov.u32 %r42, %tid.x; mad.lo.s32 %r0, "
                     "%r40, %r41, %r42;\n"
                     "mul.wide.u32 %rd30, %r0, 8;\n"
                     "add.s64 %rd31, %rd20, %rd30; ld.global.u64 %rd1, [%rd31];\n"
                     "add.s64 %rd31, %rd21, %rd30; ld.global.u64 %rd2, [%rd31];\n"
                     "add.s64 %rd31, %rd22, %rd30; ld.global.u64 %rd3, [%rd31];\n";
  for (const char* i : {"1", "2", "3"}) {
    text += std::string("cvt.u32.u64 %r") + i + ", %rd" + i + "; mov.b32 %f" + i + ", %r" + i +
            "; mov.b64 %d" + i + ", %rd" + i + ";\n";
  }
  text += "mov.u64 %rd10, 0;\n" + body +
          "\nadd.s64 %rd31, %rd23, %rd30; st.global.u64 [%rd31], %rd10;\nret;\n}\n";
  ptx::Module module(text);
  const auto program = decode(module, module.functions.find("k")->second, {});
  Launch launch;
  launch.program = program.get();
  launch.threads.x = r.threads;
  launch.grid.x = r.blocks;
  static u32 launches = 0;
  launch.number = ++launches;
  const std::size_t count = std::size_t{r.threads} * r.blocks;
  u64 addresses[4];
  const std::vector<u64>* inputs[] = {&r.a, &r.b, &r.c};
  for (int i = 0; i < 4; ++i) {
    addresses[i] = DeviceMemory::get().allocate(count * 8);
    if (i < 3) {
      std::vector<u64> values = *inputs[i];
      values.resize(count);
      std::memcpy(DeviceMemory::host(addresses[i]), values.data(), count * 8);
      DeviceMemory::get().find(addresses[i])->shadows.mark_written(0, count * 8);
    }
  }
  launch.parameters.resize(32);
  std::memcpy(launch.parameters.data(), addresses, 32);
  std::vector<u64> result(count);
  const auto finish = [&] {
    std::memcpy(result.data(), DeviceMemory::host(addresses[3]), count * 8);
    for (const u64 address : addresses) {
      DeviceMemory::get().release(address);
    }
  };
  try {
    run_launch(launch);
  } catch (...) {
    finish();
    throw;
  }
  finish();
  return result;
}

inline float f32(u64 bits) {
  return std::bit_cast<float>(static_cast<u32>(bits));
}
inline double f64(u64 bits) {
  return std::bit_cast<double>(bits);
}
inline u64 bits(float x) {
  return x != x ? 0x7FFFFFFFU : std::bit_cast<u32>(x);
}
inline u64 bits(double x) {
  return std::bit_cast<u64>(x);
}

}  // namespace emu::test
