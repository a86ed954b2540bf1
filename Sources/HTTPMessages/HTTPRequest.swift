/// Who is at the other end of a connection, as far as the transport knows.
public struct HTTPPeer: Sendable, Equatable {
    /// `127.0.0.1:51234`, or empty for a unix socket.
    public var address: String
    /// The subject of a client certificate that our CA signed and that is valid now; nil without one.
    public var certificate: CertificateSubject?

    public init(address: String, certificate: CertificateSubject? = nil) {
        self.address = address
        self.certificate = certificate
    }
}

/// The subject of a client certificate: Kubernetes takes CN as the user's name and each O as a group.
public struct CertificateSubject: Sendable, Equatable {
    public var commonName: String
    public var organizations: [String]

    public init(commonName: String, organizations: [String]) {
        self.commonName = commonName
        self.organizations = organizations
    }
}

/// One HTTP request, whole: sent by our client or received by our server.
public struct HTTPRequest: Sendable {
    public var method: String
    /// Path and query as they stand on the wire, percent-encoded: `/api/v1/namespaces?limit=5`.
    public var target: String
    public var headers: HTTPHeaders
    public var body: [UInt8]
    public var peer: HTTPPeer

    public init(
        _ method: String, _ target: String, headers: HTTPHeaders = [:], body: [UInt8] = [], peer: HTTPPeer = HTTPPeer(address: "")
    ) {
        self.method = method
        self.target = target
        self.headers = headers
        self.body = body
        self.peer = peer
    }

    /// The path as it stands on the wire, without the query.
    public var rawPath: Substring { target.prefix { $0 != "?" } }

    /// The query's items decoded, in order; an item without `=` has an empty value. nil when an escape is malformed.
    public var query: [(name: String, value: String)]? {
        guard let mark = target.utf8.firstIndex(of: UInt8(ascii: "?")) else { return [] }
        var items: [(name: String, value: String)] = []
        for item in target[target.utf8.index(after: mark)...].split(separator: "&") {
            let parts = item.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            guard let name = PercentEncoding.decode(parts[0], plusIsSpace: true),
                let value = parts.count > 1 ? PercentEncoding.decode(parts[1], plusIsSpace: true) : ""
            else { return nil }
            items.append((name: name, value: value))
        }
        return items
    }
}

/// Percent-encoding of URLs (RFC 3986).
public enum PercentEncoding {
    /// nil when an escape is malformed or the result is not UTF-8.
    public static func decode(_ text: some StringProtocol, plusIsSpace: Bool = false) -> String? {
        var bytes: [UInt8] = []
        var iterator = text.utf8.makeIterator()
        while let byte = iterator.next() {
            if byte == UInt8(ascii: "%") {
                guard let high = iterator.next().flatMap(hex), let low = iterator.next().flatMap(hex) else { return nil }
                bytes.append(high << 4 | low)
            } else {
                bytes.append(plusIsSpace && byte == UInt8(ascii: "+") ? 0x20 : byte)
            }
        }
        return String(validating: bytes, as: UTF8.self)
    }

    /// Everything but the unreserved characters is escaped.
    public static func encode(_ text: String) -> String {
        var result = ""
        for byte in text.utf8 {
            switch byte {
            case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, 0x2D, 0x2E, 0x5F, 0x7E: result.unicodeScalars.append(UnicodeScalar(byte))
            default:
                let digits = String(byte, radix: 16, uppercase: true)
                result += digits.count < 2 ? "%0" + digits : "%" + digits
            }
        }
        return result
    }

    private static func hex(_ byte: UInt8) -> UInt8? {
        switch byte {
        case 0x30...0x39: byte - 0x30
        case 0x41...0x46: byte - 0x37
        case 0x61...0x66: byte - 0x57
        default: nil
        }
    }
}
