/// Pauses that grow: 10 seconds, doubled each time, at most 5 minutes, as the kubelet has them for containers and images.
enum EnvironmentBackoff {
    static let first = Duration.seconds(10)
    static let longest = Duration.seconds(300)
    /// Ends of a process within `window` that make a crash loop, and how long it must be quiet to end it.
    static let deaths = 5
    static let window = Duration.seconds(600)

    /// - Parameter attempt: 1 for the first failure.
    static func delay(_ attempt: Int) -> Duration {
        attempt <= 1 ? first : min(first * (1 << min(attempt - 1, 10)), longest)
    }
}
