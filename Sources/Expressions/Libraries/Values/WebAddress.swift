import Kernel

/// A URL as Go's net/url reads it, type `kubernetes.URL` of Kubernetes' library.
public final class WebAddress: OpaqueValue {
    public static let valueType = ValueType.opaque("kubernetes.URL")

    let scheme: String
    /// What follows the scheme where that isn't a path: `mailto:jane@example.com`.
    let opaque: String
    let userInfo: String?
    /// With its port; brackets around IPv6 stay.
    let host: String
    let escapedPath: String
    let query: String
    private let hasEmptyQuery: Bool
    private let hasAuthority: Bool
    private let fragment: String

    public var type: ValueType { Self.valueType }
    public var textBytes: UInt64 { UInt64(opaque.utf8.count + host.utf8.count + escapedPath.utf8.count + query.utf8.count + fragment.utf8.count) }
    public func equals(_ other: any OpaqueValue) -> Bool { (other as? WebAddress)?.description == description }

    var hostname: String { Self.split(host).name }
    var port: String { Self.split(host).port }

    public var description: String {
        var text = scheme.isEmpty ? "" : scheme + ":"
        if !opaque.isEmpty {
            text += opaque
        } else {
            if hasAuthority || !host.isEmpty || userInfo != nil, !host.isEmpty || !escapedPath.isEmpty || userInfo != nil {
                text += "//" + (userInfo.map { $0 + "@" } ?? "") + host
            }
            text += escapedPath
        }
        if hasEmptyQuery || !query.isEmpty { text += "?" + query }
        return fragment.isEmpty ? text : text + "#" + fragment
    }

    /// The query's parameters: name and values, names in the order of their first place. What isn't well formed is left out.
    var parameters: [(name: String, values: [String])] {
        var names: [String] = []
        var values: [String: [String]] = [:]
        for part in query.utf8.split(separator: UInt8(ascii: "&")) where !part.contains(UInt8(ascii: ";")) {
            let sides = part.split(separator: UInt8(ascii: "="), maxSplits: 1, omittingEmptySubsequences: false)
            guard let name = Self.unescape(Array(sides[0]), .query), let value = Self.unescape(sides.count > 1 ? Array(sides[1]) : [], .query) else { continue }
            if values[name] == nil { names.append(name) }
            values[name, default: []].append(value)
        }
        return names.map { ($0, values[$0] ?? []) }
    }

    private static func split(_ host: String) -> (name: String, port: String) {
        var name = Array(host.utf8)
        var port: [UInt8] = []
        if let colon = name.lastIndex(of: UInt8(ascii: ":")), isOptionalPort(name[colon...]) {
            port = Array(name[(colon + 1)...])
            name.removeSubrange(colon...)
        }
        if name.first == UInt8(ascii: "["), name.last == UInt8(ascii: "]"), name.count > 1 { name = Array(name.dropFirst().dropLast()) }
        return (String(decoding: name, as: UTF8.self), String(decoding: port, as: UTF8.self))
    }

    /// - Throws: why the text is no absolute URL and no path from the root.
    static func parse(_ text: String) throws(EvaluationError) -> WebAddress {
        do throws(Failure) {
            _ = try WebAddress(text, isRequest: true)
            return try WebAddress(text, isRequest: false)
        } catch {
            throw EvaluationError(.invalidArgument, "URL parse error during conversion from string: \(error.message(text))")
        }
    }

    /// Whether a text can be a request's address. Without words for what is wrong with one that can't: they hold the whole of it.
    static func isRequest(_ text: String) -> Bool {
        do throws(Failure) {
            _ = try WebAddress(text, isRequest: true)
            return true
        } catch {
            return false
        }
    }

    /// What is wrong with a text that has to be a request's address; nil when nothing is.
    static func problem(withRequest text: String) -> String? {
        do throws(Failure) {
            _ = try WebAddress(text, isRequest: true)
            return nil
        } catch {
            return error.message(text)
        }
    }

    // MARK: Reading

    struct Failure: Error {
        let problem: String
        init(_ problem: String) { self.problem = problem }
        func message(_ text: String) -> String { "parse \(GoQuote.quote(text)): \(problem)" }
    }

