import HTTPMessages
import Kernel

extension DockerClient {
    public func image(_ reference: String) async throws(DockerError) -> EngineImage {
        let reply = try await reply(.get(imagePath(reference, "json"), "inspect image \(reference)"))
        return try EngineImage(EngineFields(parsing: reply.body, "image inspection"))
    }

    public func images(_ filters: EngineFilters) async throws(DockerError) -> [EngineImage] {
        let reply = try await reply(.get(EnginePath("images", "json").with(filters), "list images"))
        var result: [EngineImage] = []
        for fields in try EngineFields.elements(parsing: reply.body, "list of images") { result.append(try EngineImage(fields)) }
        return result.sorted { $0.id < $1.id }
    }

    public func pullImage(
        _ reference: String, credentials: RegistryCredentials?, progress: @escaping @Sendable (EnginePullProgress) -> Void
    ) async throws(DockerError) {
        let name = ImageReference(reference)
        var call = EngineCall(
            operation: .pull, method: "POST",
            path: EnginePath("images", "create").with("fromImage", name.repository).with("tag", name.tagOrDigest), name: "pull image \(reference)")
        call.headers["X-Registry-Auth"] = credentials?.header
        let idle = deadlines.pull
        call.translate = { Self.pullError($0, reference, idle) }
        // The whole pull is the guarded call: a place is held until the image is there.
        try await transport.consume(call, idleTimeout: idle) { bytes throws(DockerError) in
            var lines = JSONLines("pull progress")
            while let piece = try await bytes.next() {
                for fields in try lines.take(piece) { try report(fields, reference, progress) }
            }
            for fields in try lines.finish() { try report(fields, reference, progress) }
        }
    }

    public func loadImage(_ archive: EngineUpload) async throws(DockerError) -> [String] {
        var references: [String] = []
        for fields in try await upload(EnginePath("images", "load").with("quiet", true), "load an image", archive) {
            if let error = try fields.text("error") { throw .badRequest("load an image: \(EngineErrorReply.clean(error))") }
            guard let text = try fields.text("stream") else { continue }
            for prefix in ["Loaded image: ", "Loaded image ID: "] where text.hasPrefix(prefix) {
                references.append(String(text.dropFirst(prefix.count).prefix { !$0.isNewline }))
            }
        }
        return references
    }

    public func importImage(_ archive: EngineUpload, reference: String, changes: [String]) async throws(DockerError) -> String {
        let name = ImageReference(reference)
        var path = EnginePath("images", "create").with("fromSrc", "-").with("repo", name.repository).with("tag", name.tagOrDigest)
        for change in changes { path = path.with("changes", change) }
        var id = ""
        for fields in try await upload(path, "import image \(reference)", archive) {
            if let error = try fields.text("error") { throw .badRequest("import image \(reference): \(EngineErrorReply.clean(error))") }
            if let status = try fields.text("status"), status.hasPrefix("sha256:") { id = status }
        }
        guard !id.isEmpty else { throw .server("it imported image \(reference) without saying its id") }
        return id
    }

    public func tagImage(_ source: String, as reference: String) async throws(DockerError) {
        let name = ImageReference(reference)
        let path = imagePath(source, "tag").with("repo", name.repository).with("tag", name.tagOrDigest)
        _ = try await reply(.post(path, "tag image \(source) as \(reference)"))
    }

    public func removeImage(_ reference: String, force: Bool) async throws(DockerError) {
        _ = try await reply(.delete(imagePath(reference).with("force", force), "remove image \(reference)"))
    }

    private func imagePath(_ reference: String, _ verb: String? = nil) -> EnginePath {
        if let verb { EnginePath("images", reference, verb) } else { EnginePath("images", reference) }
    }

    private func upload(_ path: EnginePath, _ name: String, _ archive: EngineUpload) async throws(DockerError) -> [EngineFields] {
        var call = EngineCall.post(path, name)
        call.headers["Content-Type"] = "application/x-tar"
        var lines = JSONLines("progress")
        let documents = try lines.take(try await transport.send(call, deadline: deadlines.upload, upload: archive).body)
        return documents + (try lines.finish())
    }

    private func report(_ fields: EngineFields, _ reference: String, _ progress: (EnginePullProgress) -> Void) throws(DockerError) {
        let (detail, error) = (try fields.fields("errorDetail").text("message"), try fields.text("error"))
        if let message = detail ?? error {
            throw .pullFailed(image: reference, EngineErrorReply.pullFailure(EngineErrorReply.clean(message)))
        }
        progress(try EnginePullProgress(fields))
    }

    /// An answer to the request itself means the same as an error within the stream.
    private static func pullError(_ error: DockerError, _ reference: String, _ idle: Duration) -> DockerError {
        switch error {
        case .notFound(let message), .conflict(let message, _), .badRequest(let message), .server(let message), .unauthorized(let message):
            .pullFailed(image: reference, EngineErrorReply.pullFailure(message))
        case .pullFailed, .startFailed, .unreachable, .timeout, .refused, .cancelled: error
        // Pulling again does no harm: what is there already isn't pulled twice.
        case .outcomeUnknown(let operation, _): .timeout(operation: operation, idle)
        }
    }
}
