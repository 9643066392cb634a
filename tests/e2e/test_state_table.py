"""The state table of docs/config-trust.md, a test for each cell: what happens (columns) while the router runs, when it
starts with a last-good copy, and when it starts with nothing. Liveness answers 200 throughout."""

import datetime
import json
import shutil

import keys_support
import pytest
from gate_support import (YEAR, LyingClock, admission_block, alarms, cdn_config, make_graph, publish, reload,
                          serve_admission, wait_alarm, wait_alarm_ended, wait_refused)
from support import free_port, signet, wait_for

SECOND = "1s"


@pytest.fixture
def clock(shop):
    return LyingClock(shop.folder)


def revoked(shop, *kids, more=""):
    """Trust where some keys are revoked and others are there to take their place."""
    for name, kind in [("release-2.key", "hmac"), ("approve-2.key", "ed25519")]:
        if not (shop.folder / name).exists():
            signet("keygen", kind, "--out", shop.folder / name)
    return (f"    - {{ kid: release-2, role: release, secret_file: {shop.folder}/release-2.key }}\n"
            f"    - {{ kid: approve-2, alg: Ed25519, role: approve, public_key_file: {shop.folder}/approve-2.key.pub }}\n"
            f"  revoked: [{', '.join(kids)}]\n{more}")


def live(shop):
    return shop.get_health("/health/live").status == 200


def serving(shop):
    """What serves: its digest."""
    assert live(shop) and shop.get_health().status == 200 and shop.serves()
    return shop.status()["graph"]["sha256"]


def serves_nothing(shop):
    ready = shop.get_health()
    return live(shop) and ready.status == 503 and ready.json()["reason"] and shop.query().codes() == ["NO_GRAPH"]


def start_from_cdn(shop, cdn, **options):
    """A router that serves what the CDN has; its configuration file."""
    publish(shop, cdn)
    config = cdn_config(shop, cdn, SECOND, **options)
    shop.start(config)
    return config


def restart(shop, config, ready=True, **process):
    """Again with its last-good copy."""
    assert shop.router.stop() == 0
    shop.start(config, ready=ready, **process)
    shop.wait_live()


def start_unready(shop, config, **process):
    shop.start(config, ready=False, **process)
    shop.wait_live()


# --- running

def test_running_new_artifact_is_swapped_in(shop, cdn):
    start_from_cdn(shop, cdn)
    new = make_graph(shop, "second")
    publish(shop, cdn)
    wait_for(lambda: serving(shop) == new, "the new graph")
    assert alarms(shop) == set()


def test_running_same_artifact_changes_nothing(shop, cdn):
    start_from_cdn(shop, cdn)
    asked = len(cdn.stub.requests)
    wait_for(lambda: len(cdn.stub.requests) >= asked + 3, "three polls")
    assert shop.metric("signet_config_applied_total") == 1
    assert sum(path.startswith("/shop/artifacts/") for _, path, _, _ in cdn.stub.requests) == 1
    assert alarms(shop) == set()


def test_running_cdn_down_serves_with_an_alarm_by_age(shop, cdn):
    start_from_cdn(shop, cdn)
    good = serving(shop)
    cdn.down = True
    wait_refused(shop, "fetch_unavailable")
    assert serving(shop) == good
    wait_alarm(shop, "unconfirmed")
    assert serving(shop) == good
    cdn.down = False
    wait_alarm_ended(shop, "unconfirmed")


def test_running_webhook_down_serves_and_retries(shop, cdn):
    admission, port = serve_admission(shop)
    first = make_graph(shop, "first", approved=False)
    start_from_cdn(shop, cdn, admission=admission_block(shop, port))
    assert serving(shop) == first
    admission.kill()
    second = make_graph(shop, "second", approved=False)
    publish(shop, cdn)
    wait_refused(shop, "admission_unreachable")
    assert serving(shop) == first
    serve_admission(shop, port=port)
    wait_for(lambda: serving(shop) == second, "the approval, later", 30)


