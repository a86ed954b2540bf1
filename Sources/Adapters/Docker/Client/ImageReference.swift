/// An image's name taken apart as the Engine API wants it.
struct ImageReference: Sendable, Equatable {
    /// With its registry, without tag and digest.
    let repository: String
    /// `8.1.48` or `sha256:…`; `latest` where the name has neither.
    let tagOrDigest: String

    init(_ text: String) {
        if let at = text.firstIndex(of: "@") {
            // The engine takes repository and digest; a tag beside a digest says nothing more.
            repository = Self.splitTag(text[..<at]).0
            tagOrDigest = String(text[text.index(after: at)...])
        } else {
            let (name, tag) = Self.splitTag(text[...])
            repository = name
            tagOrDigest = tag ?? "latest"
        }
    }

    /// A colon before the last slash belongs to a registry's port.
    private static func splitTag(_ text: Substring) -> (String, String?) {
        guard let colon = text.lastIndex(of: ":"), !text[colon...].contains("/") else { return (String(text), nil) }
        return (String(text[..<colon]), String(text[text.index(after: colon)...]))
    }
}
