/// Searching by bytes: as the language compares, and without decoding.
extension String {
    public func hasBytePrefix(_ prefix: String) -> Bool {
        var (text, prefix) = (self, prefix)
        return text.withUTF8 { text in
            prefix.withUTF8 { prefix in
                guard text.count >= prefix.count else { return false }
                for at in 0..<prefix.count where text[at] != prefix[at] { return false }
                return true
            }
        }
    }

    public func hasByteSuffix(_ suffix: String) -> Bool {
        var (text, suffix) = (self, suffix)
        return text.withUTF8 { text in
            suffix.withUTF8 { suffix in
                guard text.count >= suffix.count else { return false }
                let start = text.count - suffix.count
                for at in 0..<suffix.count where text[start + at] != suffix[at] { return false }
                return true
            }
        }
    }

    public func containsBytes(of part: String) -> Bool { byteOffset(of: part) != nil }

    /// Where a part first stands, as an offset in the UTF-8, at or after `start`. The time is the product of the lengths at worst,
    /// which is what the language's cost of searching pays for.
    public func byteOffset(of part: String, from start: Int = 0) -> Int? {
        var (text, part) = (self, part)
        return text.withUTF8 { text in
            part.withUTF8 { part in
                guard start >= 0, start <= text.count - part.count else { return nil }
                guard let first = part.first else { return start }
                var at = start
                let last = text.count - part.count
                search: while at <= last {
                    if text[at] == first {
                        for offset in 1..<max(part.count, 1) where text[at + offset] != part[offset] {
                            at += 1
                            continue search
                        }
                        return at
                    }
                    at += 1
                }
                return nil
            }
        }
    }
}
