/// Columns that were handed on in batches, taken back for the next batch once nobody else has them: memory that is given back and asked
/// for again with every batch costs page faults.
///
/// A batch may be on another thread by then. That thread has done with a column before it lets go of it, and only then is the reference
/// here the only one, so that whoever takes it has it alone.
struct Recycled<Element: AnyObject> {
    private var all: [Element] = []
    /// More batches than this are seldom on their way at once.
    private static var limit: Int { 6 }

    mutating func take(fits: (Element) -> Bool, make: () -> Element) -> Element {
        var free: Int?
        for index in all.indices where isKnownUniquelyReferenced(&all[index]) {
            if fits(all[index]) { return all[index] }
            free = index
        }
        let fresh = make()
        if let free { all[free] = fresh } else if all.count < Self.limit { all.append(fresh) }
        return fresh
    }

    /// Those that nobody else has now.
    mutating func forEachFree(_ body: (Element) -> Void) {
        for index in all.indices where isKnownUniquelyReferenced(&all[index]) { body(all[index]) }
    }
}
