#include "ops/rwkv7_reference.h"

#include <vector>

namespace bantam {
namespace {

// One head; S as [value][key], like the equations of rwkv7.h.
struct Head {
  const Rwkv7Matrices& x;
  size_t width, head;

  double at(const ConstMat& m, size_t t, size_t j) const { return m.row<double>(t)[head * width + j]; }
  bool one_rate() const { return x.a.cols == x.v.cols / width; }
  double a(size_t t, size_t j) const { return x.a.row<double>(t)[one_rate() ? head : head * width + j]; }
  bool decayed() const { return x.removal == Rwkv7Removal::decayed; }
  double c(size_t t, size_t j) const { return at(x.kappa, t, j) * (decayed() ? at(x.w, t, j) : 1); }

  // u = S c
  std::vector<double> removed(const std::vector<double>& s, size_t t) const {
    std::vector<double> u(width);
    for (size_t i = 0; i < width; ++i)
      for (size_t j = 0; j < width; ++j) u[i] += s[i * width + j] * c(t, j);
    return u;
  }
  std::vector<double> step(const std::vector<double>& s, size_t t) const {
    const std::vector<double> u = removed(s, t);
    std::vector<double> next(s);
    for (size_t i = 0; i < width; ++i)
      for (size_t j = 0; j < width; ++j)
        next[i * width + j] = s[i * width + j] * at(x.w, t, j) - u[i] * a(t, j) * at(x.kappa, t, j) +
                              at(x.v, t, i) * at(x.k, t, j);
    return next;
  }
  void read_out(const std::vector<double>& s, size_t t, Mat o) const {
    for (size_t i = 0; i < width; ++i) {
      double sum = 0;
      for (size_t j = 0; j < width; ++j) sum += s[i * width + j] * at(x.r, t, j);
      o.row<double>(t)[head * width + i] = sum;
    }
  }
};

}  // namespace

void rwkv7_reference_forward(const Rwkv7Matrices& x, size_t heads, const Segments& segments, Mat o, Mat) {
  const size_t width = o.cols / heads;
  for (const Segment& segment : segments)
    for (size_t h = 0; h < heads; ++h) {
      const Head head{x, width, h};
      std::vector<double> s(width * width);
      for (size_t t = segment.start; t < segment.start + segment.length; ++t) {
        s = head.step(s, t);
        head.read_out(s, t, o);
      }
    }
}

void rwkv7_reference_backward(const Rwkv7Matrices& x, size_t heads, const Segments& segments, Mat,
                              ConstMat d_o, const Rwkv7Gradients& to) {
  const size_t width = d_o.cols / heads;
  const auto add = [](const GradientTarget& target, size_t t, size_t col, double value) {
    if (target.mat.data == nullptr) return;
    double& sum = target.mat.row<double>(t)[col];
    sum = target.accumulate ? sum + value : value;
  };
  for (const Segment& segment : segments)
    for (size_t h = 0; h < heads; ++h) {
      const Head head{x, width, h};
      std::vector<std::vector<double>> states(1, std::vector<double>(width * width));
      for (size_t t = 0; t < segment.length; ++t) states.push_back(head.step(states[t], segment.start + t));
      std::vector<double> g(width * width);
      for (size_t n = segment.length; n-- > 0;) {
        const size_t t = segment.start + n;
        const std::vector<double>&s = states[n], &next = states[n + 1], u = head.removed(s, t);
        std::vector<double> du(width);
        for (size_t i = 0; i < width; ++i) {
          double dv = 0;
          for (size_t j = 0; j < width; ++j) {
            g[i * width + j] += head.at(d_o, t, i) * head.at(x.r, t, j);
            dv += g[i * width + j] * head.at(x.k, t, j);
            du[i] -= g[i * width + j] * head.a(t, j) * head.at(x.kappa, t, j);
          }
          add(to.v, t, h * width + i, dv);
        }
        double da = 0;
        for (size_t j = 0; j < width; ++j) {
          const double w = head.at(x.w, t, j), kappa = head.at(x.kappa, t, j);
          double dr = 0, dk = 0, db = 0, dc = 0, dw = 0;
          for (size_t i = 0; i < width; ++i) {
            const size_t at = i * width + j;
            dr += next[at] * head.at(d_o, t, i);
            dk += g[at] * head.at(x.v, t, i);
            db -= g[at] * u[i];
            dc += s[at] * du[i];
            dw += g[at] * s[at];
            g[at] = g[at] * w + du[i] * head.c(t, j);
          }
          if (head.decayed()) dw += kappa * dc, dc *= w;
          add(to.r, t, h * width + j, dr);
          add(to.k, t, h * width + j, dk);
          add(to.w, t, h * width + j, dw);
          add(to.kappa, t, h * width + j, dc + head.a(t, j) * db);
          if (!head.one_rate()) add(to.a, t, h * width + j, kappa * db);
          da += kappa * db;
        }
        if (head.one_rate()) add(to.a, t, h, da);
      }
    }
}

}  // namespace bantam
