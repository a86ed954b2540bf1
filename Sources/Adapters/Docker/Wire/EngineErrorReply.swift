import Kernel

/// What an engine's error answer means. The engine says much by its texts alone; they are matched here and nowhere else.
enum EngineErrorReply {
    /// - Parameter operation: what was asked for, as `create container line-3-0`.
    static func error(status: Int, body: [UInt8], operation: String) -> DockerError {
        let message = message(of: body, status: status)
        let text = message.lowercased()
        switch status {
        case 400: return startFailure(text, message).map(DockerError.startFailed) ?? .badRequest("\(operation): \(message)")
        case 401: return .unauthorized(message)
        case 403:
            // The engine says 403 also for what is a conflict: an overlapping subnet, a container that is connected already.
            return text.contains("authorization denied") ? .unauthorized(message) : .conflict("\(operation): \(message)", holder: nil)
        case 404: return startFailure(text, message).map(DockerError.startFailed) ?? .notFound("\(operation): \(message)")
        case 409: return .conflict("\(operation): \(message)", holder: holder(in: message))
        default:
            if let failure = startFailure(text, message) { return .startFailed(failure) }
            if text.contains("has active endpoints") { return .conflict("\(operation): \(message)", holder: nil) }
            return status >= 500 ? .server("\(operation): \(message)") : .badRequest("\(operation): \(message) (HTTP \(status))")
        }
    }

    /// What the text of a failed pull means.
    static func pullFailure(_ message: String) -> PullFailure {
        let text = message.lowercased()
        func says(_ parts: String...) -> Bool { parts.contains { text.contains($0) } }
        if says("invalid reference format", "invalid tag", "is not a valid repository", "must be lowercase") {
            return .invalidReference(message)
        }
        if says("toomanyrequests", "too many requests", "rate limit") { return .rateLimited(message) }
        if says(
            "manifest unknown", "manifest for", "not found: manifest", "name unknown", "repository name not known", "no matching manifest",
            "does not exist", ": not found")
        {
            return .notFound(message)
        }
        if says("unauthorized", "access denied", "denied:", "no basic auth", "authentication required", "403 forbidden", "401 ") {
            return .accessDenied(message)
        }
        if says(
            "dial tcp", "no such host", "connection refused", "timeout", "timed out", "tls handshake", "x509", "eof", "network is unreachable",
            "server gave http response", "awaiting headers", "connection reset")
        {
            return .registryUnreachable(message)
        }
        return .other(message)
    }

    private static func message(of body: [UInt8], status: Int) -> String {
        if let json = try? JSONParser.parse(body), let message = json["message"]?.string, !message.isEmpty { return clean(message) }
        let text = clean(String(decoding: body.prefix(500), as: UTF8.self))
        return text.isEmpty ? "HTTP \(status) without a message" : text
    }

    /// One line, bounded: messages stand in conditions and logs.
    static func clean(_ message: String) -> String {
        let line = message.split(whereSeparator: { $0.isNewline }).joined(separator: " ")
        return String(line.trimming(while: { $0 == " " }).prefix(1000))
    }

    /// Errors of starting a container's process, which the engine answers with 400, 404 or 500 as its runtime's words go.
    private static func startFailure(_ text: String, _ message: String) -> StartFailure? {
        func says(_ parts: String...) -> Bool { parts.contains { text.contains($0) } }
        if says(
            "port is already allocated", "address already in use", "failed to bind host port", "failed to bind port", "ports are not available")
        {
            return .portInUse(message)
        }
        guard
            says(
                "oci runtime", "failed to create task", "failed to create shim", "cannot start", "error while creating mount",
                "error while mounting", "bind source path does not exist", "driver failed programming external connectivity")
        else { return nil }
        let isAboutCommand = says(
            "executable file not found", "no such file or directory: unknown", "permission denied: unknown", "exec format error",
            "is a directory: unknown")
        if isAboutCommand, !says("mount") { return .commandNotFound(message) }
        if says("mount", "not a directory") { return .mountFailed(message) }
        return .other(message)
    }

    /// `… is already in use by container "6a1f…"`.
    private static func holder(in message: String) -> String? {
        guard let mark = message.firstRange(of: "by container \"") else { return nil }
        let id = message[mark.upperBound...].prefix { $0.isHexDigit }
        return id.isEmpty ? nil : String(id)
    }
}

extension String {
    fileprivate func trimming(while predicate: (Character) -> Bool) -> Substring {
        var rest = drop(while: predicate)
        while let last = rest.last, predicate(last) { rest.removeLast() }
        return rest
    }
}