    /// - Parameter isRequest: a fragment's mark is part of the path, and what is relative is refused.
    private init(_ text: String, isRequest: Bool) throws(Failure) {
        var rest = Array(text.utf8)[...]
        var fragment: [UInt8] = []
        if !isRequest, let mark = rest.firstIndex(of: UInt8(ascii: "#")) {
            fragment = Array(rest[(mark + 1)...])
            rest = rest[..<mark]
        }
        if rest.contains(where: { $0 < 0x20 || $0 == 0x7F }) { throw Failure("net/url: invalid control character in URL") }
        if rest.isEmpty, isRequest { throw Failure("empty url") }
        var scheme = ""
        if rest.first == UInt8(ascii: ":") { throw Failure("missing protocol scheme") }
        if let colon = Self.schemeEnd(rest) {
            scheme = String(decoding: rest[..<colon], as: UTF8.self).lowercased()
            rest = rest[(colon + 1)...]
        }
        var query: ArraySlice<UInt8> = []
        var hasEmptyQuery = false
        if let mark = rest.firstIndex(of: UInt8(ascii: "?")) {
            query = rest[(mark + 1)...]
            hasEmptyQuery = query.isEmpty
            rest = rest[..<mark]
        }
        self.scheme = scheme
        self.query = String(decoding: query, as: UTF8.self)
        self.hasEmptyQuery = hasEmptyQuery
        self.fragment = try Self.escaped(fragment, .fragment)
        if rest.first != UInt8(ascii: "/"), !(scheme.isEmpty && rest.elementsEqual("*".utf8)) {
            if scheme.isEmpty {
                if isRequest { throw Failure("invalid URI for request") }
                if rest.prefix(while: { $0 != UInt8(ascii: "/") }).contains(UInt8(ascii: ":")) {
                    throw Failure("first path segment in URL cannot contain colon")
                }
                (opaque, escapedPath) = ("", try Self.escaped(Array(rest), .path))
            } else {
                (opaque, escapedPath) = (String(decoding: rest, as: UTF8.self), "")
            }
            (userInfo, host, hasAuthority) = (nil, "", false)
            return
        }
        opaque = ""
        var authority: ArraySlice<UInt8>?
        if rest.starts(with: "//".utf8), !scheme.isEmpty || !isRequest && !rest.starts(with: "///".utf8) {
            authority = rest.dropFirst(2).prefix { $0 != UInt8(ascii: "/") }
            rest = rest.dropFirst(2 + (authority?.count ?? 0))
        }
        hasAuthority = authority != nil
        if let authority {
            let sign = authority.lastIndex(of: UInt8(ascii: "@"))
            host = try Self.host(Array(sign.map { authority[($0 + 1)...] } ?? authority), scheme)
            userInfo = try sign.map { sign throws(Failure) in try Self.userInfo(Array(authority[..<sign])) }
        } else {
            (host, userInfo) = ("", nil)
        }
        escapedPath = try Self.escaped(Array(rest), .path)
    }

    /// Where the colon after a scheme is; nil where there is no scheme.
    private static func schemeEnd(_ text: ArraySlice<UInt8>) -> Int? {
        for (at, byte) in zip(text.indices, text) {
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"): continue
            case 0x30...0x39, UInt8(ascii: "+"), UInt8(ascii: "-"), UInt8(ascii: "."): if at == text.startIndex { return nil }
            case UInt8(ascii: ":"): return at
            default: return nil
            }
        }
        return nil
    }

    private static func userInfo(_ text: [UInt8]) throws(Failure) -> String {
        guard text.allSatisfy({ isUnreserved($0) || "-._:~!$&'()*+,;=%@".utf8.contains($0) }) else { throw Failure("net/url: invalid userinfo") }
        _ = try checked(text, .userInfo)
        return String(decoding: text, as: UTF8.self)
    }

    private static func host(_ text: [UInt8], _ scheme: String) throws(Failure) -> String {
        func badPort(_ port: ArraySlice<UInt8>) -> Failure { Failure("invalid port \(GoQuote.quote(String(decoding: port, as: UTF8.self))) after host") }
        if let bracket = text.lastIndex(of: UInt8(ascii: "[")) {
            if bracket > 0 { throw Failure("invalid IP-literal") }
            guard let end = text.lastIndex(of: UInt8(ascii: "]")) else { throw Failure("missing ']' in host") }
            let port = text[(end + 1)...]
            guard isOptionalPort(port) else { throw badPort(port) }
            let name = try checked(Array(text[1..<end]), .host)
            let parsed: NetworkAddressParser.Result
            do throws(NetworkAddressParser.Failure) {
                parsed = try NetworkAddressParser.parse(name)
            } catch {
                throw Failure("invalid host: \(error.message)")
            }
            if parsed.bytes.count == 4 { throw Failure("invalid IP-literal") }
            return "[\(name)]" + String(decoding: port, as: UTF8.self)
        }
        if let first = text.firstIndex(of: UInt8(ascii: ":")) {
            // Several colons are let pass for databases' lists of hosts, but not on the web.
            let isWeb = scheme == "http" || scheme == "https"
            let colon = isWeb ? first : text.lastIndex(of: UInt8(ascii: ":")) ?? first
            guard isOptionalPort(text[colon...]) else { throw badPort(text[colon...]) }
        }
        return try checked(text, .host)
    }

    private static func isOptionalPort(_ text: ArraySlice<UInt8>) -> Bool {
        text.isEmpty || text.first == UInt8(ascii: ":") && text.dropFirst().allSatisfy { (0x30...0x39).contains($0) }
    }
}
