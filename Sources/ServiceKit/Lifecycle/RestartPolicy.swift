import Kernel

/// When a child that died is started again: at once the first time, then later and later; a child that ran well for a while starts afresh.
public struct RestartPolicy: Sendable, Equatable {
    public static let first: Duration = .milliseconds(100)
    public static let longest: Duration = .seconds(30)
    /// A child that lived this long was well.
    public static let healthyAfter: Duration = .seconds(60)

    /// Deaths in a row, none of which came after a healthy while.
    public private(set) var deaths = 0

    public init() {}

    /// - Parameter lived: from its start to its death.
    /// - Returns: how long to wait before the next start.
    public mutating func died(afterLiving lived: Duration) -> Duration {
        deaths = lived >= Self.healthyAfter ? 1 : min(deaths + 1, 30)
        let doublings = min(deaths - 1, 10)
        return min(Self.first * (1 << doublings), Self.longest)
    }
}
