import Kernel
import Resilience
import Testing

@testable import Docker

@Suite struct WireTests {
    @Test func theBodyOfACreateRequest() {
        var spec = EngineContainerSpec(image: "busybox:1")
        #expect(spec.json.text == #"{"Image":"busybox:1","HostConfig":{"RestartPolicy":{"Name":"no"}}}"#)
        spec.command = []
        spec.args = ["-n", "line-3"]
        spec.labels = ["b": "2", "a": "1"]
        spec.ports = [EnginePort(containerPort: 80, hostPort: 8080), EnginePort(containerPort: 80, hostIP: "0.0.0.0")]
        spec.network = EngineAttachment(network: "net", aliases: ["x"])
        spec.stopTimeout = .milliseconds(1500)
        spec.allowsNewPrivileges = false
        spec.restartPolicy = .onFailure(maximumRetries: -1)
        spec.mounts = [.bind(source: "/a", path: "/b", readOnly: true), .tmpfs(path: "/t", size: .mebi(1), mode: nil)]
        #expect(
            spec.json.text
                == #"{"Image":"busybox:1","Entrypoint":[],"Cmd":["-n","line-3"],"Labels":{"a":"1","b":"2"},"StopTimeout":2,"ExposedPorts":{"80/tcp":{}},"HostConfig":{"RestartPolicy":{"Name":"on-failure","MaximumRetryCount":0},"NetworkMode":"net","PortBindings":{"80/tcp":[{"HostIp":"127.0.0.1","HostPort":"8080"},{"HostIp":"0.0.0.0","HostPort":""}]},"Mounts":[{"Type":"bind","Source":"/a","Target":"/b","ReadOnly":true},{"Type":"tmpfs","Target":"/t","TmpfsOptions":{"SizeBytes":1048576}}],"SecurityOpt":["no-new-privileges"]},"NetworkingConfig":{"EndpointsConfig":{"net":{"Aliases":["x"]}}}}"#)
    }

    @Test func filtersAreSortedAndAbsentWhenEmpty() {
        #expect(EngineFilters.none.json == nil)
        let filters = EngineFilters(labels: ["b": "2", "a": nil as String?], others: ["type": ["volume", "container"]])
        #expect(filters.json?.text == #"{"label":["a","b=2"],"type":["container","volume"]}"#)
        #expect(EnginePath("containers", "a/b c", "json").with("x", "1&2").with("y", nil).with(filters).target(.oldest).hasPrefix("/v1.41/containers/a%2Fb%20c/json?x=1%262&filters=%7B"))
    }

    @Test(arguments: [
        ("busybox", "busybox", "latest"), ("a/b:1.2", "a/b", "1.2"), ("127.0.0.1:5000/a", "127.0.0.1:5000/a", "latest"),
        ("127.0.0.1:5000/a:t", "127.0.0.1:5000/a", "t"), ("a@sha256:00", "a", "sha256:00"), ("h:1/a:t@sha256:00", "h:1/a", "sha256:00"), ("", "", "latest"),
    ])
    func imageNamesAreTakenApart(text: String, repository: String, tag: String) {
        let name = ImageReference(text)
        #expect(name.repository == repository && name.tagOrDigest == tag)
    }

    @Test(arguments: [(0, ""), (1, "AA=="), (2, "AAA="), (3, "AAAA"), (4, "AAAAAA==")])
    func base64IsPadded(count: Int, text: String) {
        #expect(base64URL([UInt8](repeating: 0, count: count)) == text)
        #expect(base64URL([0xFB, 0xFF]) == "-_8=")
    }

