import Glibc

/// The measuring half of `hack/bench`: one suite per call, results as one JSON line.
@main
struct Benchmarks {
    static func main() async {
        let words = Array(CommandLine.arguments.dropFirst())
        do {
            switch words.first {
            case "api": try await APIBenchmark.run(kubeconfig: words.dropFirst().first ?? "", count: words.count > 2 ? Int(words[2]) ?? 500 : 500)
            case "fill": try await FillBenchmark.run(kubeconfig: words.dropFirst().first ?? "", count: words.count > 2 ? Int(words[2]) ?? 1000 : 1000)
            case "plan": try PlanBenchmark.run(count: words.count > 1 ? Int(words[1]) ?? 1000 : 1000)
            case "react":
                guard words.count > 2 else { throw Misused() }
                try await ReactBenchmark.run(socket: words[1], kubeconfig: words[2], count: words.count > 3 ? Int(words[3]) ?? 100 : 100)
            case "json": JSONBenchmark.run()
            case "expressions": try ExpressionBenchmark.run(seconds: words.count > 1 ? Double(words[1]) ?? 1 : 1)
            case "script":
                guard words.count > 1 else { throw Misused() }
                try ScriptBenchmark.run(directory: words[1], count: words.count > 2 ? Int(words[2]) ?? 2_000_000 : 2_000_000, rounds: words.count > 3 ? Int(words[3]) ?? 3 : 3)
            case "overhead":
                guard words.count > 1 else { throw Misused() }
                try ScriptBenchmark.overhead(directory: words[1], count: words.count > 2 ? Int(words[2]) ?? 2_000_000 : 2_000_000)
            case "scan":
                guard words.count > 1 else { throw Misused() }
                try ScanBenchmark.run(
                    directory: words[1], count: words.count > 2 ? Int(words[2]) ?? 2_000_000 : 2_000_000, rounds: words.count > 3 ? Int(words[3]) ?? 5 : 5)
            case "table": ResultTable.run()
            case "loop": await LoopBenchmark.run(count: words.count > 1 ? Int(words[1]) ?? 1000 : 1000)
            default:
                print("usage: Benchmarks api KUBECONFIG [COUNT] | fill KUBECONFIG [COUNT] | plan [COUNT] | json | expressions [SECONDS] | loop [COUNT] | scan DIRECTORY [ROWS [ROUNDS]] | script DIRECTORY [ROWS [ROUNDS]] | overhead DIRECTORY [ROWS] | table; use hack/bench")
                exit(64)
            }
        } catch {
            print("{\"error\": \"\(error)\"}")
            exit(1)
        }
    }
}

/// Arguments are missing.
struct Misused: Error {}