def test_running_expired_serves_with_an_alarm(shop, cdn, clock):
    publish(shop, cdn)
    shop.start(cdn_config(shop, cdn, SECOND), env=clock.env)
    good = serving(shop)
    clock.off(YEAR)
    wait_alarm(shop, "expired")
    assert serving(shop) == good and shop.status()["graph"]["expired"]
    clock.off(0)
    wait_alarm_ended(shop, "expired")


def test_running_expired_beyond_the_grace_serves_no_longer(shop, cdn, clock):
    publish(shop, cdn)
    shop.start(cdn_config(shop, cdn, SECOND, trust_extra="  stale_grace: 24h\n"), env=clock.env)
    good = serving(shop)
    clock.off(YEAR)
    wait_for(lambda: serves_nothing(shop), "the end of the grace")
    assert shop.refused("expired") > 0
    clock.off(0)
    wait_for(lambda: shop.get_health().status == 200, "a clock that is right again", 30)
    assert serving(shop) == good


def test_running_expired_is_not_ready_where_that_is_asked_for(shop, cdn, clock):
    publish(shop, cdn)
    shop.start(cdn_config(shop, cdn, SECOND, extra="readiness: { on_stale: not_ready }\n"), env=clock.env)
    clock.off(YEAR)
    wait_for(lambda: shop.get_health().status == 503, "staleness to show in readiness")
    assert "expiry" in shop.get_health().json()["reason"] and shop.serves() and live(shop)


def test_running_key_revoked_serves_with_an_alarm(shop, cdn):
    start_from_cdn(shop, cdn)
    good = serving(shop)
    cdn_config(shop, cdn, SECOND, trust_extra=revoked(shop, "release-1"))
    reload(shop)
    wait_alarm(shop, "key_revoked")
    assert serving(shop) == good
    cdn_config(shop, cdn, SECOND, trust_extra=revoked(shop))
    reload(shop)
    wait_alarm_ended(shop, "key_revoked")


@pytest.mark.parametrize("kid", ["release-1", "approve-1"])
def test_running_key_revoked_is_dropped_where_that_is_asked_for(shop, cdn, kid):
    drop = "  on_revoked: drop\n"
    start_from_cdn(shop, cdn, trust_extra=drop)
    good = serving(shop)
    cdn_config(shop, cdn, SECOND, trust_extra=revoked(shop, kid, more=drop))
    reload(shop)
    wait_for(lambda: serves_nothing(shop), "the drop")
    assert shop.refused("key_revoked") > 0
    cdn_config(shop, cdn, SECOND, trust_extra=drop)
    reload(shop)
    wait_for(lambda: shop.get_health().status == 200, "the key to count again")
    assert serving(shop) == good


def test_running_state_folder_lost_serves_warns_and_keeps_its_floor(shop, cdn):
    publish(shop, cdn)
    old = cdn.statement
    start_from_cdn(shop, cdn)
    second = make_graph(shop, "second")
    publish(shop, cdn)
    wait_for(lambda: serving(shop) == second, "the second graph")
    for file in shop.state.glob("graph.*"):
        file.unlink()
    wait_for(lambda: any(event["alarm"] == "state_lost" for event in shop.router.events("artifact_alarm")), "the warning")
    cdn.statement = old
    wait_refused(shop, "rollback")
    assert serving(shop) == second
    wait_for(lambda: (shop.state / "graph.state").exists(), "the floor on disk again")
    serial = shop.status()["graph"]["serial"]
    assert f'"serial":{serial}' in (shop.state / "graph.state").read_text()
    shutil.rmtree(shop.state)
    wait_alarm(shop, "state_lost")
    assert serving(shop) == second


def test_running_state_that_cannot_be_written_is_tried_again(shop, cdn):
    start_from_cdn(shop, cdn)
    first = shop.status()["graph"]["serial"]
    aside = shop.state.rename(shop.folder / "aside")
    shop.state.write_text("a file where the folder was: nothing can be written")
    second = make_graph(shop, "second")
    publish(shop, cdn)
    wait_for(lambda: serving(shop) == second, "the second graph")
    wait_alarm(shop, "state_lost")
    assert f'"serial":{first}' in (aside / "graph.state").read_text()
    shop.state.unlink()
    aside.rename(shop.state)
    wait_alarm_ended(shop, "state_lost")
    assert f'"serial":{shop.status()["graph"]["serial"]}' in (shop.state / "graph.state").read_text()


