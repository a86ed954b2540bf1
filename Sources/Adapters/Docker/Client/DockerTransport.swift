import Guards
import HTTPClient
import HTTPMessages
import Kernel
import Platform
import Resilience

/// The one way to the engine: every request goes through here, inside a guard, in the version agreed on.
///
/// No other file of this target may use the HTTP client; a test scans for it.
final class DockerTransport: Sendable {
    /// Errors are sentences; what comes instead of one isn't read to its end.
    private static let errorLimit = 65_536
    /// Asking for the version is the cheapest call there is.
    private static let negotiationDeadline = Duration.seconds(10)

    private let target: String
    private let endpoint: String
    private let http: HTTPClient
    private let guards: GuardRegistry
    /// nil: to be agreed on at the next call, because it never was or the engine may be another since.
    private let agreed = Locked<EngineVersion?>(nil)

    init(target: String, endpoint: String, http: HTTPClient, guards: GuardRegistry) {
        self.target = target
        self.endpoint = endpoint
        self.http = http
        self.guards = guards
    }

    /// The version in use, nil before the first call.
    var version: EngineVersion? { agreed.withLock { $0 } }

    /// The whole answer to a call that succeeded (also 304, "is so already").
    /// - Parameter upload: the request's body, when it isn't in the call.
    func send(_ call: EngineCall, deadline: Duration, upload: EngineUpload? = nil) async throws(DockerError) -> HTTPResponse {
        try await guarded(call) { () async throws(DockerError) -> HTTPResponse in
            try await self.inAgreedVersion(call, deadline, mayRepeat: upload == nil) { version async throws(DockerError) -> HTTPResponse in
                let response: HTTPResponse
                do throws(HTTPClientError) {
                    let request = self.request(call, version)
                    response = if let upload {
                        try await self.http.send(request, timeout: deadline, bodyStream: upload.next)
                    } else {
                        try await self.http.send(request, timeout: deadline)
                    }
                } catch {
                    throw self.lost(error, call, deadline)
                }
                guard Self.isWell(response.status) else {
                    throw EngineErrorReply.error(status: response.status, body: response.body, operation: call.name)
                }
                guard response.body.count <= call.limit else {
                    throw .badRequest("\(call.name): the answer is larger than \(Bytes(Int64(call.limit)))")
                }
                return response
            }
        }
    }

    /// An answer in pieces. Guarded is its opening: what breaks later is told by the stream, and by the next opening.
    func stream(_ call: EngineCall, deadline: Duration, idleTimeout: Duration?) async throws(DockerError) -> EngineStream<[UInt8]> {
        try await guarded(call) { () async throws(DockerError) -> EngineStream<[UInt8]> in
            try await self.open(call, deadline, idleTimeout)
        }
    }

    /// An answer in pieces, where the reading belongs to the guarded call.
    func consume(
        _ call: EngineCall, idleTimeout: Duration, _ body: (EngineStream<[UInt8]>) async throws(DockerError) -> Void
    ) async throws(DockerError) {
        try await guarded(call) { () async throws(DockerError) -> Void in
            let stream = try await self.open(call, idleTimeout, idleTimeout)
            defer { stream.cancel() }
            try await body(stream)
        }
    }

    /// A connection taken over for bytes in both directions.
    func upgrade(_ call: EngineCall, deadline: Duration) async throws(DockerError) -> any ByteChannel {
        try await guarded(call) { () async throws(DockerError) -> any ByteChannel in
            try await self.inAgreedVersion(call, deadline) { version async throws(DockerError) -> any ByteChannel in
                do throws(HTTPClientError) {
                    return try await self.http.upgrade(self.request(call, version), timeout: deadline).1
                } catch {
                    throw self.lost(error, call, deadline)
                }
            }
        }
    }

    /// What a connection that broke after it was opened means.
    static func broken(_ error: any Error, _ operation: String) -> DockerError {
        if let known = error as? DockerError { return known }
        if error is CancellationError { return .cancelled }
        if let known = error as? HTTPClientError, case .cancelled = known { return .cancelled }
        return .outcomeUnknown(operation: operation, "the connection broke: \(error)")
    }

    // MARK: Guard

    /// A read that found the connection broken is asked once more: an engine that restarted closes those kept open.
    private static let readAgain = RetryPolicy(maxAttempts: 2, backoff: Backoff(initial: .milliseconds(100), cap: .milliseconds(200)))

    /// Silence isn't asked again: it took its whole deadline already.
    private static func retryable(_ error: any Error) -> RetryPolicy.Failure {
        switch error as? DockerError {
        case .unreachable?: .transient
        case .outcomeUnknown?: .outcomeUnknown
        case .notFound?, .conflict?, .badRequest?, .unauthorized?, .pullFailed?, .startFailed?, .timeout?, .refused?, .server?, .cancelled?, nil: .terminal
        }
    }

