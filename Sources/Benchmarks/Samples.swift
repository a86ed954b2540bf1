import Kernel
import Platform

/// Durations of one kind, and what is told of them.
struct Samples {
    private var milliseconds: [Double] = []

    mutating func add(_ duration: Duration) { milliseconds.append(duration.inSeconds * 1000) }

    /// In milliseconds; 0 without samples.
    func percentile(_ percent: Double) -> Double {
        guard !milliseconds.isEmpty else { return 0 }
        let sorted = milliseconds.sorted()
        return sorted[min(sorted.count - 1, Int(Double(sorted.count) * percent / 100))]
    }

    var count: Int { milliseconds.count }

    var json: JSON {
        ["n": JSON(milliseconds.count), "p50": .double(rounded(percentile(50))), "p99": .double(rounded(percentile(99)))]
    }

    private func rounded(_ value: Double) -> Double { (value * 1000).rounded() / 1000 }
}

/// Runs the body and says how long it took.
func timed(_ body: () async throws -> Void) async rethrows -> Duration {
    let clocks = SystemClocks()
    let start = clocks.monotonic
    try await body()
    return clocks.monotonic - start
}
