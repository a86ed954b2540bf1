import Kernel

/// How long watches last when the client doesn't say.
struct WatchLimits: Sendable {
    var shortest = Duration.seconds(1800)
    var longest = Duration.seconds(3600)

    /// Random, so that clients which connected together don't come back together.
    var randomTimeout: Duration {
        let low = shortest.wholeMilliseconds
        return .milliseconds(Int64.random(in: low...max(low, longest.wholeMilliseconds)))
    }
}