def test_running_new_artifact_ends_the_alarms_about_the_old_one(shop, cdn):
    start_from_cdn(shop, cdn)
    cdn_config(shop, cdn, SECOND, trust_extra=revoked(shop, "release-1"))
    reload(shop)
    wait_alarm(shop, "key_revoked")
    keys_support.publish(shop, "second", ("release-2", "release-2.key"), ("approve-1", "approve.key"))
    publish(shop, cdn)
    wait_alarm_ended(shop, "key_revoked")
    assert serving(shop)


def test_running_clock_back_a_year_serves_with_an_alarm_and_polls_on(shop, cdn, clock):
    publish(shop, cdn)
    shop.start(cdn_config(shop, cdn, SECOND), env=clock.env)
    good = serving(shop)
    clock.off(-YEAR)
    wait_alarm(shop, "clock")
    asked = len(cdn.stub.requests)
    wait_for(lambda: len(cdn.stub.requests) > asked + 1, "polls: they go by the steady clock")
    assert serving(shop) == good
    clock.off(0)
    wait_alarm_ended(shop, "clock")


def test_running_expired_key_serves_with_an_alarm_and_is_no_refusal(shop, cdn, clock):
    """The key's own time is over, the artifact's is not: the same statement from the CDN is nothing new."""
    publish(shop, cdn)
    config = cdn_config(shop, cdn, SECOND)
    until = datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(days=7)
    config.write_text(config.read_text().replace("role: release,", f"role: release, not_after: {until:%Y-%m-%dT%H:%M:%SZ},"))
    shop.start(config, env=clock.env)
    good = serving(shop)
    clock.off(14 * 24 * 3600)
    wait_alarm(shop, "key_past_validity")
    reload(shop)
    asked = len(cdn.stub.requests)
    wait_for(lambda: len(cdn.stub.requests) > asked + 1, "polls")
    assert serving(shop) == good and alarms(shop) == {"key_past_validity"} and shop.refused("key_not_valid") == 0
    make_graph(shop, "second")
    publish(shop, cdn)
    wait_refused(shop, "key_not_valid")
    assert serving(shop) == good


# --- starting, with a last-good copy

def test_last_good_new_artifact_is_swapped_in(shop, cdn):
    config = start_from_cdn(shop, cdn)
    new = make_graph(shop, "second")
    assert shop.router.stop() == 0
    publish(shop, cdn)
    shop.start(config)
    wait_for(lambda: serving(shop) == new, "the new graph")


def test_last_good_same_artifact_is_served(shop, cdn):
    config = start_from_cdn(shop, cdn)
    good = serving(shop)
    restart(shop, config)
    assert serving(shop) == good and shop.status()["graph"]["source"] == "last_good" and alarms(shop) == set()


def test_last_good_serves_while_the_cdn_is_down(shop, cdn):
    config = start_from_cdn(shop, cdn)
    good = serving(shop)
    cdn.down = True
    restart(shop, config)
    assert serving(shop) == good


def test_last_good_serves_by_its_stored_verdict_while_the_webhook_is_down(shop, cdn):
    admission, port = serve_admission(shop)
    make_graph(shop, "first", approved=False)
    config = start_from_cdn(shop, cdn, admission=admission_block(shop, port))
    good = serving(shop)
    admission.kill()
    restart(shop, config)
    assert serving(shop) == good


def test_last_good_expired_is_served_with_an_alarm(shop, cdn, clock):
    config = start_from_cdn(shop, cdn)
    good = serving(shop)
    clock.off(YEAR)
    restart(shop, config, env=clock.env)
    wait_alarm(shop, "expired")
    assert serving(shop) == good


def test_last_good_of_a_revoked_key_is_refused(shop, cdn):
    config = start_from_cdn(shop, cdn)
    cdn_config(shop, cdn, SECOND, trust_extra=revoked(shop, "release-1"))
    restart(shop, config, ready=False)
    wait_refused(shop, "key_revoked")
    assert serves_nothing(shop)


