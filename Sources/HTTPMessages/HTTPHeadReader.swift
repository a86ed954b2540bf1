/// Reads the lines of a message's head; the syntax is RFC 9110 and 9112, without the lax parts.
enum HTTPHeadReader {
    static func request(_ head: ArraySlice<UInt8>) throws(HTTPParseFailure) -> (HTTPRequest, HTTPRequestFraming) {
        var lines = Lines(rest: head)
        guard let first = try lines.next() else { throw .malformed("the request line is missing") }
        let (method, target, isVersion10) = try requestLine(first)
        let headers = try fields(&lines)
        let request = HTTPRequest(method, target, headers: headers)
        return (request, try framing(headers, isVersion10: isVersion10))
    }

    static func fields(_ lines: inout Lines) throws(HTTPParseFailure) -> HTTPHeaders {
        var fields: [(name: String, value: String)] = []
        fields.reserveCapacity(12)
        while let line = try lines.next() {
            guard fields.count < HTTPRequestParser.maximumFields else {
                throw .malformed("more than \(HTTPRequestParser.maximumFields) header fields")
            }
            guard let colon = line.firstIndex(of: UInt8(ascii: ":")), colon > line.startIndex else {
                throw .malformed("a header line has no name or no colon")
            }
            let name = line[..<colon]
            guard name.allSatisfy(isToken) else { throw .malformed("a header's name has a character that is not allowed") }
            var value = line[(colon + 1)...]
            while let byte = value.first, byte == 0x20 || byte == 0x09 { value.removeFirst() }
            while let byte = value.last, byte == 0x20 || byte == 0x09 { value.removeLast() }
            guard value.allSatisfy({ $0 >= 0x20 && $0 != 0x7F || $0 == 0x09 }) else {
                throw .malformed("a header's value has a control character")
            }
            fields.append((name: String(decoding: name, as: UTF8.self), value: String(decoding: value, as: UTF8.self)))
        }
        return HTTPHeaders(fields)
    }

    private static func requestLine(_ line: ArraySlice<UInt8>) throws(HTTPParseFailure) -> (method: String, target: String, isVersion10: Bool) {
        guard let space = line.firstIndex(of: 0x20), let last = line.lastIndex(of: 0x20), last > space else {
            throw .malformed("the request line is not a method, a target and a version")
        }
        let method = line[..<space]
        guard !method.isEmpty, method.count <= 32, method.allSatisfy(isToken) else { throw .malformed("the method is not a word") }
        let version = line[(last + 1)...]
        guard version.count == 8, version.starts(with: "HTTP/".utf8) else { throw .malformed("the version is not HTTP/1.1") }
        let isVersion10: Bool
        switch (version[last + 6], version[last + 7], version[last + 8]) {
        case (0x31, 0x2E, 0x31): isVersion10 = false
        case (0x31, 0x2E, 0x30): isVersion10 = true
        case (0x30...0x39, 0x2E, 0x30...0x39): throw .unsupportedVersion
        default: throw .malformed("the version is not HTTP/1.1")
        }
        let target = line[(space + 1)..<last]
        guard !target.isEmpty, target.allSatisfy({ $0 > 0x20 && $0 < 0x7F }) else {
            throw .malformed("the target is empty or has a character that must be percent-encoded")
        }
        return (String(decoding: method, as: UTF8.self), try originForm(target), isVersion10)
    }

    /// `/path?query` as it is; of an absolute URL what comes after the host; `*`.
    private static func originForm(_ target: ArraySlice<UInt8>) throws(HTTPParseFailure) -> String {
        if target.first == UInt8(ascii: "/") { return String(decoding: target, as: UTF8.self) }
        if target.elementsEqual("*".utf8) { return "*" }
        let text = String(decoding: target, as: UTF8.self)
        let lowered = text.lowercased()
        guard lowered.hasPrefix("http://") || lowered.hasPrefix("https://") else { throw .malformed("the target is neither a path nor a URL") }
        let afterScheme = text[(text.firstIndex(of: "/") ?? text.startIndex)...].dropFirst(2)
        guard let start = afterScheme.firstIndex(where: { $0 == "/" || $0 == "?" }) else { return "/" }
        let rest = String(afterScheme[start...])
        return rest.hasPrefix("/") ? rest : "/" + rest
    }

