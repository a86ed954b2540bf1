/// The formats of strings that Kubernetes checks in custom resources; every other `format` is only said, not checked.
public enum StringFormat: String, Sendable {
    case dateTime = "datetime"
    case date, duration, byte, uuid, uuid3, uuid4, uuid5, ipv4, ipv6, cidr, mac, hostname, email, uri, password, hexcolor

    /// Case and dashes don't count: `date-time` is `datetime`.
    public init?(name: String) {
        self.init(rawValue: name.lowercased().filter { $0 != "-" })
    }

    /// Whether a string has the format.
    public func accepts(_ text: String) -> Bool {
        let bytes = Array(text.utf8)
        switch self {
        case .dateTime: return Self.isDateTime(text, bytes)
        case .date: return Timestamp(rfc3339: text + "T00:00:00Z") != nil && bytes.count == 10
        case .duration: return Self.isDuration(bytes)
        case .byte: return Self.isBase64(bytes)
        case .uuid: return Self.isUUID(bytes, version: nil)
        case .uuid3: return Self.isUUID(bytes, version: UInt8(ascii: "3"))
        case .uuid4: return Self.isUUID(bytes, version: UInt8(ascii: "4"))
        case .uuid5: return Self.isUUID(bytes, version: UInt8(ascii: "5"))
        case .ipv4: return Self.isIPv4(bytes[...])
        case .ipv6: return bytes.contains(UInt8(ascii: ":")) && Self.isIPv6(bytes[...])
        case .cidr: return Self.isCIDR(bytes)
        case .mac: return Self.isMAC(bytes)
        case .hostname: return Self.isHostname(bytes)
        case .email: return Self.isEmail(bytes)
        case .uri: return Self.isURI(bytes)
        case .password: return true
        case .hexcolor:
            let digits = bytes.first == UInt8(ascii: "#") ? bytes.dropFirst() : bytes[...]
            return (digits.count == 3 || digits.count == 6) && digits.allSatisfy(Self.isHex)
        }
    }

    private static func isHex(_ byte: UInt8) -> Bool {
        switch byte {
        case 0x30...0x39, 0x41...0x46, 0x61...0x66: true
        default: false
        }
    }
    private static func isDigit(_ byte: UInt8) -> Bool { (0x30...0x39).contains(byte) }
    private static func isLetter(_ byte: UInt8) -> Bool { (0x61...0x7A).contains(byte | 0x20) && byte < 0x80 }

    private static func isDateTime(_ text: String, _ bytes: [UInt8]) -> Bool {
        // More than nine digits of a second are cut: the check is of the form.
        guard bytes.count > 29, let dot = bytes.firstIndex(of: UInt8(ascii: ".")), dot == 19 else { return Timestamp(rfc3339: text) != nil }
        let digits = bytes[(dot + 1)...].prefix(while: isDigit)
        guard digits.count > 9 else { return Timestamp(rfc3339: text) != nil }
        return Timestamp(rfc3339: String(decoding: bytes[..<20] + digits.prefix(9) + bytes[digits.endIndex...], as: UTF8.self)) != nil
    }

    /// Go's durations, `1h30m`, also signed and with fractions, or a number and a unit in words, `3 days`.
    private static func isDuration(_ bytes: [UInt8]) -> Bool {
        var rest = bytes[...]
        if let sign = rest.first, sign == UInt8(ascii: "-") || sign == UInt8(ascii: "+") { rest = rest.dropFirst() }
        if rest.elementsEqual("0".utf8) { return true }
        guard !rest.isEmpty else { return false }
        while !rest.isEmpty {
            let whole = rest.prefix(while: isDigit)
            rest = rest.dropFirst(whole.count)
            var fraction = 0
            if rest.first == UInt8(ascii: ".") {
                rest = rest.dropFirst()
                fraction = rest.prefix(while: isDigit).count
                rest = rest.dropFirst(fraction)
            }
            guard whole.count + fraction > 0 else { return false }
            while rest.first == 0x20 { rest = rest.dropFirst() }
            let unit = rest.prefix { !isDigit($0) && $0 != 0x20 && $0 != UInt8(ascii: ".") }
            rest = rest.dropFirst(unit.count)
            switch String(decoding: unit, as: UTF8.self) {
            case "ns", "us", "µs", "μs", "ms", "s", "m", "h", "d", "w", "nano", "nanos", "micro", "micros", "milli", "millis", "sec", "secs", "second",
                "seconds", "min", "mins", "minute", "minutes", "hr", "hrs", "hour", "hours", "day", "days", "wk", "wks", "week", "weeks":
                break
            default: return false
            }
            while rest.first == 0x20 { rest = rest.dropFirst() }
        }
        return true
    }

    private static func isBase64(_ bytes: [UInt8]) -> Bool {
        guard bytes.count % 4 == 0, !bytes.isEmpty else { return false }
        let padding = bytes.suffix(2).filter { $0 == UInt8(ascii: "=") }.count
        if padding == 1, bytes.last != UInt8(ascii: "=") { return false }
        return bytes.dropLast(padding).allSatisfy { isDigit($0) || isLetter($0) || $0 == UInt8(ascii: "+") || $0 == UInt8(ascii: "/") }
    }

