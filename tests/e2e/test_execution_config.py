"""Graphs that are Cosmo execution configs: signed and approved like any other, served, refused by name."""

import pytest
from cosmo_support import execution_config, write_config
from gate_support import wait_refused
from support import Process, request, signet, wait_for


@pytest.fixture
def config(shop):
    return execution_config(shop)


def test_signed_config_serves_and_hides_what_clients_may_not_see(shop, config):
    shop.graph_file = shop.folder / "graph.json"
    write_config(shop, config)
    shop.sign()
    shop.approve()
    shop.start()
    assert shop.serves()
    assert shop.query("{ me { tier } }").codes() == ["GRAPHQL_VALIDATION_FAILED"]
    listed = {each["name"]: each["url"] for each in shop.status()["graph"]["subgraphs"]}
    assert listed == {each["name"]: each["routingUrl"] for each in config["subgraphs"]}


def test_config_takes_the_place_of_a_supergraph_and_what_it_may_not_ask_for_is_refused(running, config):
    config["featureFlagConfigs"] = {"configByFeatureFlagName": {"beta": {"subgraphs": []}}}
    write_config(running, config)
    running.sign(unchecked=True)
    running.approve()
    wait_refused(running, "build")
    refusal = running.status()["last_refusal"]["graph"]
    assert "featureFlagConfigs.configByFeatureFlagName: feature flags are not supported" in refusal["detail"]
    assert '"beta"' in refusal["detail"] and running.serves()

    first = running.status()["graph"]["serial"]
    del config["featureFlagConfigs"]
    write_config(running, config)
    running.sign()
    running.approve()
    wait_for(lambda: running.status()["graph"]["serial"] > first, "the execution config")
    assert running.serves() and running.query("{ me { tier } }").codes() == ["GRAPHQL_VALIDATION_FAILED"]


@pytest.mark.parametrize("place", ["fetch", "subscription"])
def test_url_of_a_config_that_is_not_listed_refuses_it(running, config, place):
    config["engineConfig"]["datasourceConfigurations"][1]["customGraphql"][place]["url"] = {
        "staticVariableContent": "https://evil.test/graphql"}
    write_config(running, config)
    running.sign()
    signet("admission", "approve", running.graph_file, "-p", running.policy(allow=["https://evil.test", "127.0.0.0/8"] + [
        f"http://127.0.0.1:{stub.port}" for stub in (running.a, running.b)]))
    wait_refused(running, "egress")
    assert "evil.test" in running.status()["last_refusal"]["graph"]["detail"] and running.serves()


def test_policy_of_the_admission_server_judges_every_url_of_a_config(shop, config):
    config["engineConfig"]["datasourceConfigurations"][1]["customGraphql"]["subscription"]["url"] = {
        "staticVariableContent": "wss://evil.test/graphql"}
    write_config(shop, config)
    shop.sign()
    done = signet("admission", "approve", shop.graph_file, "-p", shop.policy(), check=False)
    assert done.returncode != 0 and "evil.test" in done.stdout + done.stderr


def test_commands_take_a_config_and_name_what_is_wrong_with_it(shop, config):
    write_config(shop, config)
    assert signet("check", "--supergraph", shop.graph_file).stdout == "ok\n"
    operation = shop.folder / "operation.graphql"
    operation.write_text("{ me { name score } }")
    plan = signet("plan", "--supergraph", shop.graph_file, "--operation", operation).stdout
    assert "score" in plan and "name" in plan

    config["engineConfig"]["fieldConfigurations"][0]["authorizationConfiguration"] = {"requiresAuthentication": True}
    write_config(shop, config)
    told = (f'{shop.graph_file}: engineConfig.fieldConfigurations[0]: "Query.users" asks for authentication or scopes, '
            "which would not be enforced\n")
    for command in [["check", "--supergraph", shop.graph_file],
                    ["sign", shop.graph_file, "--kind", "graph", "--graph", "shop", "--environment", "test", "--kid",
                     "release-1", "--key", shop.folder / "release.key"]]:
        done = signet(*command, check=False)
        assert done.returncode == 1 and told in done.stderr, done.stderr


def test_dev_runs_a_config(shop, config):
    write_config(shop, config)
    dev = Process(shop.folder, "dev", ["dev", "--supergraph", shop.graph_file, "--listen", f"127.0.0.1:{shop.port}"])
    shop.closing.append(dev.kill)

    def answer():
        try:
            return request(shop.port, "POST", "/graphql", {"Content-Type": "application/json"},
                           b'{"query": "{ me { id name score } }"}')
        except OSError:
            return None

    wait_for(lambda: (got := answer()) is not None and got.status == 200, "development")
    assert answer().json() == {"data": {"me": {"id": "1", "name": "Ada", "score": 10}}}
