import Kernel

/// A set of fields of an object, as `managedFields[].fieldsV1` says it: a tree whose nodes are the steps to the fields.
///
/// Elements are kept sorted, so that union, intersection and difference are one walk over both trees, and the JSON is always the same.
public struct FieldSet: Sendable, Hashable {
    /// The field at this node is in the set, `.` in fieldsV1 where there is more below.
    var isMember = false
    private(set) var elements: [PathElement] = []
    private(set) var children: [FieldSet] = []

    public init() {}

    static let leaf = FieldSet(isMember: true)

    init(isMember: Bool) { self.isMember = isMember }

    public var isEmpty: Bool { !isMember && children.isEmpty }

    /// How many fields.
    public var count: Int { children.reduce(isMember ? 1 : 0) { $0 + $1.count } }

    // MARK: Nodes

    private func position(_ element: PathElement) -> (found: Bool, at: Int) {
        var (low, high) = (0, elements.count)
        while low < high {
            let middle = (low + high) / 2
            let order = PathElement.order(elements[middle], element)
            if order == 0 { return (true, middle) }
            if order < 0 { low = middle + 1 } else { high = middle }
        }
        return (false, low)
    }

    func child(_ element: PathElement) -> FieldSet? {
        let (found, at) = position(element)
        return found ? children[at] : nil
    }

    /// For a builder that has sorted them.
    init(isMember: Bool, sorted elements: [PathElement], children: [FieldSet]) {
        self.isMember = isMember
        self.elements = elements
        self.children = children
    }

    /// Adds what is below an element; nothing when that is empty. For many use `FieldSetBuilder`.
    mutating func add(_ element: PathElement, _ child: FieldSet) {
        if child.isEmpty { return }
        // Mostly elements come in order.
        if let last = elements.last, PathElement.order(last, element) < 0 {
            elements.append(element)
            children.append(child)
            return
        }
        let (found, at) = position(element)
        if found {
            children[at] = children[at].union(child)
        } else {
            elements.insert(element, at: at)
            children.insert(child, at: at)
        }
    }

    mutating func remove(_ element: PathElement) {
        let (found, at) = position(element)
        guard found else { return }
        elements.remove(at: at)
        children.remove(at: at)
    }

    func contains(_ path: some Collection<PathElement>) -> Bool {
        guard let first = path.first else { return isMember }
        return child(first)?.contains(path.dropFirst()) ?? false
    }

    mutating func insert(_ path: some Collection<PathElement>) {
        var branch = FieldSet.leaf
        guard !path.isEmpty else {
            isMember = true
            return
        }
        for element in path.dropFirst().reversed() {
            var parent = FieldSet()
            parent.add(element, branch)
            branch = parent
        }
        if let first = path.first { add(first, branch) }
    }

    // MARK: Algebra

    public func union(_ other: FieldSet) -> FieldSet {
        if other.isEmpty { return self }
        if isEmpty { return other }
        return combined(other, isMember: isMember || other.isMember, onlyHere: { $0 }, onlyThere: { $0 }, both: { $0.union($1) })
    }

    public func intersection(_ other: FieldSet) -> FieldSet {
        combined(other, isMember: isMember && other.isMember, onlyHere: { _ in nil }, onlyThere: { _ in nil }, both: { $0.intersection($1) })
    }

    /// Without the fields of the other. What is below a field stays when only the field itself is taken away.
    public func subtracting(_ other: FieldSet) -> FieldSet {
        if other.isEmpty || isEmpty { return self }
        return combined(other, isMember: isMember && !other.isMember, onlyHere: { $0 }, onlyThere: { _ in nil }, both: { $0.subtracting($1) })
    }

    private func combined(
        _ other: FieldSet, isMember: Bool, onlyHere: (FieldSet) -> FieldSet?, onlyThere: (FieldSet) -> FieldSet?,
        both: (FieldSet, FieldSet) -> FieldSet
    ) -> FieldSet {
        var result = FieldSet(isMember: isMember)
        func keep(_ element: PathElement, _ child: FieldSet?) {
            guard let child, !child.isEmpty else { return }
            result.elements.append(element)
            result.children.append(child)
        }
        var (here, there) = (0, 0)
        while here < elements.count || there < other.elements.count {
            let order =
                here >= elements.count ? 1 : there >= other.elements.count ? -1 : PathElement.order(elements[here], other.elements[there])
            if order < 0 {
                keep(elements[here], onlyHere(children[here]))
                here += 1
            } else if order > 0 {
                keep(other.elements[there], onlyThere(other.children[there]))
                there += 1
            } else {
                keep(elements[here], both(children[here], other.children[there]))
                here += 1
                there += 1
            }
        }
        return result
    }

    /// Every path in the set as conflicts name them, `.spec.replicas`, in order.
    public var paths: [String] {
        var result: [String] = []
        collect("", &result)
        return result
    }

    private func collect(_ prefix: String, _ result: inout [String]) {
        if isMember, !prefix.isEmpty { result.append(prefix) }
        for (element, child) in zip(elements, children) { child.collect(prefix + element.pathText, &result) }
    }
}

extension FieldSet {
    /// From `fieldsV1`.
    ///
    /// - Parameter isOurs: written by this server before, and so in its canonical form; that spares some checks.
    /// - Returns: nil for what is not in its form.
    public init?(fieldsV1: JSON, isOurs: Bool = false) {
        guard case .object(let object) = fieldsV1 else { return nil }
        guard let set = Self.read(object, isOurs: isOurs) else { return nil }
        self = set
    }

    private static func read(_ object: JSONObject, isOurs: Bool) -> FieldSet? {
        var builder = FieldSetBuilder()
        for position in object.keys.indices {
            let name = object.keys[position]
            if name == "." {
                builder.isMember = true
                continue
            }
            guard let element = PathElement(fieldsV1: name, isOurs: isOurs), case .object(let below) = object.values[position] else { return nil }
            if below.isEmpty {
                builder.add(element, .leaf)
            } else if let child = read(below, isOurs: isOurs) {
                builder.add(element, child)
            } else {
                return nil
            }
        }
        return builder.build()
    }

    public var fieldsV1: JSON {
        var keys: [String] = []
        var values: [JSON] = []
        keys.reserveCapacity(elements.count + 1)
        values.reserveCapacity(elements.count + 1)
        if isMember, !children.isEmpty {
            keys.append(".")
            values.append(.object(JSONObject()))
        }
        for (element, child) in zip(elements, children) {
            keys.append(element.fieldsV1)
            values.append(child.fieldsV1)
        }
        return .object(JSONObject(uniqueKeys: keys, values: values))
    }
}
