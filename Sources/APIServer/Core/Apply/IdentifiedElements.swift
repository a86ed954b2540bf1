import Kernel

/// The elements of an associative list with what tells them apart, found by it.
struct IdentifiedElements {
    /// Nil where an element has none.
    let identities: [PathElement?]
    /// Only for long lists; short ones are searched.
    private let places: [PathElement: Int]?

    init(_ elements: [JSON], _ shape: FieldShape) {
        identities = elements.map(shape.identity)
        guard elements.count > 16 else {
            places = nil
            return
        }
        var places = [PathElement: Int](minimumCapacity: elements.count)
        for (position, identity) in identities.enumerated() {
            if let identity, places[identity] == nil { places[identity] = position }
        }
        self.places = places
    }

    /// The place of the first element of this identity.
    func firstPosition(of identity: PathElement) -> Int? {
        if let places { return places[identity] }
        for position in identities.indices where identities[position] == identity { return position }
        return nil
    }
}
