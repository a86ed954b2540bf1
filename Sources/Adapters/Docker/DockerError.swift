import Guards
import Kernel
import Resilience

/// Why a call to the engine didn't do what it was to do. Closed: switch over it without a default.
public enum DockerError: Error, Sendable, Equatable {
    /// There is no such container, image, volume or network.
    case notFound(String)
    /// Something else is in the way. `holder`: the id of the container that has the wanted name, when that is it.
    case conflict(String, holder: String?)
    /// The engine refuses the request as it is; sending it again can't help.
    case badRequest(String)
    /// The engine itself, or what stands before it, doesn't let us in.
    case unauthorized(String)
    /// The image could not be pulled.
    case pullFailed(image: String, PullFailure)
    /// The container exists, but its process could not be started.
    case startFailed(StartFailure)
    /// The engine is away: nothing was sent, so nothing was done.
    case unreachable(endpoint: String, String)
    /// No answer in time to a call that changes nothing.
    case timeout(operation: String, Duration)
    /// The engine was lost, or silent for too long, after the request was sent: it may or may not have been done.
    case outcomeUnknown(operation: String, String)
    /// A guard let no call through.
    case refused(GuardRefusal)
    /// The engine failed, or answered what we can't understand.
    case server(String)
    /// The caller gave up.
    case cancelled

    /// Trying again later may help without anybody changing anything.
    public var isTransient: Bool {
        switch self {
        case .unreachable, .timeout, .outcomeUnknown, .refused, .server: true
        case .pullFailed(_, let failure): failure.isTransient
        case .notFound, .conflict, .badRequest, .unauthorized, .startFailed, .cancelled: false
        }
    }

    /// When a guard says that asking sooner is of no use.
    public var retryAfter: Duration? {
        if case .refused(let refusal) = self { refusal.retryAfter } else { nil }
    }
}

/// Why an image could not be pulled.
public enum PullFailure: Sendable, Equatable {
    /// The registry has no such image or tag, or hides it from who has no access.
    case notFound(String)
    /// The registry wants other credentials.
    case accessDenied(String)
    /// The registry limits how much one may pull.
    case rateLimited(String)
    /// The registry could not be reached from the engine.
    case registryUnreachable(String)
    /// The reference is no valid image name.
    case invalidReference(String)
    case other(String)

    /// Trying again later may help without anybody changing anything.
    public var isTransient: Bool {
        switch self {
        case .rateLimited, .registryUnreachable, .other: true
        case .notFound, .accessDenied, .invalidReference: false
        }
    }
}

/// Why a container's process could not be started.
public enum StartFailure: Sendable, Equatable {
    /// A port it publishes is taken on the engine's host.
    case portInUse(String)
    /// Its command is not in the image, or can't be executed.
    case commandNotFound(String)
    /// A path or volume could not be mounted.
    case mountFailed(String)
    case other(String)
}

extension DockerError: GuardClassified {
    /// An answer, also an unwelcome one, says that the engine is well.
    public var guardOutcome: CallOutcome {
        switch self {
        case .notFound, .conflict, .badRequest, .unauthorized, .startFailed: .success
        // One registry that is away says nothing about the others, nor about the engine.
        case .pullFailed: .success
        case .unreachable, .timeout, .outcomeUnknown, .server: .failure
        case .refused, .cancelled: .ignored
        }
    }

    public var guardText: String {
        guard case .server = self else { return description }
        return "the Docker engine answers with errors of its own; its log says more (journalctl -u docker, or where dockerd was told to write)"
    }
}
