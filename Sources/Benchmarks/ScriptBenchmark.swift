import Dataflow
import Delimited
import FileConnectors
import Glibc
import Hashing
import JavaScript
import Kernel
import Platform
import RowSteps
import Rows

/// JavaScript over delimited rows, through the whole engine: full name, total, date to ISO, one row in twenty dropped. Beside Node, the
/// same transform written by hand for it, when there is one.
enum ScriptBenchmark {
    /// - Parameters:
    ///   - directory: where the input is (made when it isn't there) and the outputs are written.
    ///   - count: rows of ten columns, 110 bytes each.
    ///   - only: one contestant.
    static func run(directory: String, count: Int, rounds: Int, only: String? = nil) throws {
        let input = directory + "/rows-\(count).csv"
        if !Files.exists(input) { try ScanBenchmark.make(input, count) }
        let node = directory + "/transform.js"
        try Files.write(Array(nodeScript.utf8), to: node, mode: 0o600)
        var samples: [String: Samples] = [:]
        var used: [String: Double] = [:]
        for _ in 0..<rounds {
            for (name, body) in contestants where only == nil || only == name {
                let output = directory + "/out-\(name.map { $0 == " " ? "-" : "\($0)" }.joined()).csv"
                unlink(output)
                let start = SystemClocks().monotonic, processor = processorSeconds()
                try body(input, output, directory)
                samples[name, default: Samples()].add(SystemClocks().monotonic - start)
                used[name] = min(used[name] ?? .infinity, processorSeconds() - processor)
            }
        }
        if only == nil { try overhead(directory: directory, count: count) }
        for (name, _) in contestants {
            guard let median = samples[name]?.percentile(50) else { continue }
            print(
                (["name": .string(name), "milliseconds": .double(median), "rowsPerSecond": .int(Int64(Double(count) / median * 1000)),
                  "processorSeconds": .double(used[name] ?? 0), "rowsPerProcessorSecond": .int(Int64(Double(count) / max(used[name] ?? 1, 0.001)))] as JSON).text)
        }
    }

    /// Of this process and of children that ended.
    private static func processorSeconds() -> Double {
        var sum = 0.0
        // RUSAGE_SELF and RUSAGE_CHILDREN, which Swift sees as another type than getrusage takes.
        for who: Int32 in [0, -1] {
            var usage = rusage()
            getrusage(who, &usage)
            sum += Double(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) + Double(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) / 1e6
        }
        return sum
    }

    private static let contestants: [(String, @Sendable (String, String, String) throws -> Void)] = [
        ("one thread", { try engine($0, $1, $2, threads: 1, numbers: false, columns: nil) }),
        ("one thread, all columns", { try engine($0, $1, $2, threads: 1, numbers: false, columns: all) }),
        ("one thread, declared numbers", { try engine($0, $1, $2, threads: 1, numbers: true, columns: nil) }),
        ("two threads", { try engine($0, $1, $2, threads: 2, numbers: false, columns: nil) }),
        ("two threads, declared numbers", { try engine($0, $1, $2, threads: 2, numbers: true, columns: nil) }),
        ("node", { input, output, directory in
            guard system("command -v node >/dev/null || exit 0; node '\(directory)/transform.js' '\(input)' '\(output)'") == 0 else { throw Misused() }
        }),
    ]

    private static let all = ["id", "first_name", "last_name", "city", "country", "date", "qty", "price", "status", "note"]

    /// With text, a total of two decimals is the script's to make; with declared numbers it is the column's format.
    private static func script(numbers: Bool) -> String {
        """
        function transform(row, ctx) {
          if (row.status === "cancelled") return null;
          row.name = row.first_name + " " + row.last_name;
          row.total = \(numbers ? "row.qty * row.price" : "Math.round(row.qty * row.price * 100) / 100");
          const d = row.date;
          row.date = d.slice(6) + "-" + d.slice(3, 5) + "-" + d.slice(0, 2);
          return row;
        }
        """
    }

