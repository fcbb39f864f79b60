#include <cmath>
#include <cstdio>
#include <random>
#include <vector>

#include <cublas_v2.h>
#include <cuda_runtime.h>
template <class T>
T* up(const std::vector<T>& v) {
  T* p;
  cudaMalloc(&p, v.size() * sizeof(T));
  cudaMemcpy(p, v.data(), v.size() * sizeof(T), cudaMemcpyHostToDevice);
  return p;
}
template <class T>
std::vector<T> down(T* p, size_t n) {
  std::vector<T> v(n);
  cudaMemcpy(v.data(), p, n * sizeof(T), cudaMemcpyDeviceToHost);
  return v;
}
int main() {
  cublasHandle_t h;
  cublasCreate(&h);
  std::mt19937 g(1);
  std::normal_distribution<double> N;
  const int m = 37, n = 23, k = 101;
  std::vector<double> a(k * m), b(k * n), c(m * n);
  for (auto* v : {&a, &b, &c})
    for (double& x : *v) x = N(g);
  double *da = up(a), *db = up(b), *dc = up(c);
  const double al = 1.5, be = -0.5;
  cublasStatus_t s = cublasDgemm(h, CUBLAS_OP_T, CUBLAS_OP_N, m, n, k, &al, da, k, db, k, &be, dc, m);
  auto r = down(dc, m * n);
  double worst = 0;
  for (int i = 0; i < m; ++i)
    for (int j = 0; j < n; ++j) {
      double e = be * c[j * m + i];
      for (int l = 0; l < k; ++l) e += al * a[i * k + l] * b[j * k + l];
      worst = std::fmax(worst, std::fabs(e - r[j * m + i]));
    }
  std::printf("dgemm %d worst %g\n", s, worst);
  std::vector<float> fa(a.begin(), a.end()), fb(b.begin(), b.end());
  float *pa = up(fa), *pb = up(fb), *pc;
  cudaMalloc(&pc, m * n * 4);
  const float one = 1, zero = 0;
  s = cublasSgemm(h, CUBLAS_OP_T, CUBLAS_OP_N, m, n, k, &one, pa, k, pb, k, &zero, pc, m);
  auto f = down(pc, m * n);
  cublasSetMathMode(h, CUBLAS_TF32_TENSOR_OP_MATH);
  cublasSgemm(h, CUBLAS_OP_T, CUBLAS_OP_N, m, n, k, &one, pa, k, pb, k, &zero, pc, m);
  auto t = down(pc, m * n);
  double w1 = 0, w2 = 0;
  for (int i = 0; i < m; ++i)
    for (int j = 0; j < n; ++j) {
      double e = 0;
      for (int l = 0; l < k; ++l) e += a[i * k + l] * b[j * k + l];
      w1 = std::fmax(w1, std::fabs(e - f[j * m + i]));
      w2 = std::fmax(w2, std::fabs(e - t[j * m + i]));
    }
  std::printf("sgemm %d worst %g, tf32 %g\n", s, w1, w2);
  double* dy = up(std::vector<double>(m, 0.0));
  s = cublasDgemv(h, CUBLAS_OP_T, k, m, &al, da, k, db, 1, &be, dy, 1);
  auto y = down(dy, m);
  worst = 0;
  for (int i = 0; i < m; ++i) {
    double e = 0;
    for (int l = 0; l < k; ++l) e += al * a[i * k + l] * b[l];
    worst = std::fmax(worst, std::fabs(e - y[i]));
  }
  std::printf("dgemv %d worst %g\n", s, worst);
  s = cublasDgemm(h, CUBLAS_OP_T, CUBLAS_OP_N, m, n + 1, k, &al, da, k, db, k, &be, dc, m);
  std::printf("too large: %d\n", s);
}
