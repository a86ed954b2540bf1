import Glibc
import Kernel
import YAML

@testable import APIServerCore

/// The documents of this target behind a plain server, and a kubectl to read them with: discovery, OpenAPI, and an answer to every POST.
final class KubectlFixture {
    /// The kubectls to test with: KUBECTLS (a PATH-like list), or the one in the PATH.
    static let kubectls: [String] = {
        let listed = getenv("KUBECTLS").map { String(cString: $0).split(separator: ":").map(String.init) } ?? []
        return (listed.isEmpty ? ["/usr/bin/kubectl", "/usr/local/bin/kubectl"] : listed).filter { access($0, X_OK) == 0 }
    }()

    /// Whether the tests run: a missing kubectl is told, and fails them where MILLWRIGHT_REQUIRE asks for it.
    static let isThere: Bool = {
        if !kubectls.isEmpty { return true }
        let required = (getenv("MILLWRIGHT_REQUIRE").map { String(cString: $0) } ?? "").split(separator: ",").contains("kubectl")
        if !required { print("skipped: these tests need kubectl, which this machine does not offer; hack/setup brings it") }
        return required
    }()

    struct Posted: Sendable {
        var path = ""
        var contentType = ""
        var object: JSON = .null
        var failure = ""
    }

    final class Log: @unchecked Sendable {
        // Unchecked: every access is under the lock.
        private var lock = pthread_mutex_t()
        private var entries: [Posted] = []
        init() { pthread_mutex_init(&lock, nil) }
        func add(_ entry: Posted) {
            pthread_mutex_lock(&lock)
            entries.append(entry)
            pthread_mutex_unlock(&lock)
        }
        var all: [Posted] {
            pthread_mutex_lock(&lock)
            defer { pthread_mutex_unlock(&lock) }
            return entries
        }
    }

    let log = Log()
    let directory: String
    private let server: PlainServer
    private let kubectl: String

    static func environmentDefinition() throws -> JSON {
        let root = #filePath.split(separator: "/").prefix { $0 != "Tests" }.joined(separator: "/")
        return try YAML.parse(Self.read("/\(root)/crds/millwright.dev_environments.yaml")).first ?? .null
    }

    static func resources() throws -> [ResourceDefinition] { BuiltInResources.all + CustomResources.resources(of: try environmentDefinition()) }

