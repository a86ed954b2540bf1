import Glibc

/// Which object: resource, namespace and name, ordered in that order, by bytes.
///
/// Compared by bytes and not as Swift compares text, so that memory and database never disagree about which names are the same.
public struct StoreKey: Sendable, Hashable, Comparable, CustomStringConvertible {
    /// The plural with its group: `environments.millwright.dev`, and `configmaps` for the core group.
    public let resource: String
    /// Empty for what is cluster scoped.
    public let namespace: String
    public let name: String

    public init(resource: String, namespace: String, name: String) {
        self.resource = resource
        self.namespace = namespace
        self.name = name
    }

    public var description: String { namespace.isEmpty ? "\(resource)/\(name)" : "\(resource)/\(namespace)/\(name)" }

    public static func == (a: StoreKey, b: StoreKey) -> Bool {
        order(a.name, b.name) == 0 && order(a.namespace, b.namespace) == 0 && order(a.resource, b.resource) == 0
    }

    public static func < (a: StoreKey, b: StoreKey) -> Bool {
        let byResource = order(a.resource, b.resource)
        if byResource != 0 { return byResource < 0 }
        let byNamespace = order(a.namespace, b.namespace)
        if byNamespace != 0 { return byNamespace < 0 }
        return order(a.name, b.name) < 0
    }

    public func hash(into hasher: inout Hasher) {
        for part in [resource, namespace, name] {
            var part = part
            part.withUTF8 { hasher.combine(bytes: UnsafeRawBufferPointer($0)) }
            hasher.combine(UInt8(0))
        }
    }

    /// Negative, zero or positive, as `memcmp`; a prefix comes first.
    static func order(_ a: String, _ b: String) -> Int {
        let quick = a.utf8.withContiguousStorageIfAvailable { left in
            b.utf8.withContiguousStorageIfAvailable { right in order(UnsafeRawBufferPointer(left), UnsafeRawBufferPointer(right)) }
        }
        if let quick, let result = quick { return result }
        if a.utf8.elementsEqual(b.utf8) { return 0 }
        return a.utf8.lexicographicallyPrecedes(b.utf8) ? -1 : 1
    }

    private static func order(_ a: UnsafeRawBufferPointer, _ b: UnsafeRawBufferPointer) -> Int {
        if let left = a.baseAddress, let right = b.baseAddress {
            let difference = memcmp(left, right, min(a.count, b.count))
            if difference != 0 { return Int(difference) }
        }
        return a.count - b.count
    }
}
