import Glibc
import HTTPMessages
import Kernel
import Kubernetes
import Platform
import YAML

/// `millwright plan`: what would be done for documents, and why, without doing it.
enum PlanCommand {
    static let spec = CommandSpec(
        name: "plan", summary: "Shows what would be done for a document or an object, and why. Writes nothing.", arguments: "-f FILE | KIND/NAME",
        argumentCount: 0...100,
        options: [
            .value("filename", short: "f", "FILE", repeats: true, "Documents as they are to be applied; - for standard input."),
            .value("output", short: "o", "FORMAT", "table or json. Default: table"), ServerConnection.namespaceOption,
        ] + ServerConnection.options,
        notes: """
            Documents are completed and checked by the API server as kubectl apply --server-side --dry-run=server would, so what is planned is what
            an apply would bring. Exit statuses: 0 nothing to do, 2 there are changes, 1 a document can't be planned.
            """
    ) { arguments in
        guard arguments.positional.isEmpty != arguments.all("filename").isEmpty else {
            throw CommandFailure(ExitStatus.usage, "give either documents (-f FILE) or objects (KIND/NAME); see 'millwright plan --help'")
        }
        let format = arguments["output"] ?? "table"
        guard ["table", "json"].contains(format) else { throw CommandFailure(ExitStatus.usage, "--output: '\(format)' is not table or json") }
        let connection = try ServerConnection(arguments)
        var objects: [JSON] = []
        for name in arguments.positional { objects.append(try await existing(name, connection)) }
        for path in arguments.all("filename") { objects += try await completed(path, connection) }
        guard !objects.isEmpty else { throw CommandFailure(ExitStatus.failure, "there is nothing to plan: the documents hold no Environment") }
        let items = try await plan(objects, connection)
        Terminal.print(format == "json" ? JSON.object(["items": .array(items)]).text : table(items))
        if items.contains(where: { $0["problem"] != nil }) { return ExitStatus.failure }
        return items.contains { $0["steps"]?.array?.isEmpty == false } ? ExitStatus.changes : ExitStatus.success
    }

    // MARK: What to plan

    private static func existing(_ text: String, _ connection: ServerConnection) async throws -> JSON {
        let parts = text.split(separator: "/", omittingEmptySubsequences: false).map(String.init)
        guard parts.count == 2, ["environment", "environments", "env", "environment.millwright.dev"].contains(parts[0].lowercased()) else {
            throw CommandFailure(ExitStatus.usage, "'\(text)' is not KIND/NAME of something Millwright acts on, as environment/line-1")
        }
        do { return try await connection.client.get(.environments, NamespacedName(namespace: connection.namespace, name: parts[1])).json() } catch {
            throw CommandFailure(ExitStatus.failure, "\(error)")
        }
    }

    /// The documents of a file as the API server would store them.
    private static func completed(_ path: String, _ connection: ServerConnection) async throws -> [JSON] {
        let (name, bytes) = path == "-" ? ("standard input", try Files.readAll(STDIN_FILENO, name: "standard input")) : (path, try Files.read(path))
        let documents: [JSON]
        do { documents = try YAML.parse(bytes) } catch { throw CommandFailure(ExitStatus.failure, "\(name): \(error)") }
        var objects: [JSON] = []
        for var document in documents.flatMap({ $0["kind"] == "List" ? $0["items"]?.array ?? [] : [$0] }) {
            guard document["kind"] == "Environment" else { continue }
            if document["metadata"]?["namespace"] == nil { document[path: ["metadata", "namespace"]] = .string(connection.namespace) }
            let key = Metadata(of: document).namespacedName
            do {
                objects.append(
                    try await connection.client.patch(
                        .environments, key, .apply(document, force: true), WriteOptions(dryRun: true, fieldManager: "millwright-plan")
                    ).json())
            } catch {
                throw CommandFailure(ExitStatus.failure, "\(name): Environment \(key): \(error)")
            }
        }
        return objects
    }

    private static func plan(_ objects: [JSON], _ connection: ServerConnection) async throws -> [JSON] {
        let port = try await connection.httpPort()
        var items: [JSON] = []
        for object in objects {
            let namespace = object["metadata"]?["namespace"]?.string ?? ""
            let request = HTTPRequest(
                "POST", "/v1/namespaces/\(PercentEncoding.encode(namespace))/plan", headers: ["Content-Type": "application/json"], body: object.bytes)
            let response = try await port.send(try connection.authorized(request), timeout: .seconds(60))
            guard response.status == 200 else {
                throw ServerConnection.failure(status: response.status, headers: response.headers, body: response.body)
            }
            items += try JSONParser.parse(response.body)["items"]?.array ?? []
        }
        return items
    }

    // MARK: How to show it

    private static func table(_ items: [JSON]) -> String {
        var text: [String] = []
        var changes = 0
        for item in items {
            let name = "\(item["kind"]?.string ?? "") \(item["namespace"]?.string ?? "")/\(item["name"]?.string ?? "")"
            let steps = item["steps"]?.array ?? []
            changes += steps.count
            if let problem = item["problem"]?.string {
                text.append("\(Terminal.coloured(name, .bold)): \(Terminal.coloured(problem, .red))")
            } else if steps.isEmpty {
                text.append("\(Terminal.coloured(name, .bold)): \(item["waitingFor"]?.string.map { "waiting: \($0)" } ?? "nothing to do")")
            } else {
                text.append(Terminal.coloured(name, .bold))
                let rows = [["  RISK", "ACTION", "WHY"]] + steps.map { step in
                    ["  \(step["risk"]?.string ?? "")", step["summary"]?.string ?? "", step["reason"]?.string ?? ""]
                }
                text.append(
                    Terminal.table(rows) { row, column, cell in
                        guard row > 0, column == 0 else { return row == 0 ? Terminal.coloured(cell, .dim) : cell }
                        return Terminal.coloured(cell, cell.hasSuffix("Destructive") || cell.hasSuffix("High") ? .red : .yellow)
                    })
                if let waiting = item["waitingFor"]?.string { text.append("  then waits: \(waiting)") }
            }
        }
        if changes > 0 { text.append("\n\(changes) action\(changes == 1 ? "" : "s") would be taken now; later ones depend on how these go.") }
        return text.joined(separator: "\n")
    }
}
