import Kernel

extension NameRule {
    /// What is wrong with a name; none when it is right.
    ///
    /// - Parameter isPrefix: of `generateName`, which may end in a dash that the suffix follows.
    public func problems(_ name: String, isPrefix: Bool = false) -> [String] {
        // As Kubernetes checks a prefix: a trailing dash stands for the character that will follow it.
        let name = isPrefix && self != .pathSegment && name.hasSuffix("-") ? String(name.dropLast()) + "a" : name
        return switch self {
        case .subdomain: NameFormat.subdomain(name)
        case .label: NameFormat.label(name)
        case .pathSegment: NameFormat.pathSegment(name, isPrefix: isPrefix)
        }
    }
}