    /// However the bytes are cut, the same comes out.
    @Test(arguments: 0..<30 as Range<UInt64>)
    func framesMayComeInAnyPieces(seed: UInt64) throws {
        var generator = SeededGenerator(seed: seed)
        var (bytes, output, errors) = ([UInt8](), [UInt8](), [UInt8]())
        for _ in 0..<20 {
            let payload = (0..<Int.random(in: 0...40, using: &generator)).map { _ in UInt8.random(in: 8...12, using: &generator) }
            let isError = Bool.random(using: &generator)
            bytes += [isError ? 2 : 1, 0, 0, 0, 0, 0, 0, UInt8(payload.count)] + payload
            if isError { errors += payload } else { output += payload }
        }
        var (frames, lines) = (OutputFrames(isRaw: false), OutputLines(timestamps: false))
        var (got, entries) = ([EngineOutput](), [EngineLogEntry]())
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = min(Int.random(in: 0...15, using: &generator), rest.count)
            for piece in try frames.take(Array(rest.prefix(count))) {
                got.append(piece)
                entries += lines.take(piece)
            }
            rest = rest.dropFirst(count)
        }
        entries += lines.finish()
        #expect(got.filter { $0.source == .output }.flatMap(\.bytes) == output, "seed \(seed)")
        #expect(got.filter { $0.source == .error }.flatMap(\.bytes) == errors, "seed \(seed)")
        var expected = output.split(separator: 0x0A, omittingEmptySubsequences: false).map { String(decoding: $0, as: UTF8.self) }
        if expected.last == "" { expected.removeLast() }
        #expect(entries.filter { $0.source == .output }.map(\.line) == expected, "seed \(seed)")
    }

    @Test func aFrameThatClaimsGigabytesTakesNoMemory() throws {
        var frames = OutputFrames(isRaw: false)
        #expect(try frames.take([1, 0, 0, 0, 0xFF, 0xFF, 0xFF, 0xFF]).isEmpty)
        #expect(try frames.take([65]) == [EngineOutput(source: .output, bytes: [65])])
        var broken = OutputFrames(isRaw: false)
        #expect(throws: DockerError.self) { try broken.take(Array("HTTP/1.1".utf8)) }
    }

    @Test func linesWithoutAnEndAreCutAtTheBound() {
        var lines = OutputLines(timestamps: false)
        var entries = lines.take(EngineOutput(source: .output, bytes: [UInt8](repeating: 0x61, count: OutputLines.maximumLine * 2 + 5)))
        #expect(entries.map(\.line.utf8.count) == [OutputLines.maximumLine, OutputLines.maximumLine])
        entries = lines.finish()
        #expect(entries.map(\.line) == ["aaaaa"])
        var documents = JSONLines("event")
        #expect(throws: DockerError.self) { try documents.take([UInt8](repeating: 0x20, count: JSONLines.maximumLine + 1)) }
    }

    @Test func timestampsAreTakenOffOnlyWhereTheyAre() {
        var lines = OutputLines(timestamps: true)
        let entries = lines.take(EngineOutput(source: .output, bytes: Array("2026-11-20T08:00:00.123456789Z hello world\nno time here\n".utf8)))
        #expect(entries.map(\.line) == ["hello world", "no time here"])
        #expect(entries.map(\.time) == [Timestamp(rfc3339: "2026-11-20T08:00:00.123456789Z"), nil])
    }

    @Test(arguments: [
        ("manifest for nginx:nope not found: manifest unknown: manifest unknown", PullFailure.notFound("")),
        ("pull access denied for nope, repository does not exist or may require 'docker login': denied: requested access to the resource is denied", .notFound("")),
        ("toomanyrequests: You have reached your pull rate limit.", .rateLimited("")),
        ("Get \"https://registry-1.docker.io/v2/\": dial tcp: lookup registry-1.docker.io: no such host", .registryUnreachable("")),
        ("Get \"https://r/v2/\": net/http: request canceled while waiting for connection (Client.Timeout exceeded while awaiting headers)", .registryUnreachable("")),
        ("unauthorized: incorrect username or password", .accessDenied("")), ("invalid reference format", .invalidReference("")), ("disk is full", .other("")),
    ])
    func pullErrorsAreUnderstood(message: String, expected: PullFailure) {
        let failure = EngineErrorReply.pullFailure(message)
        #expect("\(failure)".prefix { $0 != "(" } == "\(expected)".prefix { $0 != "(" })
        #expect(DockerError.pullFailed(image: "nginx:nope", failure).description.contains("nginx:nope"))
    }

    @Test(arguments: [
        (404, "No such container: x", "notFound"), (409, "Conflict. The container name \"/x\" is already in use by container \"6a1fab\".", "conflict"), (400, "bad", "badRequest"),
        (401, "no", "unauthorized"), (403, "authorization denied by plugin p: no", "unauthorized"), (403, "Pool overlaps with other one on this address space", "conflict"),
        (500, "driver failed programming external connectivity on endpoint x: Bind for 127.0.0.1:80 failed: port is already allocated", "startFailed"),
        (400, "OCI runtime create failed: exec: \"x\": executable file not found in $PATH: unknown", "startFailed"), (500, "boom", "server"), (503, "", "server"), (418, "tea", "badRequest"),
    ])
    func statusesMeanWhatTheEngineMeans(status: Int, message: String, expected: String) {
        let error = EngineErrorReply.error(status: status, body: JSON.object(JSONObject([("message", .string(message))])).bytes, operation: "do it")
        #expect(String(reflecting: error).contains("DockerError.\(expected)") || Mirror(reflecting: error).children.first?.label == expected)
        if status == 409, case .conflict(_, let holder) = error { #expect(holder == "6a1fab") }
        #expect(!error.description.isEmpty)
    }
}
