import Kernel

/// Something happened on the engine.
public struct EngineEvent: Sendable, Equatable {
    public enum Subject: String, Sendable { case container, image, volume, network, other }

    public var subject: Subject
    /// `start`, `die`, `destroy`, `disconnect`, `exec_start: …`, …
    public var action: String
    /// Of what it happened to; a volume's name, an image's reference.
    public var id: String
    /// Its labels among other things.
    public var attributes: [String: String]
    public var time: Timestamp

    public init(subject: Subject, action: String, id: String, attributes: [String: String] = [:], time: Timestamp) {
        self.subject = subject
        self.action = action
        self.id = id
        self.attributes = attributes
        self.time = time
    }
}
