#include "ops/mamba2_reference.h"

#include <cmath>
#include <vector>

namespace bantam {
namespace {

// One head; h as [P][N], like the equations of mamba2.h.
struct Head {
  const Mamba2Matrices& m;
  size_t head;
  size_t P = m.x.cols / m.heads, N = m.b.cols / m.groups, group = head / (m.heads / m.groups);

  double x(size_t t, size_t p) const { return m.x.row<double>(t)[head * P + p]; }
  double b(size_t t, size_t n) const { return m.b.row<double>(t)[group * N + n]; }
  double c(size_t t, size_t n) const { return m.c.row<double>(t)[group * N + n]; }
  double a(size_t t) const { return std::exp(m.log_decay.row<double>(t)[head]); }
  double step(size_t t) const { return m.step.data == nullptr ? 1 : m.step.row<double>(t)[head]; }
  double skip() const { return m.skip.row<double>(0)[head]; }

  std::vector<double> next(const std::vector<double>& h, size_t t) const {
    std::vector<double> after(h);
    for (size_t p = 0; p < P; ++p)
      for (size_t n = 0; n < N; ++n) after[p * N + n] = a(t) * h[p * N + n] + step(t) * x(t, p) * b(t, n);
    return after;
  }
};

void add(const GradientTarget& target, size_t t, size_t col, double value) {
  if (target.mat.data != nullptr) target.mat.row<double>(t)[col] += value;
}

void clear(const GradientTarget& target) {
  if (target.mat.data == nullptr || target.accumulate) return;
  for (size_t t = 0; t < target.mat.rows; ++t)
    for (size_t i = 0; i < target.mat.cols; ++i) target.mat.row<double>(t)[i] = 0;
}

void head_backward(const Head& head, const Segment& segment, ConstMat dy, const Mamba2Gradients& to) {
  const size_t P = head.P, N = head.N, first = head.head * P, group = head.group * N;
  std::vector<std::vector<double>> states(1, std::vector<double>(P * N));
  for (size_t t = 0; t < segment.length; ++t) states.push_back(head.next(states[t], segment.start + t));
  std::vector<double> q(P * N);  // gradient of h_t
  for (size_t i = segment.length; i-- > 0;) {
    const size_t t = segment.start + i;
    const double a = head.a(t), step = head.step(t);
    const std::vector<double>&before = states[i], &after = states[i + 1];
    double da = 0;
    for (size_t p = 0; p < P; ++p) {
      const double dy_p = dy.row<double>(t)[first + p], x = head.x(t, p);
      double d_in = 0;  // of δ x
      for (size_t n = 0; n < N; ++n) {
        double& g = q[p * N + n];
        g += dy_p * head.c(t, n);
        add(to.c, t, group + n, after[p * N + n] * dy_p);
        add(to.b, t, group + n, g * step * x);
        d_in += g * head.b(t, n);
        da += g * before[p * N + n];
        g *= a;
      }
      add(to.x, t, first + p, step * d_in + head.skip() * dy_p);
      add(to.step, t, head.head, d_in * x);
      add(to.skip, 0, head.head, dy_p * x);
    }
    add(to.log_decay, t, head.head, da * a);
  }
}

}  // namespace

void mamba2_reference_forward(const Mamba2Matrices& x, const Segments& segments, Mat y, Mat) {
  for (const Segment& segment : segments)
    for (size_t h = 0; h < x.heads; ++h) {
      const Head head{x, h};
      std::vector<double> state(head.P * head.N);
      for (size_t t = segment.start; t < segment.start + segment.length; ++t) {
        state = head.next(state, t);
        for (size_t p = 0; p < head.P; ++p) {
          double sum = head.skip() * head.x(t, p);
          for (size_t n = 0; n < head.N; ++n) sum += state[p * head.N + n] * head.c(t, n);
          y.row<double>(t)[h * head.P + p] = sum;
        }
      }
    }
}

void mamba2_reference_backward(const Mamba2Matrices& x, const Segments& segments, Mat, ConstMat dy, Mat,
                               const Mamba2Gradients& to) {
  for (const GradientTarget* target : {&to.x, &to.b, &to.c, &to.log_decay, &to.step, &to.skip})
    clear(*target);
  for (const Segment& segment : segments)
    for (size_t h = 0; h < x.heads; ++h) head_backward(Head{x, h}, segment, dy, to);
}

}  // namespace bantam
