import Guards
import HTTPMessages
import Kernel

/// One request to the engine, before its version is known.
struct EngineCall: Sendable {
    var operation: GuardKey.Operation
    let method: String
    let path: EnginePath
    /// For errors, imperative: `create container line-3-0`.
    let name: String
    var headers: HTTPHeaders = [:]
    var body: [UInt8] = []
    /// Instead of its class's.
    var deadline: Duration?
    /// How large the answer may be.
    var limit = EngineCall.standardLimit

    /// What an error of this call really means, applied before the guard judges it.
    var translate: @Sendable (DockerError) -> DockerError = { $0 }

    /// A thousand containers list in about two megabytes.
    static let standardLimit = 64 << 20

    /// When such a call gets lost, it isn't known whether it was done.
    var changes: Bool { method != "GET" && method != "HEAD" }

    static func get(_ path: EnginePath, _ name: String) -> EngineCall {
        EngineCall(operation: .read, method: "GET", path: path, name: name)
    }

    static func post(_ path: EnginePath, _ name: String, _ body: JSON? = nil) -> EngineCall {
        var call = EngineCall(operation: .write, method: "POST", path: path, name: name)
        if let body {
            call.headers["Content-Type"] = "application/json"
            call.body = body.bytes
        }
        return call
    }

    static func delete(_ path: EnginePath, _ name: String) -> EngineCall {
        EngineCall(operation: .write, method: "DELETE", path: path, name: name)
    }

    /// The same call, changed.
    func with(_ change: (inout EngineCall) -> Void) -> EngineCall {
        var copy = self
        change(&copy)
        return copy
    }
}
