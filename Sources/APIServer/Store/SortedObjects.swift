/// The objects of one resource, sorted by key, in chunks: a change touches one chunk, and a copy taken for a list shares all
/// others, so that lists of a hundred thousand objects and steady writes don't slow each other down.
struct SortedObjects {
    private static let chunkLimit = 256
    /// None is empty.
    private var chunks: [[StoredObject]] = []
    private(set) var count = 0

    /// The last write to any that are here; goes through all of them.
    var newestRevision: Int64 { chunks.lazy.joined().reduce(0) { max($0, $1.revision) } }

    subscript(key: StoreKey) -> StoredObject? {
        let place = place(of: key)
        guard place.isFound else { return nil }
        return chunks[place.chunk][place.at]
    }

    /// - Returns: what stood there before.
    @discardableResult
    mutating func put(_ object: StoredObject) -> StoredObject? {
        let place = place(of: object.key)
        if place.isFound {
            let previous = chunks[place.chunk][place.at]
            chunks[place.chunk][place.at] = object
            return previous
        }
        count += 1
        guard place.chunk < chunks.count else {
            chunks.append([object])
            return nil
        }
        chunks[place.chunk].insert(object, at: place.at)
        if chunks[place.chunk].count > Self.chunkLimit { split(place.chunk) }
        return nil
    }

    @discardableResult
    mutating func remove(_ key: StoreKey) -> StoredObject? {
        let place = place(of: key)
        guard place.isFound else { return nil }
        count -= 1
        let previous = chunks[place.chunk].remove(at: place.at)
        if chunks[place.chunk].isEmpty { chunks.remove(at: place.chunk) }
        return previous
    }

    /// For loading in order; anything else goes through `put`.
    mutating func append(_ object: StoredObject) {
        guard let last = chunks.last?.last else {
            put(object)
            return
        }
        guard last.key < object.key else {
            put(object)
            return
        }
        count += 1
        if let size = chunks.last?.count, size < Self.chunkLimit * 3 / 4 {
            chunks[chunks.count - 1].append(object)
        } else {
            chunks.append([object])
        }
    }

    /// All of them, or those of one namespace.
    func items(resource: String, namespace: String?) -> [StoredObject] {
        var result: [StoredObject] = []
        guard let namespace else {
            result.reserveCapacity(count)
            for chunk in chunks { result += chunk }
            return result
        }
        var place = place(of: StoreKey(resource: resource, namespace: namespace, name: ""))
        while place.chunk < chunks.count {
            let chunk = chunks[place.chunk]
            for object in chunk[place.at...] {
                guard object.key.namespace == namespace else { return result }
                result.append(object)
            }
            place = Place(chunk: place.chunk + 1, at: 0, isFound: false)
        }
        return result
    }

    private mutating func split(_ index: Int) {
        let half = chunks[index].count / 2
        let tail = Array(chunks[index][half...])
        chunks[index].removeSubrange(half...)
        chunks.insert(tail, at: index + 1)
    }

    private struct Place {
        var chunk: Int
        var at: Int
        var isFound: Bool
    }

    /// Where the key is, or where it would go; past the end only when there is no chunk.
    private func place(of key: StoreKey) -> Place {
        guard !chunks.isEmpty else { return Place(chunk: 0, at: 0, isFound: false) }
        // The last chunk whose first key is not after `key`.
        var low = 0
        var high = chunks.count
        while high - low > 1 {
            let middle = (low + high) / 2
            if key < chunks[middle][0].key { high = middle } else { low = middle }
        }
        let chunk = chunks[low]
        var first = 0
        var end = chunk.count
        while first < end {
            let middle = (first + end) / 2
            if chunk[middle].key < key { first = middle + 1 } else { end = middle }
        }
        let isFound = first < chunk.count && chunk[first].key == key
        return Place(chunk: low, at: first, isFound: isFound)
    }
}
