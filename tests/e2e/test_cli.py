"""YAML that cannot be wrong silently, and commands that say what to do."""

import json

import pytest

from support import GRAPHS, Process, free_port, signet, wait_for


def check(shop, text):
    file = shop.folder / "wrong.yaml"
    file.write_text(text)
    return file, signet("check", "-c", file, check=False)


def test_good_configuration_is_ok(shop):
    done = signet("check", "-c", shop.config(), "--supergraph", shop.graph_file)
    assert done.stdout == "ok\n"


def test_every_error_at_once_with_its_place(shop):
    text = shop.config().read_text()
    text = text.replace("version: 1", "version: 2").replace("drain: 5s", "drain: 5") + "limts: { depth: 3 }\nintrospection: yes\n"
    file, done = check(shop, text)
    assert done.returncode == 1
    for line, word in [(1, "version"), (text[:text.index("drain")].count("\n") + 1, "drain"),
                       (text[:text.index("limts")].count("\n") + 1, "limits"),
                       (text[:text.index("introspection: yes")].count("\n") + 1, "true")]:
        assert any(out.startswith(f"{file}:{line}:") and word in out for out in done.stderr.splitlines()), \
            f"{line} {word}\n{done.stderr}"


def test_duplicate_keys_are_refused(shop):
    file, done = check(shop, shop.config().read_text() + "version: 1\n")
    assert done.returncode == 1 and "version" in done.stderr
    assert f"{file}:" in done.stderr


def test_what_is_not_supported_yet_is_named(shop):
    _, done = check(shop, shop.config().read_text() + "rate_limit: { rate: 100/s }\n")
    assert done.returncode == 1 and "rate_limit" in done.stderr and "not supported" in done.stderr


def test_json_output(shop):
    file = shop.folder / "wrong.yaml"
    file.write_text(shop.config().read_text() + "nonsense: 1\n")
    done = signet("check", "-c", file, "--output", "json", check=False)
    assert done.returncode == 1 and json.loads(done.stdout)[0]["line"] > 10


def test_supergraph_errors_name_the_construct(shop):
    file = shop.folder / "bad.graphql"
    file.write_text((GRAPHS / "small.graphql").read_text().replace("join/v0.3", "join/v9.9"))
    done = signet("check", "--supergraph", file, check=False)
    assert done.returncode == 1 and done.stderr.startswith(f"{file}:") and "v9.9" in done.stderr


def test_plan_is_stable(shop):
    arguments = ("plan", "--supergraph", shop.graph_file, "--operation", "-")
    first = signet(*arguments, text="{ me { name score } }").stdout
    assert first == signet(*arguments, text="{ me { name score } }").stdout and "entities" in first


def test_dev_listens_on_loopback_only(shop):
    file = shop.folder / "open.yaml"
    for name, place in [("health", "0.0.0.0:18088"), ("health", "10.0.0.1:18088")]:
        file.write_text(f"version: 1\nlisten: {{ {name}: \"{place}\" }}\n")
        done = signet("dev", "-c", file, "--supergraph", shop.graph_file, "--listen", "127.0.0.1:0", check=False)
        assert done.returncode == 1 and f"listen.{name}: development listens on loopback only" in done.stderr


def test_plan_shows_every_stage(shop):
    arguments = ("plan", "--supergraph", shop.graph_file, "--operation", "-")
    operation = "{ me { name score } }"
    names = ["operation", "positions", "states", "fetches", "selections", "requests"]
    text = signet(*arguments, "--stage", "all", text=operation).stdout
    assert [line.split()[0] for line in text.splitlines() if not line.startswith(" ")] == names
    assert "".join(signet(*arguments, "--stage", name, text=operation).stdout for name in names) == text
    stages = [json.loads(line) for line in signet(*arguments, "--stage", "all", "--json", text=operation).stdout.splitlines()]
    assert [stage["kind"] for stage in stages] == names
    nodes = lambda node: 1 + sum(nodes(child) for child in node.get("children", []))
    assert sum(nodes(stage) for stage in stages) == len(text.splitlines())


def test_plan_as_json_is_the_plan_as_text(shop):
    arguments = ("plan", "--supergraph", shop.graph_file, "--operation", "-")
    operation = "{ me { name score } }"
    plan = json.loads(signet(*arguments, "--json", text=operation).stdout)
    text = signet(*arguments, "--documents", text=operation).stdout
    requests = [request for stage in plan["stages"] for request in stage]
    assert plan["type"] == "query" and len(plan["stages"]) == text.count("stage ") == 2
    assert [request["kind"] for request in requests] == ["query", "entities"]
    assert all(request["document"] in text for request in requests)
    assert requests[1]["after"] == [0] and requests[1]["fetches"][0]["path"] == "me"
    assert signet(*arguments, "--json", text=operation).stdout == json.dumps(plan, separators=(",", ":")) + "\n"


def test_config_explain_tells_where_a_value_comes_from(shop):
    config = shop.config(extra="limits: { depth: 7 }\n")
    out = signet("config", "explain", "limits.depth", "-c", config).stdout
    assert signet("config", "explain", "-c", config, "limits.depth").stdout == out
    assert "7" in out and "20" in out and "signet.yaml:" in out


def test_config_schema_is_json(shop):
    assert json.loads(signet("config", "schema").stdout)["properties"]["version"]


