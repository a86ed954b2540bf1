import Kernel

/// Collects the fields at one level in any order, and sorts them once: inserting each into its place would take quadratic time.
struct FieldSetBuilder {
    var isMember = false
    private var elements: [PathElement] = []
    private var children: [FieldSet] = []
    private var isSorted = true
    /// The first element that was added twice, known after `build`.
    private(set) var duplicate: PathElement?

    /// Adds what is below an element; nothing when that is empty.
    mutating func add(_ element: PathElement, _ child: FieldSet) {
        if child.isEmpty { return }
        if isSorted, let last = elements.last, PathElement.order(last, element) >= 0 { isSorted = false }
        elements.append(element)
        children.append(child)
    }

    /// What was added twice is put together.
    mutating func build() -> FieldSet {
        if isSorted { return FieldSet(isMember: isMember, sorted: elements, children: children) }
        let order = elements.indices.sorted { a, b in
            let order = PathElement.order(elements[a], elements[b])
            return order != 0 ? order < 0 : a < b
        }
        var sortedElements: [PathElement] = []
        var sortedChildren: [FieldSet] = []
        sortedElements.reserveCapacity(order.count)
        sortedChildren.reserveCapacity(order.count)
        for at in order {
            if let last = sortedElements.last, last == elements[at] {
                duplicate = duplicate ?? last
                sortedChildren[sortedChildren.count - 1] = sortedChildren[sortedChildren.count - 1].union(children[at])
            } else {
                sortedElements.append(elements[at])
                sortedChildren.append(children[at])
            }
        }
        return FieldSet(isMember: isMember, sorted: sortedElements, children: sortedChildren)
    }
}