    private func guarded<Result: Sendable>(
        _ call: EngineCall, _ body: () async throws(DockerError) -> Result
    ) async throws(DockerError) -> Result {
        let key = GuardKey(dependency: "docker", target: target, operation: call.operation)
        let translated: () async throws -> Result = {
            do throws(DockerError) { return try await body() } catch { throw call.translate(error) }
        }
        do {
            let callGuard = guards.guard(for: key)
            guard call.operation == .read else { return try await callGuard.run(translated) }
            return try await callGuard.run(retrying: Self.readAgain, isIdempotent: true, failure: Self.retryable, translated)
        } catch let error as DockerError {
            if Task.isCancelled { throw .cancelled }
            throw error
        } catch let refusal as GuardRefusal {
            throw .refused(refusal)
        } catch is CancellationError {
            throw .cancelled
        } catch {
            throw .server("\(call.name): \(error)")
        }
    }

    // MARK: Version

    private func inAgreedVersion<Result>(
        _ call: EngineCall, _ deadline: Duration, mayRepeat: Bool = true, _ body: (EngineVersion) async throws(DockerError) -> Result
    ) async throws(DockerError) -> Result {
        do throws(DockerError) {
            return try await body(try await agree(deadline))
        } catch {
            switch error {
            case .badRequest(let message) where message.contains("client version"):
                // Another engine answers than the one it was agreed with. It refused, so that asking again is safe.
                forgetVersion()
                guard mayRepeat else { throw error }
                return try await body(try await agree(deadline))
            case .unreachable, .timeout, .outcomeUnknown:
                forgetVersion()
                throw error
            default: throw error
            }
        }
    }

    private func agree(_ deadline: Duration) async throws(DockerError) -> EngineVersion {
        if let version { return version }
        let call = EngineCall.get(EnginePath("_ping"), "agree on the API version")
        let response: HTTPResponse
        let limit = min(deadline, Self.negotiationDeadline)
        do throws(HTTPClientError) {
            response = try await http.send(HTTPRequest("GET", "/_ping"), timeout: limit)
        } catch {
            throw lost(error, call, limit)
        }
        guard Self.isWell(response.status) else {
            throw EngineErrorReply.error(status: response.status, body: response.body, operation: call.name)
        }
        guard let offered = response.headers["Api-Version"].flatMap({ EngineVersion($0) }) else {
            throw .server("it doesn't say its API version; is it a Docker engine that listens at \(endpoint)?")
        }
        let version = try EngineVersion.negotiate(offered: offered)
        agreed.withLock { $0 = version }
        return version
    }

    private func forgetVersion() { agreed.withLock { $0 = nil } }

    // MARK: HTTP

    private static func isWell(_ status: Int) -> Bool { (200..<300).contains(status) || status == 304 }

    private func request(_ call: EngineCall, _ version: EngineVersion) -> HTTPRequest {
        HTTPRequest(call.method, call.path.target(version), headers: call.headers, body: call.body)
    }

    private func open(_ call: EngineCall, _ deadline: Duration, _ idleTimeout: Duration?) async throws(DockerError) -> EngineStream<[UInt8]> {
        try await inAgreedVersion(call, deadline) { version async throws(DockerError) -> EngineStream<[UInt8]> in
            let request = self.request(call, version)
            let stream: HTTPStream
            do throws(HTTPClientError) {
                stream = try await self.http.stream(request, headTimeout: deadline, idleTimeout: idleTimeout)
            } catch {
                throw self.lost(error, call, deadline)
            }
            let pieces = EngineStream<[UInt8]>(
                next: { () async throws(DockerError) -> [UInt8]? in
                    do throws(HTTPClientError) {
                        return try await stream.next()
                    } catch {
                        self.forgetVersion()
                        throw self.lost(error, call, idleTimeout ?? deadline)
                    }
                }, cancel: { stream.cancel() })
            if Self.isWell(stream.status) { return pieces }
            defer { stream.cancel() }
            var body: [UInt8] = []
            while body.count < Self.errorLimit, let piece = try await pieces.next() { body += piece }
            throw EngineErrorReply.error(status: stream.status, body: body, operation: call.name)
        }
    }

    private func silent(_ call: EngineCall, _ deadline: Duration) -> DockerError {
        call.changes
            ? .outcomeUnknown(operation: call.name, "no answer within \(deadline.manifest)") : .timeout(operation: call.name, deadline)
    }

    /// What the loss of a connection means for the call that was on it.
    private func lost(_ error: HTTPClientError, _ call: EngineCall, _ deadline: Duration) -> DockerError {
        switch error {
        case .unreachable(let message): .unreachable(endpoint: endpoint, message)
        case .tls(let message): .unreachable(endpoint: endpoint, "TLS: \(message)")
        case .timeout: silent(call, deadline)
        case .connectionLost(let message):
            call.changes
                ? .outcomeUnknown(operation: call.name, message) : .unreachable(endpoint: endpoint, "the connection was lost: \(message)")
        case .cancelled: .cancelled
        case .replyTooLarge(let limit): .badRequest("\(call.name): the answer is larger than \(Bytes(Int64(limit)))")
        case .invalidRequest(let message): .badRequest("\(call.name): \(message)")
        case .notUpgraded(let response): EngineErrorReply.error(status: response.status, body: response.body, operation: call.name)
        }
    }
}
