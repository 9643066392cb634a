// Counterparts: the openssl command line verifies what we sign, and we verify what it signs.
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <gtest/gtest.h>

#include "tests/support/signing_world.hpp"

namespace signet::signing {
namespace {

using testing_support::kSupergraph;
using testing_support::World;

class Folder {
 public:
  Folder() {
    std::string pattern = (std::filesystem::temp_directory_path() / "signet-XXXXXX").string();
    path_ = mkdtemp(pattern.data());
  }
  ~Folder() { std::filesystem::remove_all(path_); }
  std::string write(const std::string& name, std::string_view bytes) const {
    const auto file = path_ / name;
    std::ofstream(file, std::ios::binary) << bytes;
    return file.string();
  }
  std::string read(const std::string& name) const {
    std::ifstream file(path_ / name, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
  }
  std::string path(const std::string& name) const { return (path_ / name).string(); }

 private:
  std::filesystem::path path_;
};

int run(const std::string& command) {
  return std::system((command + " >/dev/null 2>&1").c_str());
}

TEST(Interop, OpensslVerifiesOurEd25519) {
  if (run("openssl version") != 0) GTEST_SKIP() << "no openssl command";
  const World world;
  const Jws jws = *parse_jws(world.candidate(kSupergraph).statement);
  const JwsSignature& approval = jws.signatures[1];
  const Folder folder;
  const auto key = world.approve.verification_key(Role::approve);
  const std::string pem = folder.write("key.pem", std::get<crypto::Ed25519PublicKey>(key.material).pem());
  const std::string signature = folder.write("sig", as_text(approval.signature));
  const std::string input = folder.write("in", approval.protected_text + "." + jws.payload_text);
  const std::string other = folder.write("other", approval.protected_text + "." + jws.payload_text + "x");
  const std::string command =
      "openssl pkeyutl -verify -pubin -inkey " + pem + " -rawin -sigfile " + signature + " -in ";
  EXPECT_EQ(run(command + input), 0);
  EXPECT_NE(run(command + other), 0);
}

TEST(Interop, WeVerifyOpensslsEd25519) {
  if (run("openssl version") != 0) GTEST_SKIP() << "no openssl command";
  World world;
  const Folder folder;
  ASSERT_EQ(run("openssl genpkey -algorithm ed25519 -out " + folder.path("key.pem")), 0);
  ASSERT_EQ(run("openssl pkey -pubout -in " + folder.path("key.pem") + " -out " + folder.path("pub.pem")), 0);
  Jws jws = *parse_jws(world.candidate(kSupergraph, 0, false).statement);
  JwsSignature approval{.protected_text = base64url_encode(
                            as_bytes(R"({ "kid": "approver", "alg": "EdDSA", "typ": "signet.statement.v1" })")),
                        .kid = "approver",
                        .alg = "EdDSA",
                        .signature = {}};
  const std::string input = folder.write("in", approval.protected_text + "." + jws.payload_text);
  ASSERT_EQ(run("openssl pkeyutl -sign -inkey " + folder.path("key.pem") + " -rawin -in " + input + " -out " +
                folder.path("sig")),
            0);
  const std::string bytes = folder.read("sig");
  approval.signature.assign(bytes.begin(), bytes.end());
  jws.signatures.push_back(approval);
  world.policy.trust.keys[1].material = *crypto::Ed25519PublicKey::from_pem(folder.read("pub.pem"));
  Candidate candidate = world.candidate(kSupergraph);
  candidate.statement = print_jws(jws);
  EXPECT_EQ(world.apply(candidate), "accepted");
}

TEST(Interop, OpensslComputesOurHs256) {
  if (run("openssl version") != 0) GTEST_SKIP() << "no openssl command";
  const World world;
  const Jws jws = *parse_jws(world.candidate(kSupergraph).statement);
  const JwsSignature& release = jws.signatures[0];
  const Folder folder;
  const std::string input = folder.write("in", release.protected_text + "." + jws.payload_text);
  const auto& secret = std::get<crypto::SecretBytes>(world.release.material);
  ASSERT_EQ(run("openssl dgst -sha256 -mac HMAC -macopt hexkey:" + hex_encode(secret.view()) + " -binary -out " +
                folder.path("mac") + " " + input),
            0);
  EXPECT_EQ(folder.read("mac"), as_text(release.signature));
}

}  // namespace
}  // namespace signet::signing
