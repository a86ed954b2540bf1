import Delimited
import Glibc
import Kernel
import Platform
import Rows
import TextScan

/// Delimited text: cutting into cells, selecting and writing, beside `cat` of the same file; each with the output synced.
enum ScanBenchmark {
    /// - Parameters:
    ///   - directory: where the input is made and the outputs are written.
    ///   - count: rows of ten columns, 110 bytes each.
    static func run(directory: String, count: Int, rounds: Int) throws {
        let input = directory + "/rows-\(count).csv"
        if !Files.exists(input) { try make(input, count) }
        let output = directory + "/out.csv"
        var samples: [String: Samples] = [:]
        for _ in 0..<rounds {
            for (name, body) in contestants {
                unlink(output)
                let start = SystemClocks().monotonic
                try body(input, output)
                samples[name, default: Samples()].add(SystemClocks().monotonic - start)
            }
        }
        guard let floor = samples["cat"]?.percentile(50) else { return }
        for (name, _) in contestants {
            guard let median = samples[name]?.percentile(50) else { continue }
            let result: JSON = [
                "name": .string(name), "milliseconds": .double(median), "rowsPerSecond": .int(Int64(Double(count) / median * 1000)), "timesCat": .double(median / floor),
            ]
            print(result.text)
        }
    }

    private static let contestants: [(String, @Sendable (String, String) throws -> Void)] = [
        ("cat", { input, output in try cat(input, output) }),
        ("cut into cells", { input, _ in try copy(input, nil, []) }),
        ("all columns", { input, output in try copy(input, output, Array(0..<10)) }),
        ("select 6 of 10", { input, output in try copy(input, output, [0, 1, 2, 5, 6, 9]) }),
        ("reorder 10", { input, output in try copy(input, output, [9, 7, 5, 3, 1, 0, 2, 4, 6, 8]) }),
    ]

    private static func cat(_ input: String, _ output: String) throws {
        guard system("cat '\(input)' > '\(output)'") == 0 else { throw Misused() }
        let descriptor = open(output, O_WRONLY)
        guard descriptor >= 0, fsync(descriptor) == 0 else { throw Misused() }
        close(descriptor)
    }

    private static func copy(_ input: String, _ output: String?, _ columns: [Int]) throws {
        let reader = try DelimitedReader(inputs: [input])
        let batch = RowBatch(sourceColumns: reader.header.count)
        guard let output else {
            while try reader.read(into: batch) {}
            return
        }
        let file = try OutputFile(path: output, id: "bench")
        try file.open()
        let writer = try DelimitedWriter(file, dialect: .csv, columns: columns.map { OutputColumn(reader.header[$0]) })
        try writer.writeHeader()
        while try reader.read(into: batch) {
            batch.columns = columns.map { .source($0) }
            try writer.write(batch)
        }
        try file.commit()
    }

    static func make(_ path: String, _ count: Int) throws {
        let file = try OutputFile(path: path, id: "make")
        try file.open()
        try file.append("id,first_name,last_name,city,country,date,qty,price,status,note\n")
        let first = ["Anna", "Bernhard", "Chloe", "Dmitri", "Elena", "Farid", "Greta"]
        let last = ["Schmidt", "Okafor", "Lindqvist", "Moreau", "Yamamoto"]
        let city = ["Hamburg", "Lagos", "Stockholm", "Lyon", "Osaka", "New York"]
        for row in 0..<count {
            let day = row % 28 + 1
            let month = row / 28 % 12 + 1
            try file.append(
                "\(1_000_000 + row),\(first[row % 7]),\(last[row % 5]),\(city[row % 6]),Country \(row % 40),\(day < 10 ? "0" : "")\(day).\(month < 10 ? "0" : "")\(month).2026,\(row % 90 + 1),\(row % 997).\(10 + row % 90),\(row % 20 == 0 ? "cancelled" : "paid"),order note number \(row % 1000) and some more text\n")
        }
        try file.commit()
    }
}
