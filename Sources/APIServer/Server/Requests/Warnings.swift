import Platform

/// What a reply warns of, in `Warning: 299` headers; each text once, bounded.
final class Warnings: Sendable {
    private static let limit = 64
    private static let maximumBytes = 4096
    private let texts = Locked<[String]>([])

    func add(_ text: String) {
        texts.withLock { texts in
            guard texts.count < Self.limit, !texts.contains(text), texts.reduce(0, { $0 + $1.utf8.count }) < Self.maximumBytes else { return }
            texts.append(text)
        }
    }

    var headers: [String] {
        texts.withLock { $0 }.map { text in
            var quoted = ""
            for scalar in text.unicodeScalars.prefix(256) {
                switch scalar {
                case "\"", "\\":
                    quoted.unicodeScalars.append("\\")
                    quoted.unicodeScalars.append(scalar)
                case _ where scalar.value < 0x20 || scalar.value == 0x7F: quoted += " "
                default: quoted.unicodeScalars.append(scalar)
                }
            }
            return "299 - \"\(quoted)\""
        }
    }
}