def test_what_routers_would_refuse_is_not_signed(shop):
    shop.graph_file.write_text(shop.supergraph().replace("join/v0.3", "join/v9.9"))
    arguments = ("sign", shop.graph_file, "--graph", "shop", "--environment", "test", "--kid", "release-1", "--key",
                 shop.folder / "release.key")
    done = signet(*arguments, check=False)
    assert done.returncode == 1 and f"{shop.graph_file}:" in done.stderr and "v9.9" in done.stderr
    signet(*arguments, "--unchecked")
    shop.approve()
    done = signet("verify", shop.graph_file, "-c", shop.config(), check=False)
    assert done.returncode == 1 and "build" in done.stderr and "v9.9" in done.stderr


def test_every_missing_key_file_at_once_with_its_place(shop):
    config = shop.config()
    text = config.read_text().replace("release.key", "nope.key").replace("approve.key.pub", "neither.pub")
    config.write_text(text)
    done = signet("check", "-c", config, check=False)
    place = f"{config}:{text[:text.index('- {')].count(chr(10)) + 1}:"
    assert done.returncode == 1, done.stderr
    assert [line.startswith(place) for line in done.stderr.splitlines()] == [True, True], (place, done.stderr)
    assert "nope.key" in done.stderr and "neither.pub" in done.stderr


def test_policies_are_checked_too(shop):
    assert signet("check", "--policy", shop.policy()).stdout == "ok\n"
    policy = shop.policy()
    policy.write_text(policy.read_text().replace("allow:", "alow:"))
    done = signet("check", "--policy", policy, check=False)
    assert done.returncode == 1 and f"{policy}:" in done.stderr and "did you mean allow" in done.stderr


def test_development_leaves_the_state_of_a_router_alone(shop):
    shop.start()
    shop.router.stop()
    before = {file.name: file.read_bytes() for file in shop.state.iterdir()}
    dev = Process(shop.folder, "dev", ["dev", "--supergraph", shop.graph_file, "--listen", f"127.0.0.1:{shop.port}", "-c",
                                       shop.config()])
    shop.closing.append(dev.kill)
    wait_for(lambda: dev.events("artifact_accepted"), "development to serve")
    assert dev.stop() == 0
    assert {file.name: file.read_bytes() for file in shop.state.iterdir()} == before


def test_the_state_of_another_graph_is_refused(shop):
    shop.start()
    shop.router.stop()
    config = shop.config()
    config.write_text(config.read_text().replace("name: shop", "name: other"))
    router = Process(shop.folder, "other", ["serve", "-c", config])
    shop.closing.append(router.kill)
    wait_for(lambda: not router.alive(), "the refusal")
    assert "holds the state of shop" in router.log()


def test_explain_refusal():
    assert "sign the old artifact again" in signet("explain", "refusal", "rollback").stdout
    assert signet("explain", "refusal", "nonsense", check=False).returncode == 2
    assert "that clients see, with HTTP status 503" in signet("explain", "refusal", "PLANNER_BUSY").stdout


def test_explain_knows_alarms_and_near_names_and_echoes_no_control_characters():
    assert "an alarm about an artifact that serves" in signet("explain", "refusal", "state_lost").stdout
    both = signet("explain", "refusal", "expired").stdout
    assert "what happened: " in both and "an alarm about" in both
    assert "did you mean rollback?" in signet("explain", "refusal", "rolback", check=False).stderr
    told = signet("explain", "refusal", "a\x1b[31m", check=False)
    assert told.returncode == 2 and "\x1b" not in told.stderr and "\\x1B" in told.stderr.replace("\\x1b", "\\x1B")


@pytest.mark.parametrize("command", ["serve", "dev", "demo", "check", "plan", "keygen", "sign", "verify", "inspect",
                                     "admission", "audit", "explain", "config", "status", "reload", "healthcheck"])
def test_help_has_an_example(command):
    out = signet(command, "--help").stdout
    assert "Usage" in out and ("Example" in out or "SUBCOMMAND" in out)


def test_status_and_healthcheck(running):
    assert json.loads(signet("status", "--admin", f"127.0.0.1:{running.admin}", "--output", "json").stdout)["ready"]
    assert signet("healthcheck", "--health", f"127.0.0.1:{running.health}").returncode == 0
    assert signet("healthcheck", "--health", f"127.0.0.1:{free_port()}", check=False).returncode == 3


def test_usage_errors_exit_with_2():
    assert signet("serve", check=False).returncode == 2
    done = signet("nonsense", check=False)
    assert done.returncode == 2 and "nonsense" in done.stderr and "serve" in done.stderr
    assert "did you mean verify" in signet("verfy", check=False).stderr
    assert "did you mean approve" in signet("admission", "aprove", check=False).stderr
    assert "not supported yet" in signet("compose", check=False).stderr


@pytest.mark.parametrize("option", ["--graph", "--environment", "--kid"])
def test_names_that_no_gate_would_take_are_usage_errors(shop, option):
    names = {"--graph": "shop", "--environment": "e", "--kid": "k", option: "a/b"}
    done = signet("sign", shop.graph_file, "--key", shop.graph_file, *[word for pair in names.items() for word in pair],
                  check=False)
    assert done.returncode == 2 and option in done.stderr and "A-Z a-z 0-9" in done.stderr
