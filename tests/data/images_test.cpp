// Rows with images from JSONL to batches: 4 × 4 pixels in patches of 2, so four positions an image.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "base/threads.h"
#include "data/batches.h"
#include "data/toy.h"
#include "formats/npy.h"
#include "image_files.h"

namespace bantam {
namespace {

namespace fs = std::filesystem;
using testing::ElementsAre;
using testing::ElementsAreArray;
using testing::HasSubstr;

constexpr PackImages kImages{4, 2};
constexpr uint64_t kForever = ~uint64_t{0};

class ImageRows : public testing::Test {
 protected:
  void SetUp() override {
    fs::create_directory(folder_ / "pictures");
    folder_.write("pictures/a.png", png_file(first_));
    folder_.write("b.jpg", jpeg_file(plain_image(8, 250, 128, 3)));
    folder_.write("rows.jsonl", R"({"text":"aa"}
{"text":"bbb","image":"pictures/a.png"}
{"prompt":"c","completion":"d","image":"b.jpg","decision":1,"decision_position":1}
{"text":"e","image":null}
)");
  }
  RowFormat format() const {
    RowFormat format = toy::format();
    format.images = kImages;
    return format;
  }
  EncodedRow encode(std::string_view line) const {
    return encode_json_row(line, format(), "x.jsonl:17", folder_.path());
  }
  std::string error_of(std::string_view line, const RowFormat& format) const {
    try {
      encode_json_row(line, format, "x.jsonl:17", folder_.path());
    } catch (const RowError& error) {
      return error.reason() + " " + error.what();
    }
    return "";
  }
  std::string error_of(std::string_view line) const { return error_of(line, format()); }
  fs::path out() const { return folder_ / "pack"; }
  PackOptions options(const std::vector<std::string>& names) const {
    std::vector<SourceSpec> sources;
    for (const std::string& name : names) sources.push_back(parse_source((folder_ / name).string()));
    PackOptions options = toy::options(out(), sources);
    options.format = format();
    return options;
  }
  Pack pack(const std::vector<std::string>& names) const {
    write_pack(options(names));
    return Pack(out());
  }

