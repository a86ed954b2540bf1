import Kernel

/// Which of a container's streams bytes came from; with a terminal everything is `output`.
public enum EngineOutputSource: String, Sendable { case output = "stdout", error = "stderr" }

/// A piece of what a process wrote, as it came: not cut at lines.
public struct EngineOutput: Sendable, Equatable {
    public var source: EngineOutputSource
    public var bytes: [UInt8]

    public init(source: EngineOutputSource, bytes: [UInt8]) {
        self.source = source
        self.bytes = bytes
    }
}

/// One line of a container's log.
public struct EngineLogEntry: Sendable, Equatable {
    public var source: EngineOutputSource
    /// When the engine took it; nil when timestamps weren't asked for.
    public var time: Timestamp?
    /// Without its line end; invalid UTF-8 is replaced.
    public var line: String

    public init(source: EngineOutputSource, time: Timestamp? = nil, line: String) {
        self.source = source
        self.time = time
        self.line = line
    }
}

public struct EngineLogOptions: Sendable, Equatable {
    /// Goes on until the container ends.
    public var follow: Bool
    /// Only so many lines from the end; nil: all.
    public var tail: Int?
    public var since: Timestamp?
    public var timestamps: Bool

    public init(follow: Bool = false, tail: Int? = nil, since: Timestamp? = nil, timestamps: Bool = false) {
        self.follow = follow
        self.tail = tail
        self.since = since
        self.timestamps = timestamps
    }
}
