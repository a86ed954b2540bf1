"""The cases of ExpressionBenchmark.swift for the peers that Python reaches; hack/bench calls it.

usage: expression_peers.py cel-python | rust | compare FILE...
"""
import json
import sys
import time

RULE = 'self.replicas <= self.maxReplicas && self.name.startsWith("a")'
LONG_RULE = 'has(self.replicas) && self.replicas <= self.maxReplicas && self.name.size() < 64 && self.mode in ["A","B"]'
ROW_FILTER = 'quantity > 5 && status == "open" && price * 1.19 < 100.0'
MACRO = "self.items.all(i, i.port > 0 && i.port < 65536)"
PATTERN = 'self.name.matches("^[a-z0-9]([-a-z0-9]*[a-z0-9])?$")'
OBJECT = {
    "replicas": 3, "maxReplicas": 10, "name": "alpha-gateway", "mode": "B",
    "items": [{"name": f"p{i}", "port": i * 1000} for i in range(1, 11)],
}


def measure(body):
    """Nanoseconds a call: the median of ten rounds, in time of the processor."""
    count = 1
    while True:
        start = time.process_time()
        for _ in range(count):
            body()
        if time.process_time() - start > 0.05:
            break
        count *= 2
    rounds = []
    for _ in range(10):
        start = time.process_time()
        for _ in range(count):
            body()
        rounds.append((time.process_time() - start) * 1e9 / count)
    return round(sorted(rounds)[5], 1)


def cel_python():
    import celpy

    environment = celpy.Environment()
    def compiled(source):
        return environment.program(environment.compile(source))

    given = {"self": celpy.json_to_cel(OBJECT)}
    def condition(source):
        program = compiled(source)
        assert program.evaluate(given)
        return measure(lambda: program.evaluate(given))

    row_filter = compiled(ROW_FILTER)
    row = {name: celpy.json_to_cel(value) for name, value in {"quantity": 9, "price": 9.0, "status": "open"}.items()}
    assert row_filter.evaluate(row)
    return condition, measure(lambda: row_filter.evaluate(row)), measure(lambda: compiled(LONG_RULE))


def rust():
    import cel

    given = {"self": OBJECT}
    def condition(source):
        program = cel.compile(source)
        assert program.execute(given)
        return measure(lambda: program.execute(given))

    row_filter = cel.compile(ROW_FILTER)
    row = {"quantity": 9, "price": 9.0, "status": "open"}
    assert row_filter.execute(row)
    return condition, measure(lambda: row_filter.execute(row)), measure(lambda: cel.compile(LONG_RULE))


def compare(files):
    results = {file.rsplit("expressions-", 1)[-1]: json.load(open(file)) for file in files}
    ours = results.pop("millwright")
    for key, value in ours.items():
        ratios = [f"{peer} {figures[key]:.0f} ({figures[key] / value:.1f} times)" for peer, figures in sorted(results.items()) if key in figures]
        print(f"{key}: {value:.0f}; {'; '.join(ratios)}")
    for peer, figures in sorted(results.items()):
        for key in sorted(set(figures) - set(ours)):
            print(f"{peer} alone, {key}: {figures[key]:.0f}")


if sys.argv[1:2] == ["compare"]:
    compare(sys.argv[2:])
else:
    condition, row_filter, compiling = {"cel-python": cel_python, "rust": rust}[sys.argv[1]]()
    print(json.dumps({
        "ruleOnDynamicNanoseconds": condition(RULE), "macroOver10Nanoseconds": condition(MACRO), "patternNanoseconds": condition(PATTERN),
        "rowFilterNanoseconds": row_filter, "compileNanoseconds": compiling,
    }))
