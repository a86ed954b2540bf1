import Kernel

/// The getters of timestamps and durations.
enum StandardTimes {
    static func functions(_ zones: (any TimeZones)?) -> [Function] {
        [
            Function("getFullYear", getter("timestamp_to_year", zones) { $0.year }),
            Function("getMonth", getter("timestamp_to_month", zones) { $0.month - 1 }),
            Function("getDayOfYear", getter("timestamp_to_day_of_year", zones) { $0.dayOfYear }),
            Function("getDayOfMonth", getter("timestamp_to_day_of_month", zones) { $0.day - 1 }),
            Function("getDate", getter("timestamp_to_day_of_month_1_based", zones) { $0.day }),
            Function("getDayOfWeek", getter("timestamp_to_day_of_week", zones) { $0.dayOfWeek }),
            Function("getHours", getter("timestamp_to_hours", zones) { $0.secondOfDay / 3600 } + [span("duration_to_hours", 3_600_000_000_000)]),
            Function("getMinutes", getter("timestamp_to_minutes", zones) { $0.secondOfDay / 60 % 60 } + [span("duration_to_minutes", 60_000_000_000)]),
            Function("getSeconds", getter("timestamp_to_seconds", zones) { $0.secondOfDay % 60 } + [span("duration_to_seconds", 1_000_000_000)]),
            Function(
                "getMilliseconds",
                getter("timestamp_to_milliseconds", zones) { Int64($0.nanoseconds / 1_000_000) } + [span("duration_to_milliseconds", 1_000_000)]),
        ]
    }

    private static func span(_ identifier: String, _ unit: Int64) -> Overload {
        .receiver(identifier, .duration, .int) { value throws(EvaluationError) in
            guard case .duration(let nanoseconds) = value else { throw .noSuchOverload }
            return .int(nanoseconds / unit)
        }
    }

    private static func getter(_ identifier: String, _ zones: (any TimeZones)?, _ part: @escaping @Sendable (CalendarDate) -> Int64) -> [Overload] {
        [
            .receiver(identifier, .timestamp, .int) { value throws(EvaluationError) in
                guard case .timestamp(let moment, _) = value else { throw .noSuchOverload }
                return .int(part(CalendarDate(moment, offset: 0)))
            },
            .receiver(identifier + "_with_tz", .timestamp, .string, .int) { value, zone throws(EvaluationError) in
                guard case .timestamp(let moment, _) = value else { throw .noSuchOverload }
                return .int(part(CalendarDate(moment, offset: try offset(of: try zone.text(), at: moment.seconds, zones))))
            },
        ]
    }

    /// In seconds: `UTC`, a fixed offset (`+02:00`, `-8:30`), or a name that the embedding knows.
    private static func offset(of zone: String, at moment: Int64, _ zones: (any TimeZones)?) throws(EvaluationError) -> Int64 {
        if let colon = zone.utf8.firstIndex(of: 0x3A) {
            guard let hours = Int64(zone[..<colon]), let minutes = Int64(zone[zone.utf8.index(after: colon)...]), abs(hours) < 24 else {
                throw EvaluationError(.invalidArgument, "invalid timezone offset: \(zone)")
            }
            guard (0...59).contains(minutes) else {
                throw EvaluationError(.invalidArgument, "timezone offset minutes out of range [0, 59]: \(zone)")
            }
            return hours * 3600 + (zone.hasPrefix("-") ? -minutes : minutes) * 60
        }
        if zone == "UTC" || zone.isEmpty { return 0 }
        guard let offset = zones?.offset(of: zone, at: moment) else { throw EvaluationError(.invalidArgument, "unknown time zone \(zone)") }
        return Int64(offset)
    }
}
