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
            .value("filename", short: "f", "FILE|DIR", repeats: true, "Documents as they are to be applied: a file, a directory of files, or - for standard input."),
            .value("output", short: "o", "FORMAT", "table or json. Default: table"), ServerConnection.namespaceOption,
        ] + ServerConnection.options,
        notes: """
            Documents are completed and checked by the API server without being stored, and fields that were applied before and are no longer in
            the file count as removed, so what is planned is what kubectl apply would bring. Exit statuses: 0 nothing to do, 2 there are changes, 1 a document can't be planned.
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
        objects += try await completed(arguments.all("filename").flatMap(files), connection)
        guard !objects.isEmpty else { throw CommandFailure(ExitStatus.failure, "there is nothing to plan: the documents hold no Environment") }
        let items = try await plan(objects, connection)
        Terminal.print(format == "json" ? JSON.object(["items": .array(items)]).text : table(items))
        if items.contains(where: { $0["problem"] != nil }) { return ExitStatus.failure }
        return items.contains { $0["steps"]?.array?.isEmpty == false } ? ExitStatus.changes : ExitStatus.success
    }

    // MARK: What to plan

    private static func existing(_ text: String, _ connection: ServerConnection) async throws -> JSON {
        let parts = text.split(separator: "/", omittingEmptySubsequences: false).map(String.init)
        guard parts.count == 2, EnvironmentArgument.kinds.contains(parts[0].lowercased()) else {
            throw CommandFailure(ExitStatus.usage, "'\(text)' is not KIND/NAME of something Millwright acts on, as environment/line-1")
        }
        do { return try await connection.client.get(.environments, NamespacedName(namespace: connection.namespace, name: parts[1])).json() } catch {
            throw CommandFailure(ExitStatus.failure, "\(error)")
        }
    }

    /// The file itself, or what kubectl takes of a directory: its YAML and JSON files, in order.
    private static func files(_ path: String) throws -> [String] {
        guard Files.isDirectory(path) else { return [path] }
        let names = try Files.list(path).filter { name in [".yaml", ".yml", ".json"].contains { name.hasSuffix($0) } }.sorted()
        guard !names.isEmpty else { throw CommandFailure(ExitStatus.failure, "\(path) holds no .yaml, .yml or .json file; name files, or another directory") }
        return names.map { path.hasSuffix("/") ? path + $0 : "\(path)/\($0)" }
    }

    /// The documents of the files as the API server would store them.
    private static func completed(_ paths: [String], _ connection: ServerConnection) async throws -> [JSON] {
        var parts: [(name: String, document: JSON)] = []
        for path in paths {
            let (name, bytes) = path == "-" ? ("standard input", try Files.readAll(STDIN_FILENO, name: "standard input")) : (path, try Files.read(path))
            do {
                parts += try YAML.parse(bytes).flatMap { $0["kind"] == "List" ? $0["items"]?.array ?? [] : [$0] }.map { (name, $0) }
            } catch { throw CommandFailure(ExitStatus.failure, "\(name): \(error)") }
        }
        let namespaces = parts.filter { $0.document["kind"] == "Namespace" }.compactMap { $0.document["metadata"]?["name"]?.string }
        var objects: [JSON] = []
        for (name, given) in parts where given["kind"] == "Environment" {
            var document = given
            if document["metadata"]?["namespace"] == nil { document[path: ["metadata", "namespace"]] = .string(connection.namespace) }
            let key = Metadata(of: document).namespacedName
            do throws(KubernetesError) {
                objects.append(try await applied(document, key, connection.client))
            } catch {
                // Its namespace comes with it: the server can't complete the document before that is there, and nothing of it runs yet.
                if error.isNotFound, namespaces.contains(key.namespace) {
                    objects.append(document)
                    continue
                }
                throw CommandFailure(ExitStatus.failure, "\(name): Environment \(key): \(error)")
            }
        }
        return objects
    }

    /// The object as the server would have it after `kubectl apply` of the document.
    private static func applied(_ document: JSON, _ key: NamespacedName, _ client: KubernetesClient) async throws(KubernetesError) -> JSON {
        let live: JSON?
        // Raw: with its managedFields, which say who applied what.
        do throws(KubernetesError) { live = try await client.raw("GET", ResourceType.environments.path(namespace: key.namespace, name: key.name)) } catch {
            guard error.isNotFound else { throw error }
            live = nil
        }
        let change = live.map { AppliedConfiguration.change(of: $0, to: document) } ?? .init(patch: .apply(document, force: true), fieldManager: "kubectl")
        return try await client.patch(.environments, key, change.patch, WriteOptions(dryRun: true, fieldManager: change.fieldManager ?? "kubectl")).json()
    }

    private static func plan(_ objects: [JSON], _ connection: ServerConnection) async throws -> [JSON] {
        let port = try await connection.httpPort()
        var items: [JSON] = []
        for object in objects {
            let namespace = object["metadata"]?["namespace"]?.string ?? ""
            let request = HTTPRequest(
                "POST", "/v1/namespaces/\(PercentEncoding.encode(namespace))/plan", headers: ["Content-Type": "application/json"], body: object.bytes)
            let response = try await port.send(try await connection.authorized(request), timeout: .seconds(60))
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