def test_last_good_lost_with_the_state_folder_is_trust_on_first_use(shop, cdn):
    config = start_from_cdn(shop, cdn)
    good = serving(shop)
    serial = shop.status()["graph"]["serial"]
    shop.router.stop()
    for file in shop.state.iterdir():
        file.unlink()
    shop.start(config)
    assert serving(shop) == good and shop.status()["graph"]["source"] == "cdn"
    assert [event["alarm"] for event in shop.router.events("artifact_alarm")] == ["first_use"]
    shop.router.stop()
    for file in shop.state.iterdir():
        file.unlink()
    start_unready(shop, cdn_config(shop, cdn, SECOND, trust_extra=f"  min_serial: {serial + 1}\n"))
    wait_refused(shop, "below_min_serial")
    assert serves_nothing(shop)


@pytest.mark.parametrize("off, alarm", [(YEAR, "expired"), (-YEAR, "clock")])
def test_last_good_serves_with_an_alarm_though_the_clock_is_a_year_off(shop, cdn, clock, off, alarm):
    config = start_from_cdn(shop, cdn)
    good = serving(shop)
    clock.off(off)
    restart(shop, config, env=clock.env)
    wait_alarm(shop, alarm)
    assert serving(shop) == good


# --- starting with nothing

def test_nothing_new_artifact_is_served(shop, cdn):
    start_from_cdn(shop, cdn)
    assert serving(shop) and shop.status()["graph"]["source"] == "cdn"


def test_nothing_cdn_down_is_not_ready_and_retries(shop, cdn):
    publish(shop, cdn)
    cdn.down = True
    start_unready(shop, cdn_config(shop, cdn, SECOND))
    wait_refused(shop, "fetch_unavailable")
    assert serves_nothing(shop)
    cdn.down = False
    wait_for(lambda: shop.get_health().status == 200, "the CDN to be asked again", 30)
    assert serving(shop)


def test_nothing_webhook_down_is_not_ready_and_retries(shop, cdn):
    port = free_port()
    make_graph(shop, "first", approved=False)
    publish(shop, cdn)
    start_unready(shop, cdn_config(shop, cdn, SECOND, admission=admission_block(shop, port)))
    wait_refused(shop, "admission_unreachable")
    assert serves_nothing(shop)
    serve_admission(shop, port=port)
    wait_for(lambda: shop.get_health().status == 200, "the approval, later", 30)
    assert serving(shop)


@pytest.mark.parametrize("off, reason", [(YEAR, "expired"), (-YEAR, "fast_forward")])
def test_nothing_outside_its_validity_is_refused_and_says_so(shop, cdn, clock, off, reason):
    publish(shop, cdn)
    clock.off(off)
    start_unready(shop, cdn_config(shop, cdn, SECOND), env=clock.env)
    wait_refused(shop, reason)
    assert serves_nothing(shop) and reason in shop.get_health().json()["reason"]
    clock.off(0)
    wait_for(lambda: shop.get_health().status == 200, "a clock that is right again", 30)


def test_nothing_key_revoked_is_refused(shop, cdn):
    publish(shop, cdn)
    start_unready(shop, cdn_config(shop, cdn, SECOND, trust_extra=revoked(shop, "approve-1")))
    wait_refused(shop, "key_revoked")
    assert serves_nothing(shop)


def test_nothing_to_keep_state_in_is_trust_on_first_use(shop, cdn):
    start_from_cdn(shop, cdn)
    assert [event["alarm"] for event in shop.router.events("artifact_alarm")] == ["first_use"]
    assert serving(shop)


def test_nothing_with_once_or_exit_ends_with_1(shop, cdn):
    cdn.down = True
    done = signet("serve", "-c", cdn_config(shop, cdn, SECOND), "--once-or-exit", check=False)
    assert done.returncode == 1
    assert any(json.loads(line)["event"] == "artifact_refused" for line in done.stderr.splitlines() if line[0] == "{")
