#include <algorithm>
#include <cstdio>
#include <numeric>
#include <random>
#include <vector>

#include <cub/cub.cuh>
#include <thrust/count.h>
#include <thrust/device_vector.h>
#include <thrust/execution_policy.h>
#include <thrust/reduce.h>
#include <thrust/sequence.h>
#include <thrust/sort.h>
#include <thrust/transform_reduce.h>
int bad = 0;
#define CHECK(x)                                        \
  do {                                                  \
    if (!(x)) {                                         \
      std::printf("FAILED %s line %d\n", #x, __LINE__); \
      ++bad;                                            \
    }                                                   \
  } while (0)
int main() {
  std::mt19937 g(1);
  const int n = 100003;
  std::vector<float> h(n);
  for (float& x : h) x = std::ldexp((float)(int)(g() % 2000001) - 1000000, -10);
  thrust::device_vector<float> d = h;
  thrust::device_vector<float> out(1);
  size_t bytes = 0;
  cub::DeviceReduce::Max(nullptr, bytes, d.data().get(), out.data().get(), n);
  thrust::device_vector<char> temp(bytes);
  cudaError_t e = cub::DeviceReduce::Max(temp.data().get(), bytes, d.data().get(), out.data().get(), n);
  std::printf("cub max: %s %g\n", cudaGetErrorString(e), (float)out[0]);
  CHECK((float)out[0] == *std::max_element(h.begin(), h.end()));
  thrust::device_vector<double> dd(h.begin(), h.end());
  thrust::device_vector<double> dout(1);
  bytes = 0;
  cub::DeviceReduce::Sum(nullptr, bytes, dd.data().get(), dout.data().get(), n);
  temp.resize(bytes);
  e = cub::DeviceReduce::Sum(temp.data().get(), bytes, dd.data().get(), dout.data().get(), n);
  double exact = 0;
  for (float x : h) exact += x;
  std::printf("cub sum: %s %.17g %.17g\n", cudaGetErrorString(e), (double)dout[0], exact);
  CHECK((double)dout[0] == exact);
  thrust::device_vector<int> in(n), scan(n);
  std::vector<int> hi(n);
  for (int& x : hi) x = g() % 7;
  in = hi;
  bytes = 0;
  cub::DeviceScan::ExclusiveSum(nullptr, bytes, in.data().get(), scan.data().get(), n);
  temp.resize(bytes);
  e = cub::DeviceScan::ExclusiveSum(temp.data().get(), bytes, in.data().get(), scan.data().get(), n);
  std::vector<int> hs(n);
  std::exclusive_scan(hi.begin(), hi.end(), hs.begin(), 0);
  std::vector<int> got(n);
  thrust::copy(scan.begin(), scan.end(), got.begin());
  std::printf("cub scan: %s\n", cudaGetErrorString(e));
  CHECK(got == hs);
  thrust::device_vector<float> s = h;
  thrust::sort(s.begin(), s.end());
  std::vector<float> sorted(n);
  thrust::copy(s.begin(), s.end(), sorted.begin());
  std::vector<float> want = h;
  std::sort(want.begin(), want.end());
  std::printf("thrust sort\n");
  CHECK(sorted == want);
  thrust::device_vector<float> k = h;
  thrust::device_vector<int> v(n);
  thrust::sequence(v.begin(), v.end());
  thrust::sort_by_key(k.begin(), k.end(), v.begin());
  std::vector<int> hv(n);
  thrust::copy(v.begin(), v.end(), hv.begin());
  bool ok = true;
  for (int i = 0; i < n; ++i) ok = ok && h[hv[i]] == want[i];
  std::printf("thrust sort_by_key\n");
  CHECK(ok);
  float r = thrust::reduce(d.begin(), d.end(), 0.0f, thrust::maximum<float>());
  CHECK(r == want.back());
  long cnt = thrust::count_if(d.begin(), d.end(), [] __device__(float x) { return x > 0; });
  CHECK(cnt == std::count_if(h.begin(), h.end(), [](float x) { return x > 0; }));
  std::printf("%d failures\n", bad);
  return bad;
}