  TemporaryFolder folder_;
  const Image first_ = patterned_image(4, 4);
};

TEST_F(ImageRows, PatchesStandBeforeTheTextAndArePredictedByNobody) {
  const EncodedRow row = encode(R"({"text":"ab","image":"pictures/a.png"})");
  EXPECT_EQ(row.pixels, first_.pixels);
  EXPECT_THAT(row.tokens, ElementsAre(0, 0, 0, 0, toy::kBegin, 'a', 'b', toy::kEnd));
  EXPECT_THAT(row.mask, ElementsAre(0, 0, 0, 0, 0, 1, 1, 1));
  EXPECT_TRUE(row.ignored_fields.empty());
  EXPECT_EQ(row.text_bytes, 2u);
  const EncodedRow answer = encode(R"({"prompt":"ab","completion":"c","image":"b.jpg"})");
  EXPECT_THAT(answer.mask, ElementsAre(0, 0, 0, 0, 0, 0, 0, 1, 1));
  EXPECT_EQ(answer.pixels.size(), kImages.bytes());
  EXPECT_TRUE(encode(R"({"text":"ab","image":null})").pixels.empty());
}

TEST_F(ImageRows, LearningEverythingLearnsThePromptAndStillNoPatch) {
  RowFormat everything = format();
  everything.learn = Learn::everything;
  const EncodedRow row = encode_json_row(R"({"prompt":"ab","completion":"c","image":"b.jpg"})", everything,
                                         "x.jsonl:17", folder_.path());
  EXPECT_THAT(row.mask, ElementsAre(0, 0, 0, 0, 0, 1, 1, 1, 1));
}

TEST_F(ImageRows, ADecisionsPositionCountsTheText) {
  const std::string row = R"({"text":"abc","image":"b.jpg","decision":1)";
  EXPECT_EQ(encode(row + "}").label->position, 4u + 3);
  EXPECT_EQ(encode(row + R"(,"decision_position":0})").label->position, 4u);
  EXPECT_EQ(encode(row + R"(,"decision_position":-4})").label->position, 4u);
  EXPECT_THAT(error_of(row + R"(,"decision_position":-5})"), HasSubstr("positions 0 to 3"));
}

TEST_F(ImageRows, WrongOnesSayWhatIsWanted) {
  EXPECT_THAT(error_of(R"({"text":"a","image":"none.png"})"), HasSubstr("invalid_image x.jsonl:17: image "));
  EXPECT_THAT(error_of(R"({"text":"a","image":"rows.jsonl"})"),
              HasSubstr("is neither a PNG nor a JPEG file"));
  EXPECT_THAT(error_of(R"({"text":"a","image":"pictures"})"), HasSubstr("is no plain file"));
  EXPECT_THAT(error_of(R"({"text":"a","image":""})"),
              HasSubstr("wrong_field x.jsonl:17: \"image\" is empty"));
  EXPECT_THAT(error_of(R"({"text":"a","image":3})"), HasSubstr("wrong_field"));
  EXPECT_THAT(error_of(R"({"text":"a","image":"b.jpg"})", toy::format()),
              HasSubstr("unsupported_field x.jsonl:17: has an \"image\", and nothing says what images"));
  RowFormat bare = format();
  bare.begin_token = bare.end_token = std::nullopt;
  EXPECT_THAT(error_of(R"({"text":"a","image":"b.jpg"})", bare), HasSubstr("no_target"));
  bare.context = 6;
  EXPECT_EQ(error_of(R"({"text":"abc","image":"b.jpg"})", bare), "");
  EXPECT_THAT(error_of(R"({"text":"abcd","image":"b.jpg"})", bare),
              HasSubstr("takes 7 positions, the context has 6; rows with an image are not cut"));
}

TEST_F(ImageRows, APackHoldsColumnsOfImages) {
  const Pack pack = this->pack({"rows.jsonl"});
  pack.verify();
  EXPECT_EQ(pack.manifest().images, kImages);
  EXPECT_EQ(pack.manifest().shards[0].images, 2u);
  const NpyFile which(out() / "train-00000/row_images.npy"), images(out() / "train-00000/images.npy");
  EXPECT_THAT(which.values<int32_t>(), ElementsAre(-1, 0, 1, -1));
  EXPECT_THAT(images.shape(), ElementsAre(2, 4, 4, 3));
  const Shard& shard = pack.shards()[0];  // [aa] ....[bbb] ....[cd] [e]
  EXPECT_THAT(shard.image_at(4), ElementsAreArray(first_.pixels));
  EXPECT_TRUE(shard.image_at(0).empty());
  EXPECT_TRUE(shard.image_at(5).empty()) << "not where a document begins";
  EXPECT_EQ(shard.image_at(13).size(), 48u);
  EXPECT_EQ(shard.label_within(13, 8)->token, 18u);
  EXPECT_EQ(shard.patch_tokens(), 8u);
}

TEST_F(ImageRows, APackWithoutImagesSaysNothingOfThem) {
  folder_.write("plain.jsonl", "{\"text\":\"e\"}\n");
  const Pack pack = this->pack({"plain.jsonl"});
  EXPECT_THAT(read_file(out() / "pack.json"), testing::Not(HasSubstr("image")));
  EXPECT_FALSE(fs::exists(out() / "train-00000/images.npy"));
}

TEST_F(ImageRows, ColumnsThatCannotBeMeantAreRefused) {
  const auto damaged = [&]<class T>(const std::string& file, const std::vector<T>& values,
                                    std::vector<uint64_t> row_shape = {}) -> std::string {
    write_pack(options({"rows.jsonl"}));
    NpyWriter writer(out() / "train-00000" / file, stored_dtype_of<T>(), std::move(row_shape));
    writer.append(std::span<const T>(values));
    writer.commit();
    try {
      Pack{out()};
    } catch (const Error& error) {
      EXPECT_EQ(error.code(), ErrorCode::corrupt);
      return error.what();
    }
    return "";
  };
  const auto which = [&](std::vector<int32_t> values) { return damaged("row_images.npy", values); };
  EXPECT_EQ(which({-1, 0, 1, -1}), "");
  EXPECT_THAT(which({-1, 0, 2, -1}), HasSubstr("document 2 has the image 2 of 2"));
  EXPECT_THAT(which({-1, 0, -2, -1}), HasSubstr("document 2 has the image -2"));
  EXPECT_THAT(which({0, -1, 1, -1}), HasSubstr("too few for an image of 4 patches"));
  EXPECT_THAT(which({-1, 0, 1}), HasSubstr("holds 3 elements"));
  EXPECT_THAT(damaged("images.npy", std::vector<uint8_t>(96), {8, 2, 3}), HasSubstr("2 × 8 × 2 × 3"));
  EXPECT_THAT(damaged("images.npy", std::vector<uint8_t>(48), {4, 4, 3}),
              HasSubstr("manifest says 2 × 4 × 4 × 3"));
  EXPECT_THAT(damaged("loss_mask.npy", std::vector<uint8_t>(24, 1)), HasSubstr("document 1's image"));
}

TEST_F(ImageRows, AMissingFileIsNamedByFileAndLineAndNothingIsLeft) {
  folder_.write("bad.jsonl", "{\"text\":\"a\"}\n{\"text\":\"b\",\"image\":\"gone.png\"}\n");
  try {
    write_pack(options({"bad.jsonl"}));
    FAIL();
  } catch (const RowError& error) {
    EXPECT_THAT(error.what(), HasSubstr("bad.jsonl:2: image "));
    EXPECT_THAT(error.what(), HasSubstr("gone.png"));
  }
  EXPECT_FALSE(fs::exists(out()));
  PackOptions skipping = options({"bad.jsonl"});
  skipping.skip_invalid = true;
  EXPECT_EQ(write_pack(skipping).manifest.sources[0].skipped.by_name.at("invalid_image"), 1u);
}

TEST_F(ImageRows, TheBytesOfAPackDoNotDependOnThreads) {
  std::string rows;
  for (int i = 0; i < 60; ++i) {
    folder_.write(fmt::format("i{}.png", i), png_file(patterned_image(5 + static_cast<size_t>(i) % 7, 6, i)));
    rows += fmt::format("{{\"text\":\"t{}\"{}}}\n", i,
                        i % 3 == 0 ? "" : fmt::format(",\"image\":\"i{}.png\"", i));
  }
  folder_.write("many.jsonl", rows);
  const int before = thread_count();
  set_thread_count(1);
  const std::string alone = pack({"many.jsonl"}).sha256();
  set_thread_count(3);
  EXPECT_EQ(pack({"many.jsonl"}).sha256(), alone);
  set_thread_count(before);
}

// Rows with and without images share rows of a batch; where a patch is there is no token and no target.
TEST_F(ImageRows, BatchesHaveThePatchesInPlaceOfTokens) {
  std::string rows;
  for (int i = 0; i < 40; ++i)
    rows += fmt::format("{{\"text\":\"{}\"{}}}\n",
                        std::string(1 + static_cast<size_t>(i) % 5, static_cast<char>('a' + i % 26)),
                        i % 2 == 0 ? "" : ",\"image\":\"pictures/a.png\",\"decision\":1");
  folder_.write("many.jsonl", rows);
  const Pack pack = this->pack({"many.jsonl"});
  const OrderedRows all({&pack}, "train", 16);
  const Batch batch = all.load(0, all.rows());
  EXPECT_EQ(batch.images.size(), 20u);
  EXPECT_EQ(batch.labels.size(), 20u);
  for (size_t i = 0; i < batch.images.size(); ++i) {
    const auto& [position, patches, pixels] = batch.images[i];
    EXPECT_EQ(patches, 4u);
    EXPECT_THAT(pixels, ElementsAreArray(first_.pixels));
    for (size_t k = 0; k < patches; ++k) {
      EXPECT_EQ(batch.tokens[position + k], -1);
      EXPECT_EQ(batch.targets[position + k], -1);
      EXPECT_EQ(batch.positions[position + k], static_cast<int32_t>(k));
    }
    EXPECT_EQ(batch.tokens[position + 4], toy::kBegin);
    EXPECT_EQ(batch.targets[position + 4], batch.tokens[position + 5]);
    EXPECT_TRUE(std::any_of(batch.segments.begin(), batch.segments.end(),
                            [&, at = position](const BatchSegment& s) { return s.start == at; }));
  }
  uint64_t text = 0;  // of every text its letters and the end
  for (int i = 0; i < 40; ++i) text += 2 + static_cast<uint64_t>(i) % 5;
  EXPECT_EQ(batch.target_count(), text);
  EXPECT_EQ(batch.target_count(2), text - 40) << "no head predicts from a patch";

  size_t cut = 0;
  for (size_t row = 0; row < batch.rows; ++row)
    for (const BatchImage& image : batch.slice(row, 1).images) {
      EXPECT_EQ(batch.images[cut].position, row * 16 + image.position);
      EXPECT_EQ(batch.images[cut++].pixels.data(), image.pixels.data());
    }
  EXPECT_EQ(cut, batch.images.size());
  const Batches drawn({&pack},
                      {.seed = 17, .tokens_per_step = 64, .lengths = {{16, kForever}}, .split = "train"});
  EXPECT_FALSE(drawn.load(3).images.empty());
}

TEST_F(ImageRows, ARowThatAnImageDoesNotFitIsRefused) {
  const Pack pack = this->pack({"rows.jsonl"});
  try {
    OrderedRows({&pack}, "train", 7);
    FAIL();
  } catch (const Error& error) {
    EXPECT_THAT(error.what(),
                HasSubstr("document 1 is a row with an image of 8 positions, the training length is 7"));
  }
}

}  // namespace
}  // namespace bantam
