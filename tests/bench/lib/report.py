"""Tables for people."""

import statistics

MEDIANS = ("cpu_us", "rps", "p50_ms", "p99_ms", "busy", "fetches")


def middle(rows):
    """One row for each target and workload: medians of the rounds, the peak of memory."""
    merged = {}
    for row in rows:
        merged.setdefault((row["target"], row["workload"]), []).append(row)
    found = []
    for several in merged.values():
        row = dict(several[0])
        del row["round"]
        row |= {key: statistics.median(one[key] for one in several) for key in MEDIANS}
        row["memory_mb"] = max(one["memory_mb"] for one in several)
        row["cpu_us_rounds"] = [round(one["cpu_us"], 1) for one in several]
        found.append(row)
    return found


def print_rows(rows, bases, refused):
    nginx = {row["workload"]: row["cpu_us"] for row in rows if row["target"] == "nginx"}
    print(f"{'':<16}{'answer':>9}{'CPU µs':>10}{'x nginx':>9}{'RPS':>9}{'p50 ms':>9}{'p99 ms':>9}{'peak MB':>9}"
          f"{'fetches':>9}{'busy':>6}   rounds' CPU µs")
    for row in sorted(rows, key=lambda row: row["workload"]):
        base = nginx.get(bases[row["workload"]])
        ratio = f"{row['cpu_us'] / base:.2f} {bases[row['workload']]}" if base else "-"
        print(f"{row['workload'] + ' ' + row['target']:<16}{row['bytes']:>9}{row['cpu_us']:>10.1f}{ratio:>9}"
              f"{row['rps']:>9.0f}{row['p50_ms']:>9.2f}{row['p99_ms']:>9.2f}{row['memory_mb']:>9.1f}{row['fetches']:>9.2f}"
              f"{row['busy']:>6.0%}   " + " ".join(map(str, row["cpu_us_rounds"])))
    for (target, workload), why in refused.items():
        print(f"{workload + ' ' + target:<16} answers differently, or not at all: {str(why).strip()}")
    if not nginx:
        print("no ratios: nginx is not installed")


def number(value):
    return f"{value:,.0f}" if abs(value) >= 100 else f"{value:.2f}"


def print_verdicts(verdicts):
    print(f"\n{'target':<42}{'at most':>12}{'measured':>14}   verdict")
    for verdict in verdicts:
        target = verdict.target
        at_most, measured = (f"{number(value)} {target.unit}" for value in (target.at_most, verdict.measured))
        print(f"{target.what:<42}{at_most:>12}{measured:>14}   {'met' if verdict.met else 'MISSED'}, "
              f"median of {verdict.rounds}")


def markdown(head, rows):
    lines = ["| " + " | ".join(head) + " |", "|" + "---|" * len(head)]
    return "\n".join(lines + ["| " + " | ".join(map(str, row)) + " |" for row in rows])
