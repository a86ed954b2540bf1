/// What one guard stands for: one class of operations on one target of one kind of dependency.
public struct GuardKey: Sendable, Hashable, Comparable, CustomStringConvertible {
    /// A class of operations that fail together and cost alike.
    public struct Operation: RawRepresentable, Sendable, Hashable {
        public let rawValue: String
        public init(rawValue: String) { self.rawValue = rawValue }

        public static let read = Operation(rawValue: "Read")
        public static let write = Operation(rawValue: "Write")
        /// Opening of what then goes on by itself: logs, events, watches.
        public static let stream = Operation(rawValue: "Stream")
        /// Commands inside a container.
        public static let exec = Operation(rawValue: "Exec")
        /// Images from a registry: slow by nature, and dependent on somebody else's service.
        public static let pull = Operation(rawValue: "Pull")
        /// Opening of a connection.
        public static let connect = Operation(rawValue: "Connect")
    }

    /// `docker`, `kubernetes`, `postgresql`.
    public let dependency: String
    /// Which one of them, `local`.
    public let target: String
    public let operation: Operation

    public init(dependency: String, target: String, operation: Operation) {
        self.dependency = dependency
        self.target = target
        self.operation = operation
    }

    /// `docker.local.Write`, as in plans, logs and refusals.
    public var name: String { "\(dependency).\(target).\(operation.rawValue)" }
    public var description: String { name }

    public static func < (a: GuardKey, b: GuardKey) -> Bool {
        (a.dependency, a.target, a.operation.rawValue) < (b.dependency, b.target, b.operation.rawValue)
    }
}
