import Kernel

/// Writes the times of an object as Kubernetes does, whatever offset and precision they came with: typed clients read no other form.
enum TimeFields {
    enum Precision { case seconds, microseconds }

    /// What is no time is left for validation to refuse.
    static func normalize(_ object: inout JSON, _ fields: [(path: [String], precision: Precision)]) {
        for (path, precision) in fields {
            guard let text = object[path: path]?.string, let time = Timestamp(rfc3339: text) else { continue }
            let form = precision == .seconds ? time.rfc3339 : time.rfc3339Micro
            if form != text { object[path: path] = .string(form) }
        }
    }
}
