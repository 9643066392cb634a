"""Runs the tiers named on the command line; deploy/test installs what they need and calls this.

One line per step, with its count and time. Logs and XML lie in build/test-results. Standard library only.
"""

import os
import pathlib
import secrets
import shutil
import subprocess
import sys
import time
from xml.etree.ElementTree import ParseError

sys.path.insert(0, str(pathlib.Path(__file__).parent))

from results import Results, from_junit, from_text  # noqa: E402

ROOT = pathlib.Path(__file__).resolve().parents[2]
OUT = ROOT / "build" / "test-results"
JOBS = str(len(os.sched_getaffinity(0)))
PYTHON = "/usr/bin/python3"
CI = os.environ.get("CI", "") not in ("", "0", "false")
TAIL_LINES = 40
FUZZ_SECONDS = int(os.environ.get("SIGNET_FUZZ_SECONDS", "60"))
ORACLE_SECONDS = os.environ.get("SIGNET_ORACLE_SECONDS", "300")


class Cannot(Exception):
    """The step cannot run here: what is missing."""


class Run:
    def __init__(self):
        self.results = Results()
        self.could_not = []  # "tier or step: why"
        self.built = {}      # preset: worked

    # A step is a name and a function that returns Results; whatever it raises is its failure.
    def step(self, name, action):
        if sys.stdout.isatty():
            print(f"...   {name:<44}", end="\r", flush=True)
        start = time.monotonic()
        log = ""
        try:
            results = action()
        except Cannot as why:
            self.could_not.append(f"{name}: {why}")
            print(f"SKIP  {name:<44} {why}", flush=True)
            return False
        except subprocess.CalledProcessError as error:
            results, log = Results(failed=[name]), error.output or ""
        except (ParseError, OSError) as error:
            results, log = Results(failed=[f"{name}: {error}"]), self.log_of(name)
        seconds = time.monotonic() - start
        word = "FAIL" if results.failed else "ok"
        count = f"{results.total} test{'' if results.total == 1 else 's'}" if results.total else ""
        print(f"{word:<5} {name:<44} {count:>12} {seconds:8.1f} s", flush=True)
        if results.failed:
            for failed in results.failed[:20]:
                print(f"        {failed}")
            log = log or self.log_of(name)
            print("\n".join("    | " + line for line in log.splitlines()[-TAIL_LINES:]), flush=True)
        self.results.add(results)
        return not results.failed

    @staticmethod
    def log_path(name):
        return OUT / ("".join(c if c.isalnum() else "-" for c in name) + ".log")

    def log_of(self, name):
        path = self.log_path(name)
        return path.read_text(errors="replace") if path.exists() else ""

    # Runs a command with its output in the step's log.
    def command(self, name, command, cwd=ROOT, env=None, check=True):
        path = self.log_path(name)
        with path.open("ab") as log:
            code = subprocess.run(list(map(str, command)), cwd=cwd, stdin=subprocess.DEVNULL, stdout=log,
                                  stderr=subprocess.STDOUT, env={**os.environ, **(env or {})}).returncode
        if check and code != 0:
            raise subprocess.CalledProcessError(code, command, output=self.log_of(name))
        return code

    def build(self, preset, targets=()):
        if preset not in self.built:
            name = f"build {preset}"

            def action():
                self.command(name, ["cmake", "--preset", preset])
                target = ["--target", *targets] if targets else []
                self.command(name, ["cmake", "--build", "--preset", preset, "-j", JOBS, *target])
                return Results()

            self.built[preset] = self.step(name, action)
        return self.built[preset]

    def gtest(self, binary, prefix=(), env=None, label=""):
        name = f"{binary.name}{label}"

        def action():
            xml = OUT / f"{name.replace(' ', '-')}.xml"
            code = self.command(name, [*prefix, binary, f"--gtest_output=xml:{xml}"], check=False,
                                env={"SIGNET_SOURCE_DIR": str(ROOT), **(env or {})})
            if not xml.exists():
                raise subprocess.CalledProcessError(code, binary, output=self.log_of(name))
            results = from_junit(xml)
            if code != 0 and not results.failed:
                results.failed.append(f"{name} ended with {code}")
            return results

        self.step(name, action)

    def ctest(self, name, *selection):
        def action():
            xml = OUT / f"{name.replace(' ', '-')}.xml"
            self.command(name, ["ctest", "--test-dir", "build/dev", "-j", JOBS, "--no-tests=ignore", "--timeout", "300",
                                "--output-on-failure", "--output-junit", xml, *selection], check=False)
            return from_junit(xml) if xml.exists() else Results()

        self.step(name, action)

    def pytest(self, name, *paths, env=None):
        def action():
            for path in paths:
                if not (ROOT / path).exists():
                    raise Cannot(f"{path} does not exist")
            xml = OUT / f"{name.replace(' ', '-')}.xml"
            code = self.command(name, [PYTHON, "-m", "pytest", "-q", "-p", "no:cacheprovider", *paths,
                                       f"--junitxml={xml}"], check=False, env=env)
            if not xml.exists():
                raise subprocess.CalledProcessError(code, name, output=self.log_of(name))
            return from_junit(xml)

        self.step(name, action)


def unit_binaries(preset):
    return sorted(path for path in (ROOT / "build" / preset / "tests").glob("unit_*") if os.access(path, os.X_OK))


