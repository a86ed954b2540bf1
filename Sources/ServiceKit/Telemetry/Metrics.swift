import Kernel
import Platform

/// Counters, gauges and histograms, rendered in Prometheus' text format (version 0.0.4).
///
/// A series is made by its first use. The number of label sets of one metric is bounded: beyond `maximumSeries` further ones
/// are added up under the label values `other`, so that outside data can't fill the memory.
public final class Metrics: Sendable {
    public typealias Labels = [(String, String)]
    public static let maximumSeries = 2000
    /// Seconds: from half a millisecond to a minute.
    public static let latencyBuckets: [Double] = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60]

    private enum Kind: String { case counter, gauge, histogram }

    private struct Series {
        var value = 0.0
        var buckets: [UInt64] = []
        var sum = 0.0
        var count: UInt64 = 0
    }

    private struct Family {
        let kind: Kind
        let help: String
        var series: [String: Series] = [:]
    }

    private let families = Locked<[String: Family]>([:])

    public init() {}

    public func increment(_ name: String, _ labels: Labels = [], by amount: Double = 1, help: String = "") {
        update(name, .counter, help, labels) { $0.value += amount }
    }

    public func set(_ name: String, _ labels: Labels = [], to value: Double, help: String = "") {
        update(name, .gauge, help, labels) { $0.value = value }
    }

    public func observe(_ name: String, _ labels: Labels = [], seconds: Double, help: String = "") {
        update(name, .histogram, help, labels) { series in
            if series.buckets.isEmpty { series.buckets = Array(repeating: 0, count: Self.latencyBuckets.count) }
            if let bucket = Self.latencyBuckets.firstIndex(where: { seconds <= $0 }) { series.buckets[bucket] += 1 }
            series.sum += seconds
            series.count += 1
        }
    }

    /// Forgets a series, of an object that is gone.
    public func remove(_ name: String, _ labels: Labels) {
        families.withLock { $0[name]?.series[Self.render(labels)] = nil }
    }

    /// The current value of a counter or gauge, for tests and status; nil when there is none.
    public func value(_ name: String, _ labels: Labels = []) -> Double? {
        families.withLock { $0[name]?.series[Self.render(labels)]?.value }
    }

    private func update(_ name: String, _ kind: Kind, _ help: String, _ labels: Labels, _ change: (inout Series) -> Void) {
        let key = Self.render(labels)
        families.withLock { families in
            var family = families.removeValue(forKey: name) ?? Family(kind: kind, help: help)
            if family.series[key] != nil || family.series.count < Self.maximumSeries {
                change(&family.series[key, default: Series()])
            } else {
                change(&family.series[Self.render(labels.map { ($0.0, "other") }), default: Series()])
            }
            families[name] = family
        }
    }

    private static func render(_ labels: Labels) -> String {
        labels.map { name, value in
            let escaped = value.flatMap { character -> [Character] in
                switch character {
                case "\\": ["\\", "\\"]
                case "\"": ["\\", "\""]
                case "\n": ["\\", "n"]
                default: [character]
                }
            }
            return "\(name)=\"\(String(escaped))\""
        }.joined(separator: ",")
    }

    /// The exposition, families and series sorted by name.
    public func rendered() -> String {
        func number(_ value: Double) -> String { JSON.double(value).text }
        return families.withLock { families in
            var text = ""
            for (name, family) in families.sorted(by: { $0.key < $1.key }) {
                if !family.help.isEmpty { text += "# HELP \(name) \(family.help)\n" }
                text += "# TYPE \(name) \(family.kind.rawValue)\n"
                for (labels, series) in family.series.sorted(by: { $0.key < $1.key }) {
                    guard family.kind == .histogram else {
                        text += labels.isEmpty ? "\(name) \(number(series.value))\n" : "\(name){\(labels)} \(number(series.value))\n"
                        continue
                    }
                    let prefix = labels.isEmpty ? "" : labels + ","
                    var total: UInt64 = 0
                    for (bound, count) in zip(Self.latencyBuckets, series.buckets) {
                        total += count
                        text += "\(name)_bucket{\(prefix)le=\"\(number(bound))\"} \(total)\n"
                    }
                    text += "\(name)_bucket{\(prefix)le=\"+Inf\"} \(series.count)\n"
                    let suffix = labels.isEmpty ? "" : "{\(labels)}"
                    text += "\(name)_sum\(suffix) \(number(series.sum))\n\(name)_count\(suffix) \(series.count)\n"
                }
            }
            return text
        }
    }
}
