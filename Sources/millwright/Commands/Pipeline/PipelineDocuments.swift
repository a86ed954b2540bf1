import Kernel
import PipelineJobs
import Platform
import Resources
import TimeZoneDatabase
import YAML

/// What the files of `-f` hold: one DataPipeline, and ConfigMaps and Secrets it may refer to.
struct PipelineDocuments {
    let name: String
    /// `spec` of the DataPipeline as it stands in the file.
    let spec: JSON
    let pipeline: DataPipelineSpec
    /// Texts of ConfigMaps by `name/key`.
    private(set) var texts: [String: String] = [:]
    /// Database URLs by the name of their Secret.
    private(set) var connections: [String: String] = [:]

    static let options: [OptionSpec] = [
        .value("filename", short: "f", "FILE", repeats: true, "The document: a DataPipeline, with the ConfigMaps and Secrets it refers to; - for standard input."),
        .value("name", "NAME", "Which DataPipeline, when the files hold several."),
    ]

    init(_ arguments: Arguments) throws {
        let files = arguments.all("filename")
        guard !files.isEmpty else { throw CommandFailure(ExitStatus.usage, "-f FILE is missing: the document with the DataPipeline") }
        var pipelines: [(file: String, document: JSON)] = []
        var others: [JSON] = []
        for file in files {
            for document in try Self.documents(file) {
                if document["kind"] == "DataPipeline" { pipelines.append((file, document)) } else { others.append(document) }
            }
        }
        let names = pipelines.map { $0.document["metadata"]?["name"]?.string ?? "" }
        if let wanted = arguments["name"] { pipelines = pipelines.filter { $0.document["metadata"]?["name"]?.string == wanted } }
        guard let chosen = pipelines.first else {
            throw CommandFailure(
                ExitStatus.document, arguments["name"].map { "there is no DataPipeline \($0) in \(files.joined(separator: ", ")); found: \(names.isEmpty ? "none" : names.joined(separator: ", "))" }
                    ?? "\(files.joined(separator: ", ")) holds no DataPipeline\(Self.found(others)); 'millwright pipeline infer FILE' writes one from a data file")
        }
        guard pipelines.count == 1 else { throw CommandFailure(ExitStatus.usage, "the files hold several DataPipelines (\(names.joined(separator: ", "))): choose one with --name") }
        name = chosen.document["metadata"]?["name"]?.string ?? "pipeline"
        spec = chosen.document["spec"] ?? [:]
        if let version = chosen.document["apiVersion"]?.string, version != MillwrightName.apiVersion {
            throw CommandFailure(ExitStatus.document, "\(chosen.file): apiVersion is \(version); write \(MillwrightName.apiVersion)")
        }
        do throws(InvalidResource) {
            pipeline = try DataPipelineSpec(spec)
            let wrong = DocumentPaths.errors(pipeline, timeZones: MachineTimeZones())
            if !wrong.isEmpty { throw InvalidResource(errors: wrong) }
        } catch {
            throw PipelineRefusal(status: ExitStatus.document, file: chosen.file, what: "DataPipeline \(name) can't be followed", problems: error.errors)
        }
        for document in others {
            switch document["kind"]?.string {
            case "ConfigMap": takeConfigMap(document)
            case "Secret": takeSecret(document)
            default: break
            }
        }
        takeEnvironment()
    }

    /// `, but a ConfigMap; did you mean kind: DataPipeline?`
    private static func found(_ others: [JSON]) -> String {
        let kinds = others.map { $0["kind"]?.string ?? "a document without kind" }
        guard !kinds.isEmpty else { return "" }
        let near = kinds.contains { $0 != "DataPipelineRun" && Spelling.nearest(to: "DataPipeline", among: [$0]) != nil } ? "; did you mean kind: DataPipeline?" : ""
        return ", but \(kinds.prefix(5).joined(separator: ", "))\(near)"
    }

    private static func documents(_ file: String) throws -> [JSON] {
        let bytes: [UInt8]
        do throws(SystemError) { bytes = file == "-" ? try Files.readAll(0, name: "standard input") : try Files.read(file) } catch {
            throw CommandFailure(ExitStatus.usage, "\(error); check the path after -f")
        }
        do { return try YAML.parse(bytes).flatMap { $0["kind"] == "List" ? $0["items"]?.array ?? [] : [$0] } } catch {
            throw CommandFailure(ExitStatus.document, "\(file): \(error)")
        }
    }

    private mutating func takeConfigMap(_ document: JSON) {
        let name = document["metadata"]?["name"]?.string ?? ""
        for (key, value) in document["data"]?.object ?? JSONObject() { texts["\(name)/\(key)"] = value.string }
    }

    private mutating func takeSecret(_ document: JSON) {
        let name = document["metadata"]?["name"]?.string ?? ""
        if let url = document["stringData"]?["url"]?.string { connections[name] = url }
        else if let data = document["data"]?["url"]?.string.flatMap({ Base64.decode($0) }) { connections[name] = String(decoding: data, as: UTF8.self) }
    }

    /// MILLWRIGHT_CONNECTION_NAME wins over a Secret in the files.
    private mutating func takeEnvironment() {
        for output in pipeline.outputs {
            guard case .postgresql(let table) = output.sink else { continue }
            let variable = String(table.connectionSecret.uppercased().map { $0.isASCII && ($0.isLetter || $0.isNumber) ? $0 : "_" })
            if let url = Environ["MILLWRIGHT_CONNECTION_\(variable)"] { connections[table.connectionSecret] = url }
        }
    }
}
