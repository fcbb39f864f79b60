// Instructions against the host's arithmetic.
#include <cfenv>
#include <cmath>
#include <functional>

#include "exec/numbers.hpp"
#include "harness.hpp"

namespace emu::test {
namespace {

using Expect = std::function<u64(u64, u64, u64)>;

void check(const std::vector<u64>& a, const std::vector<u64>& b, const std::vector<u64>& c,
           const std::string& body, const Expect& expect) {
  Case r{a, b, c};
  r.threads = 256;
  r.blocks = static_cast<u32>(a.size() / 256);
  const std::vector<u64> found = run(r, body);
  for (std::size_t i = 0; i < a.size(); ++i) {
    ASSERT_EQ(found[i], expect(a[i], b[i], c[i]))
        << body << " of " << std::hex << a[i] << ", " << b[i] << ", " << c[i];
  }
}
void integers(const std::string& body, const Expect& expect) {
  check(mixed(2048, 1), mixed(2048, 2), mixed(2048, 3), body, expect);
}
void singles(const std::string& body, const Expect& expect) {
  check(floats(2048, 4), floats(2048, 5), floats(2048, 6), body, expect);
}

std::string to_r(const std::string& op) {
  return op + "; cvt.u64.u32 %rd10, %r10;";
}
std::string to_f(const std::string& op) {
  return op + "; mov.b32 %r10, %f10; cvt.u64.u32 %rd10, %r10;";
}
std::string to_d(const std::string& op) {
  return op + "; mov.b64 %rd10, %d10;";
}
std::string to_p(const std::string& op) {
  return op + "; selp.u64 %rd10, 1, 0, %p1;";
}

u32 lo(u64 x) {
  return static_cast<u32>(x);
}
std::int32_t s(u64 x) {
  return static_cast<std::int32_t>(x);
}

TEST(Integer, Arithmetic) {
  integers(to_r("add.s32 %r10, %r1, %r2"), [](u64 a, u64 b, u64) -> u64 { return lo(a + b); });
  integers(to_r("sub.u32 %r10, %r1, %r2"), [](u64 a, u64 b, u64) -> u64 { return lo(a - b); });
  integers(to_r("mad.lo.s32 %r10, %r1, %r2, %r3"), [](u64 a, u64 b, u64 c) -> u64 { return lo(a * b + c); });
  integers(to_r("mul.hi.u32 %r10, %r1, %r2"),
           [](u64 a, u64 b, u64) -> u64 { return (u64{lo(a)} * lo(b)) >> 32; });
  integers(to_r("mul.hi.s32 %r10, %r1, %r2"),
           [](u64 a, u64 b, u64) -> u64 { return lo(static_cast<u64>((std::int64_t{s(a)} * s(b)) >> 32)); });
  integers("mul.wide.u32 %rd10, %r1, -845247145;",
           [](u64 a, u64, u64) -> u64 { return u64{lo(a)} * 0xCD9E8D57U; });
  integers("mul.wide.s32 %rd10, %r1, %r2;",
           [](u64 a, u64 b, u64) -> u64 { return static_cast<u64>(std::int64_t{s(a)} * s(b)); });
  integers("mul.hi.u64 %rd10, %rd1, %rd2;", [](u64 a, u64 b, u64) -> u64 {
    return static_cast<u64>((static_cast<Unsigned128>(a) * b) >> 64);
  });
  integers("mad.wide.u32 %rd10, %r1, %r2, %rd3;",
           [](u64 a, u64 b, u64 c) -> u64 { return u64{lo(a)} * lo(b) + c; });
  integers(to_r("div.u32 %r10, %r1, %r2"),
           [](u64 a, u64 b, u64) -> u64 { return lo(b) == 0 ? ~0U : lo(a) / lo(b); });
  integers("rem.u64 %rd10, %rd1, %rd2;", [](u64 a, u64 b, u64) -> u64 { return b == 0 ? a : a % b; });
  integers(to_r("max.s32 %r10, %r1, %r2"),
           [](u64 a, u64 b, u64) -> u64 { return lo(static_cast<u64>(std::max(s(a), s(b)))); });
  integers(to_r("min.u32 %r10, %r1, %r2"), [](u64 a, u64 b, u64) -> u64 { return std::min(lo(a), lo(b)); });
  integers(to_r("abs.s32 %r10, %r1"), [](u64 a, u64, u64) -> u64 { return s(a) < 0 ? 0U - lo(a) : lo(a); });
  integers("add.cc.u32 %r10, %r1, %r2; addc.u32 %r11, 0, 0; cvt.u64.u32 %rd10, %r11;",
           [](u64 a, u64 b, u64) -> u64 { return (u64{lo(a)} + lo(b)) >> 32; });
}

TEST(Integer, Bits) {
  integers(to_r("shl.b32 %r10, %r1, %r2"),
           [](u64 a, u64 b, u64) -> u64 { return lo(b) >= 32 ? 0 : lo(a) << lo(b); });
  integers(to_r("shr.s32 %r10, %r1, %r2"),
           [](u64 a, u64 b, u64) -> u64 { return lo(static_cast<u64>(s(a) >> std::min(lo(b), 31U))); });
  integers("shr.u64 %rd10, %rd1, %r2;",
           [](u64 a, u64 b, u64) -> u64 { return lo(b) >= 64 ? 0 : a >> lo(b); });
  integers(to_r("lop3.b32 %r10, %r1, %r2, %r3, 150"),
           [](u64 a, u64 b, u64 c) -> u64 { return lo(a ^ b ^ c); });
  integers(to_r("lop3.b32 %r10, %r1, %r2, %r3, 202"),
           [](u64 a, u64 b, u64 c) -> u64 { return lo((a & b) | (~a & c)); });
  integers(to_r("shf.l.wrap.b32 %r10, %r1, %r2, %r3"),
           [](u64 a, u64 b, u64 c) -> u64 { return lo((((b << 32) | lo(a)) << (c & 31)) >> 32); });
  integers(to_r("shf.r.clamp.b32 %r10, %r1, %r2, %r3"), [](u64 a, u64 b, u64 c) -> u64 {
    return lo(((u64{lo(b)} << 32) | lo(a)) >> std::min(lo(c), 32U));
  });
  integers(to_r("popc.b64 %r10, %rd1"),
           [](u64 a, u64, u64) -> u64 { return static_cast<u64>(std::popcount(a)); });
  integers(to_r("clz.b32 %r10, %r1"),
           [](u64 a, u64, u64) -> u64 { return static_cast<u64>(std::countl_zero(lo(a))); });
  integers(to_r("bfe.u32 %r10, %r1, 5, 7"), [](u64 a, u64, u64) -> u64 { return (a >> 5) & 127; });
  integers(to_r("bfe.s32 %r10, %r1, 5, 7"),
           [](u64 a, u64, u64) -> u64 { return lo(static_cast<u64>((s(a << 20)) >> 25)); });
  integers(to_r("bfi.b32 %r10, %r1, %r2, 4, 8"),
           [](u64 a, u64 b, u64) -> u64 { return lo((b & ~0xFF0ULL) | ((a & 0xFF) << 4)); });
  integers(to_r("prmt.b32 %r10, %r1, %r2, 0x5410"),
           [](u64 a, u64 b, u64) -> u64 { return (lo(a) & 0xFFFFU) | (lo(b) << 16); });
  integers(to_r("brev.b32 %r10, %r1"), [](u64 a, u64, u64) -> u64 {
    u32 r = 0;
    for (int i = 0; i < 32; ++i) {
      r |= ((lo(a) >> i) & 1U) << (31 - i);
    }
    return r;
  });
  integers("cvt.u16.u32 %h1, %r1; not.b16 %h2, %h1; cvt.u64.u16 %rd10, %h2;",
           [](u64 a, u64, u64) -> u64 { return (~a) & 0xFFFFU; });
  integers("cvt.s64.s8 %rd10, %rd1;", [](u64 a, u64, u64) -> u64 {
    return static_cast<u64>(std::int64_t{static_cast<std::int8_t>(a)});
  });
  integers("mov.b64 {%r10, %r11}, %rd1; mov.b64 %rd10, {%r11, %r10};",
           [](u64 a, u64, u64) -> u64 { return (a >> 32) | (a << 32); });
}

TEST(Float, RoundsAsAskedInBothPrecisions) {
  static const std::pair<const char*, int> kModes[] = {
      {"rn", FE_TONEAREST}, {"rz", FE_TOWARDZERO}, {"rm", FE_DOWNWARD}, {"rp", FE_UPWARD}};
  for (const auto& [name, mode] : kModes) {
    const auto in_mode = [mode = mode](auto f) {
      return [mode, f](u64 a, u64 b, u64 c) -> u64 {
        std::fesetround(mode);
        volatile auto x = f(a, b, c);
        std::fesetround(FE_TONEAREST);
        return bits(x + 0 == x || x != x ? static_cast<std::remove_cv_t<decltype(x)>>(x) : x);
      };
    };
    const std::string n = name;
    singles(to_f("add." + n + ".f32 %f10, %f1, %f2"), in_mode([](u64 a, u64 b, u64) {
              volatile float x = f32(a), y = f32(b);
              return x + y;
            }));
    singles(to_f("mul." + n + ".f32 %f10, %f1, %f2"), in_mode([](u64 a, u64 b, u64) {
              volatile float x = f32(a), y = f32(b);
              return x * y;
            }));
    singles(to_f("div." + n + ".f32 %f10, %f1, %f2"), in_mode([](u64 a, u64 b, u64) {
              volatile float x = f32(a), y = f32(b);
              return x / y;
            }));
    singles(to_f("fma." + n + ".f32 %f10, %f1, %f2, %f3"), in_mode([](u64 a, u64 b, u64 c) {
              volatile float x = f32(a), y = f32(b), z = f32(c);
              return std::fma(x, y, z);
            }));
    singles(to_f("sqrt." + n + ".f32 %f10, %f1"), in_mode([](u64 a, u64, u64) {
              volatile float x = f32(a);
              return std::sqrt(x);
            }));
    singles(to_d("cvt.f64.f32 %d4, %f1; cvt.f64.f32 %d5, %f2; div." + n +
                 ".f64 %d10, %d4, %d5; abs.f64 %d10, %d10"),
            [&, in_mode](u64 a, u64 b, u64 c) -> u64 {
              const u64 x = in_mode([](u64 p, u64 q, u64) {
                volatile double dividend = f32(p), divisor = f32(q);
                return dividend / divisor;
              })(a, b, c);
              return x & ~(u64{1} << 63);
            });
    integers(to_f("cvt." + n + ".f32.u32 %f10, %r1"), in_mode([](u64 a, u64, u64) {
               volatile u32 x = lo(a);
               return static_cast<float>(x);
             }));
    integers(to_f("cvt." + n + ".f32.s64 %f10, %rd1"), in_mode([](u64 a, u64, u64) {
               volatile std::int64_t x = static_cast<std::int64_t>(a);
               return static_cast<float>(x);
             }));
    integers(to_d("cvt." + n + ".f64.u64 %d10, %rd1"), in_mode([](u64 a, u64, u64) {
               volatile u64 x = a;
               return static_cast<double>(x);
             }));
  }
}

TEST(Float, FlushesAndSaturatesOnlyWhereItSaysSo) {
  singles(to_f("mul.rn.ftz.f32 %f10, %f1, %f2"), [](u64 a, u64 b, u64) -> u64 {
    const auto flush = [](float x) { return std::fabs(x) < 0x1p-126F ? std::copysign(0.0F, x) : x; };
    volatile float product = flush(f32(a)) * flush(f32(b));
    return bits(flush(product));
  });
  singles(to_f("add.rn.sat.f32 %f10, %f1, %f2"), [](u64 a, u64 b, u64) -> u64 {
    const float x = f32(a) + f32(b);
    return x != x || x <= 0 ? 0 : bits(std::min(x, 1.0F));
  });
}

TEST(Float, MinimaComparisonsAndSigns) {
  singles(to_f("min.f32 %f10, %f1, %f2"), [](u64 a, u64 b, u64) -> u64 {
    const float x = f32(a), y = f32(b);
    return x != x   ? bits(y)
           : y != y ? bits(x)
           : x == y ? (std::signbit(x) ? lo(a) : lo(b))
                    : bits(std::min(x, y));
  });
  singles(to_f("neg.f32 %f10, %f1"), [](u64 a, u64, u64) -> u64 { return lo(a) ^ 0x80000000U; });
  singles(to_p("setp.lt.f32 %p1, %f1, %f2"), [](u64 a, u64 b, u64) -> u64 { return f32(a) < f32(b); });
  singles(to_p("setp.neu.f32 %p1, %f1, %f2"), [](u64 a, u64 b, u64) -> u64 { return !(f32(a) == f32(b)); });
  singles(to_p("setp.ne.f32 %p1, %f1, %f2"),
          [](u64 a, u64 b, u64) -> u64 { return f32(a) < f32(b) || f32(a) > f32(b); });
  singles(to_p("setp.gtu.f32 %p1, %f1, %f2"), [](u64 a, u64 b, u64) -> u64 { return !(f32(a) <= f32(b)); });
  singles(to_p("setp.eq.s32 %p2, %r3, 1; setp.ge.or.f32 %p1, %f1, %f2, !%p2"),
          [](u64 a, u64 b, u64 c) -> u64 { return f32(a) >= f32(b) || lo(c) != 1; });
  singles(to_r("selp.b32 %r10, %r1, %r2, %p0; setp.le.f32 %p0, %f1, %f2; selp.b32 %r10, %r1, %r2, %p0"),
          [](u64 a, u64 b, u64) -> u64 { return f32(a) <= f32(b) ? lo(a) : lo(b); });
}

TEST(Float, ToIntegersClamps) {
  singles(to_r("cvt.rzi.s32.f32 %r10, %f1"), [](u64 a, u64, u64) -> u64 {
    const float x = f32(a);
    return x != x          ? 0
           : x >= 0x1p31F  ? 0x7FFFFFFFU
           : x <= -0x1p31F ? 0x80000000U
                           : lo(static_cast<u64>(static_cast<std::int64_t>(x)));
  });
  singles(to_r("cvt.rni.u32.f32 %r10, %f1"), [](u64 a, u64, u64) -> u64 {
    const float x = f32(a);
    return x != x || x <= 0 ? 0 : x >= 0x1p32F ? ~0U : lo(static_cast<u64>(std::nearbyint(x)));
  });
}

TEST(Float, ApproximationsAreNear) {
  singles(to_f("rsqrt.approx.ftz.f32 %f10, %f1"), [](u64 a, u64, u64) -> u64 {
    float x = f32(a);
    x = std::fabs(x) < 0x1p-126F ? std::copysign(0.0F, x) : x;
    return bits(static_cast<float>(1.0 / std::sqrt(static_cast<double>(x))));
  });
}

}  // namespace
}  // namespace emu::test