    private static func isUUID(_ bytes: [UInt8], version: UInt8?) -> Bool {
        let digits = bytes.filter { $0 != UInt8(ascii: "-") }
        guard digits.count == 32, digits.allSatisfy(isHex) else { return false }
        if bytes.count != 32 {
            guard bytes.count == 36, [8, 13, 18, 23].allSatisfy({ bytes[$0] == UInt8(ascii: "-") }) else { return false }
        }
        guard let version else { return true }
        guard digits[12] == version else { return false }
        let variant = digits[16] > 0x39 ? digits[16] | 0x20 : digits[16]
        return version == UInt8(ascii: "3") || "89ab".utf8.contains(variant)
    }

    private static func isIPv4(_ bytes: ArraySlice<UInt8>) -> Bool {
        let parts = bytes.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
        return parts.count == 4
            && parts.allSatisfy { part in
                guard (1...3).contains(part.count), part.allSatisfy(isDigit), part.count == 1 || part.first != 0x30 else { return false }
                return part.reduce(0) { $0 * 10 + Int($1 - 0x30) } <= 255
            }
    }

    private static func isIPv6(_ bytes: ArraySlice<UInt8>) -> Bool {
        let text = Array(bytes)
        var groups = 0
        var gap = false
        var at = 0
        if text.starts(with: "::".utf8) {
            gap = true
            at = 2
        } else if text.first == UInt8(ascii: ":") {
            return false
        }
        while at < text.count {
            let rest = text[at...]
            if rest.contains(UInt8(ascii: ".")), !rest.contains(UInt8(ascii: ":")) {
                guard isIPv4(rest) else { return false }
                groups += 2
                at = text.count
                break
            }
            let group = rest.prefix(while: isHex)
            guard (1...4).contains(group.count) else { return false }
            groups += 1
            at = group.endIndex
            guard at < text.count else { break }
            guard text[at] == UInt8(ascii: ":") else { return false }
            at += 1
            if at < text.count, text[at] == UInt8(ascii: ":") {
                if gap { return false }
                gap = true
                at += 1
            } else if at == text.count {
                return false
            }
        }
        return gap ? groups < 8 : groups == 8
    }

    private static func isCIDR(_ bytes: [UInt8]) -> Bool {
        guard let slash = bytes.lastIndex(of: UInt8(ascii: "/")) else { return false }
        let (address, mask) = (bytes[..<slash], bytes[(slash + 1)...])
        guard (1...3).contains(mask.count), mask.allSatisfy(isDigit), mask.count == 1 || mask.first != 0x30 else { return false }
        let length = mask.reduce(0) { $0 * 10 + Int($1 - 0x30) }
        return isIPv4(address) ? length <= 32 : isIPv6(address) && length <= 128
    }

    private static func isMAC(_ bytes: [UInt8]) -> Bool {
        guard bytes.count == 17, let separator = bytes.dropFirst(2).first, separator == UInt8(ascii: ":") || separator == UInt8(ascii: "-") else { return false }
        return bytes.enumerated().allSatisfy { $0.offset % 3 == 2 ? $0.element == separator : isHex($0.element) }
    }

    private static func isHostname(_ bytes: [UInt8]) -> Bool {
        guard !bytes.isEmpty, bytes.count <= 255 else { return false }
        let labels = (bytes.last == UInt8(ascii: ".") ? bytes.dropLast() : bytes[...]).split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
        return labels.allSatisfy { label in
            guard let first = label.first, let last = label.last, label.count <= 63 else { return false }
            return first != UInt8(ascii: "-") && last != UInt8(ascii: "-")
                && label.allSatisfy { isDigit($0) || isLetter($0) || $0 == UInt8(ascii: "-") || $0 == UInt8(ascii: "_") || $0 >= 0x80 }
        }
    }

    private static func isEmail(_ bytes: [UInt8]) -> Bool {
        guard let sign = bytes.lastIndex(of: UInt8(ascii: "@")), sign > 0, sign < bytes.count - 1 else { return false }
        return !bytes[..<sign].contains(0x20) && isHostname(Array(bytes[(sign + 1)...]))
    }

    /// An absolute URI, or a path from the root: what Go's ParseRequestURI takes.
    private static func isURI(_ bytes: [UInt8]) -> Bool {
        guard let first = bytes.first, bytes.allSatisfy({ $0 > 0x20 && $0 != 0x7F }) else { return false }
        var at = 0
        while let percent = bytes[at...].firstIndex(of: UInt8(ascii: "%")) {
            guard percent + 2 < bytes.count, isHex(bytes[percent + 1]), isHex(bytes[percent + 2]) else { return false }
            at = percent + 1
        }
        if first == UInt8(ascii: "/") { return true }
        guard isLetter(first), let colon = bytes.firstIndex(of: UInt8(ascii: ":")), colon < bytes.count - 1 else { return false }
        return bytes[..<colon].allSatisfy { isLetter($0) || isDigit($0) || [0x2B, 0x2D, 0x2E].contains($0) }
    }
}
