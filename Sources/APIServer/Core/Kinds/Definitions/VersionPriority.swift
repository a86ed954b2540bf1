/// Orders versions as Kubernetes prefers them: v2, v1, v1beta2, v1beta1, v1alpha1, then anything else by name.
public struct VersionPriority: Comparable, Sendable {
    private let stability: Int
    private let major: Int
    private let minor: Int
    private let name: String

    public init(_ name: String) {
        self.name = name
        var rest = name.dropFirst()
        guard name.first == "v", let major = Self.number(&rest), major > 0 else {
            (stability, major, minor) = (0, 0, 0)
            return
        }
        self.major = major
        if rest.isEmpty {
            (stability, minor) = (3, 0)
            return
        }
        let level = rest.hasPrefix("beta") ? 2 : rest.hasPrefix("alpha") ? 1 : 0
        rest = rest.dropFirst(level == 2 ? 4 : level == 1 ? 5 : 0)
        let number = Self.number(&rest)
        stability = number != nil && rest.isEmpty ? level : 0
        minor = number ?? 0
    }

    private static func number(_ text: inout Substring) -> Int? {
        let digits = text.prefix { ("0"..."9").contains($0) }
        text = text.dropFirst(digits.count)
        return Int(digits)
    }

    public static func < (a: VersionPriority, b: VersionPriority) -> Bool {
        // Names that follow no scheme sort the other way round: the alphabetically first is preferred.
        if a.stability == 0, b.stability == 0 { return a.name > b.name }
        return (a.stability, a.major, a.minor) < (b.stability, b.major, b.minor)
    }

    public static func == (a: VersionPriority, b: VersionPriority) -> Bool { a.name == b.name }
}
