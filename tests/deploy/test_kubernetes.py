"""The manifests in deploy/kubernetes: hardened, probed, and with a configuration that `signet check` accepts."""

import os
import pathlib
import subprocess

import pytest
import yaml

ROOT = pathlib.Path(__file__).resolve().parents[2]
SIGNET = os.environ.get("SIGNET_BIN", str(ROOT / "build" / "release" / "signet"))
MANIFESTS = ["gateway", "sidecar"]


def objects(name):
    return {item["kind"]: item for item in yaml.safe_load_all((ROOT / f"deploy/kubernetes/{name}.yaml").read_text())}


def pod(name):
    return objects(name)["Deployment"]["spec"]["template"]


def router(name):
    spec = pod(name)["spec"]
    return next(item for item in spec.get("initContainers", []) + spec["containers"] if item["name"] == "signet")


def configuration(name):
    return yaml.safe_load(objects(name)["ConfigMap"]["data"]["signet.yaml"])


@pytest.mark.parametrize("name", MANIFESTS)
def test_the_pod_may_do_nothing_that_it_need_not(name):
    context = pod(name)["spec"]["securityContext"]
    assert context["runAsNonRoot"] is True and context["runAsUser"] == 65534
    assert context["seccompProfile"] == {"type": "RuntimeDefault"}
    assert pod(name)["spec"]["automountServiceAccountToken"] is False
    for container in pod(name)["spec"].get("initContainers", []) + pod(name)["spec"]["containers"]:
        assert container["securityContext"] == {"allowPrivilegeEscalation": False, "readOnlyRootFilesystem": True,
                                                "capabilities": {"drop": ["ALL"]}}, container["name"]


@pytest.mark.parametrize("name", MANIFESTS)
def test_the_router_is_bounded(name):
    assert router(name)["resources"]["limits"] == {"cpu": "500m", "memory": "128Mi"}


@pytest.mark.parametrize("name", MANIFESTS)
def test_probes_ask_the_health_listener(name):
    ports = {port["name"]: port["containerPort"] for port in router(name)["ports"]}
    health = int(configuration(name)["listen"]["health"].rpartition(":")[2])
    assert ports["health"] == health == 8088
    assert router(name)["livenessProbe"]["httpGet"] == {"path": "/health/live", "port": "health"}
    assert router(name)["startupProbe"]["httpGet"] == {"path": "/health/live", "port": "health"}
    assert router(name)["readinessProbe"]["httpGet"] == {"path": "/health/ready", "port": "health"}
    annotations = pod(name)["metadata"]["annotations"]
    assert annotations["prometheus.io/port"] == str(health) and annotations["prometheus.io/path"] == "/metrics"


@pytest.mark.parametrize("name", MANIFESTS)
def test_the_router_drains_before_it_is_killed(name):
    def seconds(text):
        return int(text.removesuffix("s"))

    shutdown = configuration(name)["shutdown"]
    assert pod(name)["spec"]["terminationGracePeriodSeconds"] == 30
    assert seconds(shutdown["pre_stop"]) < seconds(shutdown["drain"]) < 30
    assert "lifecycle" not in router(name)


@pytest.mark.parametrize("name", MANIFESTS)
def test_what_the_configuration_names_is_mounted(name):
    mounts = {mount["name"]: mount for mount in router(name)["volumeMounts"]}
    volumes = {volume["name"]: volume for volume in pod(name)["spec"]["volumes"]}
    assert mounts.keys() == volumes.keys()
    assert volumes["keys"]["secret"]["defaultMode"] == 0o400
    assert "emptyDir" in volumes["state"]
    assert configuration(name)["graph"]["state_dir"] == mounts["state"]["mountPath"]
    for key in configuration(name)["trust"]["keys"]:
        file = key.get("secret_file") or key["public_key_file"]
        assert os.path.dirname(file) == mounts["keys"]["mountPath"]
    assert all(mount.get("readOnly") for mount_name, mount in mounts.items() if mount_name != "state")
    config_file = router(name)["command"][-1]
    assert os.path.dirname(config_file) == mounts["config"]["mountPath"]


def test_the_sidecar_is_a_native_one():
    spec = pod("sidecar")["spec"]
    assert [item["name"] for item in spec["initContainers"]] == ["signet"]
    assert spec["initContainers"][0]["restartPolicy"] == "Always"
    assert configuration("sidecar")["listen"]["graphql"].startswith("127.0.0.1:")


def test_the_gateway_listens_to_others():
    assert configuration("gateway")["listen"]["graphql"].startswith("0.0.0.0:")
    service = objects("gateway")["Service"]["spec"]
    assert service["selector"] == pod("gateway")["metadata"]["labels"]


@pytest.mark.parametrize("name", MANIFESTS)
def test_signet_check_accepts_the_configuration(name, tmp_path):
    def signet(*arguments):
        return subprocess.run([SIGNET, *map(str, arguments)], capture_output=True, text=True, timeout=60)

    keys = tmp_path / "keys"
    keys.mkdir()
    (tmp_path / "state").mkdir()
    assert signet("keygen", "hmac", "--out", keys / "release").returncode == 0
    assert signet("keygen", "ed25519", "--out", keys / "approve").returncode == 0
    (keys / "cdn-token").write_text("token\n")
    text = objects(name)["ConfigMap"]["data"]["signet.yaml"]
    text = text.replace("/etc/signet/keys", str(keys)).replace("/var/lib/signet", str(tmp_path / "state"))
    (tmp_path / "signet.yaml").write_text(text)
    done = signet("check", "-c", tmp_path / "signet.yaml")
    assert done.returncode == 0, done.stdout + done.stderr

    (tmp_path / "signet.yaml").write_text(text.replace("state_dir:", "state_folder:"))
    assert signet("check", "-c", tmp_path / "signet.yaml").returncode == 1, "the check must be able to fail"