    init(kubectl: String) throws {
        self.kubectl = kubectl
        let resources = try Self.resources()
        let documents = OpenAPIDocuments(resources, millwrightVersion: "0.1.0")
        let v3 = Dictionary(uniqueKeysWithValues: documents.v3Paths.map { ($0, documents.v3($0)?.bytes ?? []) })
        let index = OpenAPIDocuments.v3Index(hashes: documents.v3Paths.map { ($0, ContentHash.hex(v3[$0] ?? [])) }).bytes
        let v2 = documents.v2.bytes
        let v2Protobuf = documents.v2Protobuf
        let discovery = DiscoveryDocuments(resources, serverAddress: "127.0.0.1:1")
        let log = log
        server = try PlainServer { request in
            func json(_ value: JSON?, _ type: String = "application/json") -> PlainServer.Reply {
                guard let value else { return .init(status: 404, body: APIStatus.noSuchPath.json.bytes) }
                return .init(contentType: type, body: value.bytes)
            }
            let accept = request.headers["accept"]
            let parts = request.path.split(separator: "/").map(String.init)
            switch (request.method, request.path) {
            case ("POST", _), ("PATCH", _): return Self.echo(request, log)
            case ("GET", "/version"): return json(VersionDocument.json(millwright: "0.1.0", commit: "", buildDate: "", platform: "linux/amd64"))
            case ("GET", "/api"), ("GET", "/apis"):
                let isCore = request.path == "/api"
                switch DiscoveryForm(accept: accept) {
                case .aggregated(let version)?:
                    return json(discovery.aggregated(core: isCore, version: version), DiscoveryForm.aggregated(version: version).contentType)
                case .legacy?: return json(isCore ? discovery.coreVersions : discovery.groupList)
                case nil: return .init(status: 406)
                }
            case ("GET", "/openapi/v3"): return .init(body: index)
            case ("GET", _) where request.path.hasPrefix("/openapi/v3/"):
                guard let document = v3[String(request.path.dropFirst("/openapi/v3/".count))] else { return .init(status: 404) }
                return .init(body: document)
            case ("GET", "/openapi/v2"):
                guard let type = OpenAPIMediaType(accept: accept) else { return .init(status: 406) }
                return .init(contentType: type.contentType, body: type == .json ? v2 : v2Protobuf)
            case ("GET", _) where parts.first == "api" && parts.count == 2: return json(discovery.resources(group: "", version: parts[1]))
            case ("GET", _) where parts.first == "apis" && parts.count == 3: return json(discovery.resources(group: parts[1], version: parts[2]))
            case ("GET", _) where parts.first == "apis" && parts.count == 2: return json(discovery.group(parts[1]))
            case ("GET", _):
                let resource = GroupResource(group: "", resource: parts.dropLast().last ?? "")
                return .init(status: 404, body: APIStatus.notFound(resource, name: parts.last ?? "").json.bytes)
            default: return .init(status: 405)
            }
        }
        var template = Array("/tmp/mw-core-XXXXXX".utf8CString)
        _ = template.withUnsafeMutableBufferPointer { $0.baseAddress.flatMap { mkdtemp($0) } }
        directory = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
        Self.write(
            "{\"apiVersion\":\"v1\",\"kind\":\"Config\",\"current-context\":\"c\",\"contexts\":[{\"name\":\"c\",\"context\":{\"cluster\":\"c\",\"user\":\"u\"}}],"
                + "\"users\":[{\"name\":\"u\",\"user\":{}}],\"clusters\":[{\"name\":\"c\",\"cluster\":{\"server\":\"http://127.0.0.1:\(server.port)\"}}]}",
            to: directory + "/config")
    }

    deinit {
        server.stop()
        _ = Self.shell("rm -rf \(directory)")
    }

    /// Decodes the body as it came, keeps it, and sends it back as JSON.
    private static func echo(_ request: PlainServer.Request, _ log: Log) -> PlainServer.Reply {
        var entry = Posted(path: request.path + (request.query.isEmpty ? "" : "?" + request.query), contentType: request.headers["content-type"] ?? "")
        do {
            entry.object =
                entry.contentType.hasPrefix(ProtobufDecoder.mediaType) ? try ProtobufDecoder.decode(request.body) : try JSONParser.parse(request.body)
        } catch { entry.failure = "\(error)" }
        log.add(entry)
        return .init(status: 201, body: entry.object.bytes)
    }

    func run(_ arguments: String) -> (code: Int32, output: String) {
        Self.shell("KUBECACHEDIR=\(directory)/cache HOME=\(directory) \(kubectl) --kubeconfig \(directory)/config --cache-dir \(directory)/cache \(arguments)")
    }

    func file(_ name: String, _ text: String) -> String {
        Self.write(text, to: directory + "/" + name)
        return directory + "/" + name
    }

    static func shell(_ line: String) -> (code: Int32, output: String) {
        guard let pipe = popen("( \(line) ) 2>&1", "r") else { return (-1, "popen failed") }
        var output: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 4096)
        while true {
            let count = fread(&buffer, 1, buffer.count, pipe)
            if count == 0 { break }
            output += buffer[..<count]
        }
        let status = pclose(pipe)
        return (status & 0x7F == 0 ? (status >> 8) & 0xFF : -1, String(decoding: output, as: UTF8.self))
    }

    private static func write(_ text: String, to path: String) {
        guard let file = fopen(path, "w") else { return }
        fputs(text, file)
        fclose(file)
    }

    static func read(_ path: String) -> [UInt8] {
        guard let file = fopen(path, "r") else { return [] }
        defer { fclose(file) }
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 65536)
        while true {
            let count = fread(&buffer, 1, buffer.count, file)
            if count == 0 { return bytes }
            bytes += buffer[..<count]
        }
    }
}
