import Kernel

/// A version by semver.org's rules, type `kubernetes.Semver` of Kubernetes' library.
public final class SemanticVersion: OpaqueValue {
    public static let valueType = ValueType.opaque("kubernetes.Semver")

    enum Identifier: Equatable {
        case number(UInt64)
        case text(String)
    }

    let major: UInt64, minor: UInt64, patch: UInt64
    let prerelease: [Identifier]
    /// Says nothing of the order.
    let build: [String]

    private init(major: UInt64, minor: UInt64, patch: UInt64, prerelease: [Identifier], build: [String]) {
        (self.major, self.minor, self.patch, self.prerelease, self.build) = (major, minor, patch, prerelease, build)
    }

    public var type: ValueType { Self.valueType }
    public var textBytes: UInt64 { UInt64((prerelease.count + build.count) << 5) }

    public func equals(_ other: any OpaqueValue) -> Bool { (other as? SemanticVersion).map { compare($0) == 0 } ?? false }

    public var description: String {
        var text = "\(major).\(minor).\(patch)"
        if !prerelease.isEmpty {
            text += "-"
                + prerelease.map { identifier in
                    switch identifier {
                    case .number(let number): String(number)
                    case .text(let text): text
                    }
                }.joined(separator: ".")
        }
        return build.isEmpty ? text : text + "+" + build.joined(separator: ".")
    }

    /// -1, 0 or 1.
    func compare(_ other: SemanticVersion) -> Int {
        for (a, b) in [(major, other.major), (minor, other.minor), (patch, other.patch)] where a != b { return a < b ? -1 : 1 }
        if prerelease.isEmpty || other.prerelease.isEmpty {
            return prerelease.isEmpty == other.prerelease.isEmpty ? 0 : prerelease.isEmpty ? 1 : -1
        }
        for (a, b) in zip(prerelease, other.prerelease) where a != b { return Self.precedes(a, b) ? -1 : 1 }
        return prerelease.count == other.prerelease.count ? 0 : prerelease.count < other.prerelease.count ? -1 : 1
    }

    private static func precedes(_ a: Identifier, _ b: Identifier) -> Bool {
        switch (a, b) {
        case (.number(let a), .number(let b)): a < b
        case (.number, .text): true
        case (.text, .number): false
        case (.text(let a), .text(let b)): a.utf8.lexicographicallyPrecedes(b.utf8)
        }
    }

    /// - Throws: what is wrong with the text.
    static func parse(_ text: String) throws(EvaluationError) -> SemanticVersion {
        if text.isEmpty { throw EvaluationError(.invalidArgument, "Version string empty") }
        let parts = text.split(separator: ".", maxSplits: 2, omittingEmptySubsequences: false)
        guard parts.count == 3 else { throw EvaluationError(.invalidArgument, "No Major.Minor.Patch elements found") }
        let major = try number(parts[0], "major", "Major")
        let minor = try number(parts[1], "minor", "Minor")
        var rest = parts[2]
        var build: [Substring] = []
        var prerelease: [Substring] = []
        if let plus = rest.firstIndex(of: "+") {
            build = rest[rest.index(after: plus)...].split(separator: ".", omittingEmptySubsequences: false)
            rest = rest[..<plus]
        }
        if let dash = rest.firstIndex(of: "-") {
            prerelease = rest[rest.index(after: dash)...].split(separator: ".", omittingEmptySubsequences: false)
            rest = rest[..<dash]
        }
        let patch = try number(rest, "patch", "Patch")
        var identifiers: [Identifier] = []
        for part in prerelease { identifiers.append(try identifier(part)) }
        for part in build {
            if part.isEmpty { throw EvaluationError(.invalidArgument, "Build meta data is empty") }
            if !isAlphanumeric(part) { throw EvaluationError(.invalidArgument, "Invalid character(s) found in build meta data \(GoQuote.quote(String(part)))") }
        }
        return SemanticVersion(major: major, minor: minor, patch: patch, prerelease: identifiers, build: build.map(String.init))
    }

    /// Also takes a leading `v`, leading zeros and missing parts: `v01.2` is 1.2.0.
    static func parseLenient(_ text: String) throws(EvaluationError) -> SemanticVersion {
        let bare = text.hasPrefix("v") ? text.dropFirst() : text[...]
        var parts = bare.split(separator: ".", maxSplits: 2, omittingEmptySubsequences: false).map { part -> String in
            guard part.utf8.count > 1 else { return String(part) }
            let significant = part.drop { $0 == "0" }
            return significant.first.map(isDigit) ?? false ? String(significant) : "0" + significant
        }
        if parts.count < 3, let last = parts.last {
            if last.utf8.contains(where: { $0 == UInt8(ascii: "+") || $0 == UInt8(ascii: "-") }) {
                throw EvaluationError(.invalidArgument, "short version cannot contain PreRelease/Build meta data")
            }
            while parts.count < 3 { parts.append("0") }
        }
        return try parse(parts.joined(separator: "."))
    }

    private static func isDigit(_ character: Character) -> Bool { character >= "0" && character <= "9" }
    private static func isAlphanumeric(_ text: Substring) -> Bool {
        text.utf8.allSatisfy { byte in
            switch byte {
            case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, UInt8(ascii: "-"): true
            default: false
            }
        }
    }

    private static func number(_ text: Substring, _ name: String, _ title: String) throws(EvaluationError) -> UInt64 {
        let quoted = GoQuote.quote(String(text))
        guard text.utf8.allSatisfy({ (0x30...0x39).contains($0) }) else {
            throw EvaluationError(.invalidArgument, "Invalid character(s) found in \(name) number \(quoted)")
        }
        if text.utf8.count > 1, text.utf8.first == 0x30 {
            throw EvaluationError(.invalidArgument, "\(title) number must not contain leading zeroes \(quoted)")
        }
        return try unsigned(text)
    }

    private static func unsigned(_ text: Substring) throws(EvaluationError) -> UInt64 {
        guard let number = UInt64(text) else {
            throw EvaluationError(.invalidArgument, "strconv.ParseUint: parsing \(GoQuote.quote(String(text))): \(text.isEmpty ? "invalid syntax" : "value out of range")")
        }
        return number
    }

    private static func identifier(_ text: Substring) throws(EvaluationError) -> Identifier {
        if text.isEmpty { throw EvaluationError(.invalidArgument, "Prerelease is empty") }
        let quoted = GoQuote.quote(String(text))
        if text.utf8.allSatisfy({ (0x30...0x39).contains($0) }) {
            if text.utf8.count > 1, text.utf8.first == 0x30 {
                throw EvaluationError(.invalidArgument, "Numeric PreRelease version must not contain leading zeroes \(quoted)")
            }
            return .number(try unsigned(text))
        }
        guard isAlphanumeric(text) else { throw EvaluationError(.invalidArgument, "Invalid character(s) found in prerelease \(quoted)") }
        return .text(String(text))
    }
}