    private static func framing(_ headers: HTTPHeaders, isVersion10: Bool) throws(HTTPParseFailure) -> HTTPRequestFraming {
        var lengths: [Int] = []
        var codings: [String] = []
        var hosts = 0
        var close = false
        var keepAlive = false
        var expectsContinue = false
        for (name, value) in headers.fields {
            switch name.utf8.count {
            case 4 where equal(name, "host"): hosts += 1
            case 6 where equal(name, "expect"): expectsContinue = expectsContinue || equal(value, "100-continue")
            case 10 where equal(name, "connection"):
                for option in value.split(separator: ",") {
                    let option = trimmed(option)
                    if equal(option, "close") { close = true }
                    if equal(option, "keep-alive") { keepAlive = true }
                }
            case 14 where equal(name, "content-length"):
                for part in value.split(separator: ",", omittingEmptySubsequences: false) { lengths.append(try length(trimmed(part))) }
            case 17 where equal(name, "transfer-encoding"): codings.append(value)
            default: break
            }
        }
        guard hosts <= 1, hosts == 1 || isVersion10 else { throw .malformed("there must be exactly one Host header") }
        let body: HTTPRequestFraming.Body
        if !codings.isEmpty {
            guard lengths.isEmpty, !isVersion10 else { throw .malformed("Transfer-Encoding stands beside Content-Length or in HTTP/1.0") }
            guard codings.count == 1, equal(codings[0], "chunked") else { throw .unsupportedTransferCoding }
            body = .chunked
        } else if let length = lengths.first {
            guard lengths.allSatisfy({ $0 == length }) else { throw .malformed("there are differing Content-Length values") }
            body = .length(length)
        } else {
            body = .none
        }
        return HTTPRequestFraming(
            body: body, keepsAlive: !close && (!isVersion10 || keepAlive), expectsContinue: expectsContinue && !isVersion10,
            isVersion10: isVersion10)
    }

    private static func length(_ text: Substring) throws(HTTPParseFailure) -> Int {
        guard !text.isEmpty, text.utf8.count <= 15, text.utf8.allSatisfy({ (0x30...0x39).contains($0) }), let value = Int(text) else {
            throw .malformed("Content-Length is not a number")
        }
        return value
    }

    private static func trimmed(_ text: Substring) -> Substring {
        var text = text
        while let first = text.utf8.first, first == 0x20 || first == 0x09 { text.removeFirst() }
        while let last = text.utf8.last, last == 0x20 || last == 0x09 { text.removeLast() }
        return text
    }

    /// `word` is in lower case.
    static func equal(_ text: some StringProtocol, _ word: StaticString) -> Bool {
        text.utf8.count == word.utf8CodeUnitCount
            && text.utf8.elementsEqual(UnsafeBufferPointer(start: word.utf8Start, count: word.utf8CodeUnitCount)) {
                ((0x41...0x5A).contains($0) ? $0 | 0x20 : $0) == $1
            }
    }

    static func isToken(_ byte: UInt8) -> Bool {
        switch byte {
        case 0x30...0x39, 0x41...0x5A, 0x61...0x7A: true
        case 0x21, 0x23...0x27, 0x2A, 0x2B, 0x2D, 0x2E, 0x5E, 0x5F, 0x60, 0x7C, 0x7E: true
        default: false
        }
    }

    /// Lines that end in CR LF; the last one has no end.
    struct Lines {
        var rest: ArraySlice<UInt8>?

        mutating func next() throws(HTTPParseFailure) -> ArraySlice<UInt8>? {
            guard let bytes = rest else { return nil }
            guard let end = bytes.firstIndex(where: { $0 == 0x0A || $0 == 0x0D }) else {
                rest = nil
                return bytes
            }
            guard bytes[end] == 0x0D, end + 1 < bytes.endIndex, bytes[end + 1] == 0x0A else {
                throw .malformed("a line ends with a lone carriage return or line feed")
            }
            rest = bytes[(end + 2)...]
            return bytes[..<end]
        }
    }
}