    /// What checkpoints and lineage cost of a run on one thread, in processor time: least of six runs each, in turns. A checkpoint each second (a
    /// run's own come every five); hashing, which every run does, is timed by itself over the same bytes.
    static func overhead(directory: String, count: Int) throws {
        let input = directory + "/rows-\(count).csv"
        if !Files.exists(input) { try ScanBenchmark.make(input, count) }
        let output = directory + "/out-overhead.csv"
        var least: [Double] = [.infinity, .infinity, .infinity]
        for round in 0..<6 {
            // Whoever comes second finds another state of the caches and of the memory.
            for kept in round % 2 == 0 ? [false, true] : [true, false] {
                unlink(output)
                let before = processorSeconds()
                try engine(input, output, directory, threads: 1, numbers: false, columns: nil, checkpoints: kept ? FileCheckpointStore(path: directory + "/checkpoint") : nil)
                least[kept ? 1 : 0] = min(least[kept ? 1 : 0], processorSeconds() - before)
            }
            let before = processorSeconds()
            let reading = try hashed(input) + hashed(output)
            least[2] = min(least[2], processorSeconds() - before - reading)
        }
        unlink(directory + "/checkpoint")
        let cost = max(0, least[1] - least[0]) + least[2]
        print(
            (["name": "checkpoints and lineage", "processorSecondsWithout": .double(least[0] - least[2]), "checkpoints": .double(least[1] - least[0]), "lineage": .double(least[2]),
              "percent": .double(cost / (least[0] - least[2]) * 100)] as JSON).text)
    }

    /// Hashes a file. - Returns: the processor time that reading it took.
    private static func hashed(_ path: String) throws -> Double {
        let file = open(path, O_RDONLY | O_CLOEXEC)
        guard file >= 0 else { throw SystemError.last("open \(path)") }
        defer { close(file) }
        let hash = XXH3()
        var room = [UInt8](repeating: 0, count: 256 << 10), reading = 0.0
        while true {
            let before = processorSeconds()
            let count = room.withUnsafeMutableBytes { read(file, $0.baseAddress, $0.count) }
            reading += processorSeconds() - before
            guard count > 0 else { return reading }
            room.withUnsafeBytes { hash.update(UnsafeRawBufferPointer(rebasing: $0[..<count])) }
        }
    }

    private static func engine(_ input: String, _ output: String, _ directory: String, threads: Int, numbers: Bool, columns: [String]?, checkpoints: FileCheckpointStore? = nil) throws {
        let options = JavaScriptStepOptions(
            source: JavaScriptSource(main: script(numbers: numbers)), columns: columns, output: numbers ? [StepColumn("total", .decimal, format: "0.00")] : [], stateless: threads > 1,
            runID: "bench", unstoppable: { _ in _exit(1) })
        var job = PipelineJob(
            runID: "bench", startMicroseconds: 0,
            columns: numbers ? [ColumnRule(name: "qty", type: .integer), ColumnRule(name: "price", type: .float)] : [],
            steps: [.init(name: "enrich", .external(kind: "script"))], factories: ["script": JavaScriptStepFactory(options)], workDirectory: directory + "/work")
        job.limits.threads = threads
        job.checkpointInterval = .init(milliseconds: 1000)
        try checkpoints?.remove()
        let store: any CheckpointStore = if let checkpoints { checkpoints } else { NoCheckpoints() }
        let engine = PipelineEngine(
            job, source: try DelimitedRowSource(paths: [input], options: ReaderOptions()),
            outputs: [try FileRowOutput(name: "out", path: output, form: .delimited(.csv), runID: "bench")], checkpoints: store)
        let report = engine.run()
        if let failure = report.failure { throw failure }
    }

    /// As one writes it: lines, split, join.
    private static let nodeScript = """
        const fs = require("fs"), readline = require("readline");
        const [input, output] = process.argv.slice(2);
        const out = fs.openSync(output, "w");
        let header = null, buffer = [];
        const lines = readline.createInterface({ input: fs.createReadStream(input, { highWaterMark: 1 << 20 }) });
        lines.on("line", (line) => {
          const cells = line.split(",");
          if (header === null) { header = cells; buffer.push(line + ",name,total"); return; }
          if (cells[8] === "cancelled") return;
          const d = cells[5];
          cells[5] = d.slice(6) + "-" + d.slice(3, 5) + "-" + d.slice(0, 2);
          cells.push(cells[1] + " " + cells[2], Math.round(cells[6] * cells[7] * 100) / 100);
          buffer.push(cells.join(","));
          if (buffer.length >= 4096) { fs.writeSync(out, buffer.join("\\n") + "\\n"); buffer = []; }
        });
        lines.on("close", () => { fs.writeSync(out, buffer.join("\\n") + "\\n"); fs.fsyncSync(out); fs.closeSync(out); });
        """
}
