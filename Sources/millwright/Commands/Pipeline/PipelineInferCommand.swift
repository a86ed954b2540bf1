import Delimited
import Glibc
import Kernel
import Platform
import YAML

/// `millwright pipeline infer`: writes a DataPipeline from a look at a file.
enum PipelineInferCommand {
    static let spec = CommandSpec(
        name: "pipeline infer", summary: "Writes a DataPipeline for a file: dialect, encoding, columns with types and the bounds it saw.", arguments: "FILE",
        argumentCount: 1...1,
        options: [
            .value("name", "NAME", "The pipeline's name. Default: from the file's"), .value("output", "FILE", "The path of its output. Default: out/NAME.csv"),
            .value("rows", "N", "Rows to look at. Default: 1000000"),
        ],
        notes: """
            The document goes to standard output, what a person should check to standard error. Bounds are what was seen, not what is meant:
            look them over. FILE may be - or a pipe. Exit statuses: 0 written, 1 the file can't be read, 64 wrong command line.

              millwright pipeline infer orders.csv > orders.yaml && millwright pipeline run -f orders.yaml
            """,
        runBlocking: { arguments in
            let path = arguments.positional[0]
            var limits = InferenceLimits()
            if let text = arguments["rows"] {
                guard let rows = Int(text), rows > 0 else { throw CommandFailure(ExitStatus.usage, "--rows: '\(text)' is not a number of rows") }
                limits.rows = rows
            }
            let stream = try InputStream(path)
            defer { stream?.remove() }
            let shown = stream == nil ? path : "standard input"
            let table: InferredTable
            do throws(DelimitedError) { table = try Inference.infer(stream?.copy ?? path, limits: limits) } catch {
                throw CommandFailure(ExitStatus.failure, stream == nil ? "\(error)" : "\(shown): \(error.message)")
            }
            let name = arguments["name"] ?? (stream == nil ? PipelineInferCommand.name(of: path) : "piped")
            let rows = table.rows == 1 ? "the only row of \(shown) looks" : "\(table.isWhole ? "all" : "the first") \(Counted.text(table.rows, "row")) of \(shown) look"
            Terminal.print("# What \(rows) like; bounds are what was seen.")
            Terminal.write(YAML.write(PipelineInferCommand.document(table, path: stream == nil ? path : "-", name: name, output: arguments["output"] ?? "out/\(name).csv"), keepsOrder: true), to: STDOUT_FILENO)
            for note in table.notes { Terminal.note("check: \(note)") }
            return ExitStatus.success
        })

    /// Lower-case letters, digits and '-' of the file's name, without its endings.
    private static func name(of path: String) -> String {
        let file = path.split(separator: "/").last.map { $0.prefix { $0 != "." } } ?? ""
        let letters = file.lowercased().map { $0.isASCII && ($0.isLetter || $0.isNumber) ? $0 : "-" }
        let name = String(letters.prefix(50).drop { $0 == "-" })
        return name.isEmpty ? "pipeline" : name.last == "-" ? name + "1" : name
    }

    private static func document(_ table: InferredTable, path: String, name: String, output: String) -> JSON {
        // A name of a file may hold what opens an expression.
        var source: JSON = ["path": .string(path.split(separator: "${", omittingEmptySubsequences: false).joined(separator: "${ \"${\" }"))]
        if table.dialect.delimiter != 0x2C { source["delimiter"] = .string(String(UnicodeScalar(table.dialect.delimiter))) }
        if table.dialect.quote != 0x22 { source["quote"] = .string(table.dialect.quote.map { String(UnicodeScalar($0)) } ?? "") }
        if let escape = table.dialect.escape { source["escape"] = .string(String(UnicodeScalar(escape))) }
        if table.dialect.escapeSequences != .literal { source["escapeSequences"] = .string(table.dialect.escapeSequences.rawValue) }
        if table.dialect.lenientQuotes { source["lenientQuotes"] = true }
        if table.dialect.trim != .none { source["trim"] = .string(table.dialect.trim.rawValue) }
        if table.dialect.skipLines > 0 { source["skipLines"] = JSON(table.dialect.skipLines) }
        if let comment = table.dialect.comment { source["comment"] = .string(String(UnicodeScalar(comment))) }
        if !table.dialect.header { source["header"] = false }
        if table.encoding != .utf8 { source["encoding"] = .string(table.encoding.rawValue) }
        if table.nullMarkers != [""] { source["nullMarkers"] = JSON(table.nullMarkers) }
        if table.raggedRows == .pad { source["raggedRows"] = "Pad" }
        var columns: [JSON] = []
        // Names that a document can't hold stay text without a declaration.
        for column in table.columns where (1...256).contains(column.name.unicodeScalars.count) {
            var json: JSON = ["name": .string(column.name)]
            if column.type != .string { json["type"] = .string(column.type.rawValue) }
            json["format"] = column.format.map { .string($0) }
            if column.required { json["required"] = true }
            if column.unique { json["unique"] = true }
            json["constraint"] = column.constraint.map { .string($0) }
            // Without a header every column is named; else only those there is something to say of.
            if (json.object?.count ?? 0) > 1 || !table.dialect.header { columns.append(json) }
        }
        columns = Array(columns.prefix(2048))
        if !columns.isEmpty { source["columns"] = .array(columns) }
        // In the input's dialect, so that nothing changes that nobody asked for.
        var target: JSON = ["path": .string(output)]
        for key in ["delimiter", "quote", "escape", "escapeSequences", "header"] { if let value = source[key], value != "" { target[key] = value } }
        return [
            "apiVersion": .string(MillwrightName.apiVersion), "kind": "DataPipeline", "metadata": ["name": .string(name)],
            "spec": [
                "source": ["delimited": source], "outputs": [["name": "rows", "delimited": target]],
                "errors": ["policy": "DeadLetter", "budget": ["percent": 5], "deadLetter": ["path": .string("\(output).rejected")]],
            ],
        ]
    }
}
