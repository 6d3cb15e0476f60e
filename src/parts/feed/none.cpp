// No feed: the layer is its mixer alone, with one norm, as in Mamba-2 (Dao & Gu 2024, arXiv:2405.21060).
#include "parts/register.h"
#include "tensor/copy.h"

namespace bantam {
namespace {

struct NoneConfig {};

Schema schema(const NoneConfig*) {
  return describe<NoneConfig>("No feed: the layer is its mixer alone, with one norm.");
}

// Adds nothing. A decoder leaves out the join, and with it the norm.
class None final : public Branch {
 public:
  None(const Build&, const PartContext&, const NoneConfig&, const std::string&) {}
  Tensor operator()(const Tensor& x, Pass&) const override {
    return constant("no feed adds nothing", [&] {
      Output zeros = like(x);
      fill_zero(x.device(), zeros.mat());
      return zeros;
    }());
  }
};

const bool registered = register_part<NoneConfig, None>(feeds(), kNoFeed);

}  // namespace
}  // namespace bantam
