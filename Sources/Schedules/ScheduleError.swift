/// What is wrong with a schedule or a time zone, and what would be right.
public struct ScheduleError: Error, Sendable, Equatable, CustomStringConvertible {
    public let description: String
    public init(_ description: String) { self.description = description }
}
