/// The formats of the names in a CustomResourceDefinition, with what Kubernetes says when one is missed.
enum DefinitionNames {
    /// What is wrong with a DNS label that begins with a letter; empty when nothing is.
    static func dns1035Label(_ text: String) -> [String] {
        var faults: [String] = []
        if text.utf8.count > 63 { faults.append("must be no more than 63 characters") }
        if !isLabel(text, firstIsLetter: true) {
            faults.append(
                "a DNS-1035 label must consist of lower case alphanumeric characters or '-', start with an alphabetic character, and end "
                    + "with an alphanumeric character (e.g. 'my-name',  or 'abc-123', regex used for validation is '[a-z]([-a-z0-9]*[a-z0-9])?')")
        }
        return faults
    }

    /// What is wrong with a DNS subdomain; empty when nothing is.
    static func subdomain(_ text: String) -> [String] {
        var faults: [String] = []
        if text.utf8.count > 253 { faults.append("must be no more than 253 characters") }
        let parts = text.split(separator: ".", omittingEmptySubsequences: false)
        if !parts.allSatisfy({ isLabel($0, firstIsLetter: false) }) {
            faults.append(
                "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with "
                    + "an alphanumeric character (e.g. 'example.com', regex used for validation is "
                    + "'[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')")
        }
        return faults
    }

    private static func isLabel(_ text: some StringProtocol, firstIsLetter: Bool) -> Bool {
        let bytes = Array(text.utf8)
        guard let first = bytes.first, let last = bytes.last else { return false }
        func isLetter(_ byte: UInt8) -> Bool { (0x61...0x7A).contains(byte) }
        func isDigit(_ byte: UInt8) -> Bool { (0x30...0x39).contains(byte) }
        guard isLetter(first) || !firstIsLetter && isDigit(first), isLetter(last) || isDigit(last) else { return false }
        return bytes.allSatisfy { isLetter($0) || isDigit($0) || $0 == 0x2D }
    }
}