def core(run):
    dev, release = run.build("dev"), run.build("release", ["signet"])
    if dev:
        for binary in unit_binaries("dev"):
            run.gtest(binary)
        oracle(run)
        run.ctest("fuzz corpus replays", "-R", "^fuzz_")
        run.ctest("misuse that must not compile", "-R", "^compile_")
        run.ctest("other tests", "-E", "^(unit_|fuzz_|compile_|oracle$)")
    if release:
        run.pytest("end to end", "tests/e2e")
        run.pytest("deployment", "tests/deploy")

        def demo():
            run.command("signet demo --check", ["build/release/signet", "demo", "--check"])
            return Results(passed=1)

        run.step("signet demo --check", demo)
    run.pytest("tidy", "tests/tidy")


def oracle(run, seconds=None):
    """The semantic oracle: its fixed seeds, or fresh ones for so long."""
    env = {"SIGNET_ORACLE_OUT": str(OUT / "oracle")}
    env["SIGNET_ORACLE_SECONDS"] = seconds or ""
    run.gtest(ROOT / "build/dev/tests/oracle_tests", env=env, label=" with fresh seeds" if seconds else "")


def counterpart(run, folder, options=(), label=""):
    name = f"counterpart {folder.name}{label}"

    def action():
        if shutil.which("npm") is None:
            raise Cannot("npm is not installed")
        if run.command(name, ["npm", "ci", "--no-audit", "--no-fund"], cwd=folder, check=False) != 0:
            raise Cannot("npm ci failed: " + (run.log_of(name).strip().splitlines() or [""])[-1])
        return counted(run, name, ["npm", "test", "--silent", "--", *options], cwd=folder,
                       env={"SIGNET_BIN": str(ROOT / "build/release/signet")})

    run.step(name, action)


def counted(run, name, command, **options):
    """Runs a program whose last line is its count."""
    code = run.command(name, command, check=False, **options)
    results = from_text(run.log_of(name), name) or Results(failed=[f"{name}: no line `N passed, N failed`"])
    if code != 0 and not results.failed:
        results.failed.append(f"{name} ended with {code}")
    return results


def counterparts(run):
    if run.build("dev") and run.build("release", ["signet"]):
        for package in sorted((ROOT / "tests/counterparts").glob("*/package.json")):
            counterpart(run, package.parent)
    units = [binary.name for binary in unit_binaries("dev")]
    if run.build("asan", units):
        for binary in unit_binaries("asan"):
            run.gtest(binary, label=" under ASan and UBSan", env={"UBSAN_OPTIONS": "print_stacktrace=1"})
    threaded = ["unit_app", "unit_net"]
    if run.build("tsan", threaded):
        for name in threaded:
            # Without -R the kernel may place the program where ThreadSanitizer wants its shadow memory.
            run.gtest(ROOT / "build/tsan/tests" / name, prefix=["setarch", "-R"], label=" under TSan")


def browser(run):
    run.pytest("browser", "tests/browser")


def fuzz(run, name):
    def action():
        work = OUT / f"corpus-{name}"
        work.mkdir(exist_ok=True)
        corpus = ROOT / "tests/fuzz/corpus" / name.removeprefix("fuzz_")
        run.command(name, [ROOT / "build/fuzz/tests" / name, f"-max_total_time={FUZZ_SECONDS}", "-rss_limit_mb=2048",
                           f"-artifact_prefix={OUT}/{name}-", work, corpus])
        return Results(passed=1)

    run.step(name, action)


# Counterparts asked about random cases. In their own tier the seed is the commit's.
SEEDED = ("graphql-js", "schema-changes", "url")

# Tests that do a tenth of their work by default.
FULL = ("tests/e2e/test_many_connections.py", "tests/e2e/test_quarantine.py", "tests/e2e/test_races.py",
        "tests/e2e/test_reload_load.py")


def long(run):
    if run.build("fuzz"):
        for target in sorted((ROOT / "build/fuzz/tests").glob("fuzz_*")):
            fuzz(run, target.name)

    def tidy():
        tool = shutil.which("run-clang-tidy-19")
        if tool is None:
            raise Cannot("run-clang-tidy-19 is not installed")
        run.command("clang-tidy", [tool, "-quiet", "-j", JOBS, "-p", "build/dev",
                                   f"^{ROOT}/(router|signing|telemetry|config-schema)/"])
        return Results(passed=1)

    if run.build("dev"):
        run.step("clang-tidy", tidy)
        oracle(run, ORACLE_SECONDS)
        for folder in SEEDED:
            counterpart(run, ROOT / "tests/counterparts" / folder, ["--seed", str(secrets.randbits(32))], " with a fresh seed")
        run.step("constant time", lambda: counted(run, "constant time", ["build/dev/tests/constant_time_test"]))
    run.step("planted bugs", lambda: counted(run, "planted bugs", [PYTHON, "tests/planted/run.py"]))
    if run.build("release", ["signet"]):
        run.pytest("end to end in full", *FULL, env={"SIGNET_FULL": "1"})


def main(tiers):
    shutil.rmtree(OUT, ignore_errors=True)
    OUT.mkdir(parents=True)
    run = Run()
    for tier in tiers:
        print(f"==> {tier}", flush=True)
        {"core": core, "counterparts": counterparts, "browser": browser, "long": long}[tier](run)
    results = run.results
    for skipped in results.skipped:
        print(f"skipped: {skipped}")
    for missing in run.could_not:
        print(f"could not run: {missing}")
    for failed in results.failed:
        print(f"failed: {failed}")
    incomplete = CI and (run.could_not or results.skipped)
    if incomplete:
        print("with CI=true whatever is skipped is a failure")
    print(f"{results.passed} passed, {len(results.failed)} failed, {len(results.skipped) + len(run.could_not)} skipped")
    return 1 if results.failed or incomplete else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
