"""Whatever is secret is compared in one place, whose time says nothing of the contents (attack C17)."""

import re

from tree import ROOT, files, relative

THE_PLACE = "router/crypto/digest.cpp"
ROOMS = ("router/crypto/", "signing/", "router/app/", "router/cli/", "config-schema/sealed", "config-schema/unsealing", "config-schema/reseal")
# What holds a MAC, a signature, a tag or a secret, by name or by the function that makes it.
SECRET = r"(?:\w*(?:mac|signature|secret|tag|password|token)s?_?|hmac_sha256\([^;]*\)|mac_of\([^;]*\)|(?:\.|->)view\(\))"
COMPARED = re.compile(rf"(?:\b{SECRET}|\*{SECRET})\s*[!=]=(?!\s*(?:nullptr|std::nullopt|\w+(?:\.|->)end\(\)|\d))|[!=]=\s*\*?{SECRET}\s*[;)&|]")


def code():
    return [path for path in files(".cpp", ".hpp") if relative(path).startswith(ROOMS)]


def lines_with(pattern):
    return [f"{relative(path)}:{number}: {line.strip()}" for path in code()
            for number, line in enumerate(path.read_text().splitlines(), 1) if pattern.search(line.partition("//")[0])]


def test_c17_memory_is_compared_in_one_place():
    found = lines_with(re.compile(r"\b(?:std::)?(?:CRYPTO_)?memcmp\s*\(|\bstrn?cmp\s*\(|\bbcmp\s*\("))
    assert [line.split(":")[0] for line in found] == [THE_PLACE], found


def test_c17_secrets_are_not_compared_by_operators():
    assert lines_with(COMPARED) == []


def test_c17_rule_finds_what_it_is_for():
    for bad in ("if (mac == *given) return true;", "return hmac_sha256(key, text) == given;", "if (expected_mac != found) {",
                "return a.view() == b.view();", "if (given == signature) {", "if (options.token != *secret) {"):
        assert COMPARED.search(bad), bad
    for good in ("if (secret != nullptr && secret->size() < 32) {", "if (key == nullptr) continue;", "if (found == secrets.end())",
                 "if (signature.size() == 64) return;"):
        assert not COMPARED.search(good), good
    assert (ROOT / THE_PLACE).exists()
