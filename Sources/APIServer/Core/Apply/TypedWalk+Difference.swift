import Kernel

extension TypedWalk {
    struct Difference {
        var added = FieldSet()
        var modified = FieldSet()
        var removed = FieldSet()

        var isEmpty: Bool { added.isEmpty && modified.isEmpty && removed.isEmpty }
    }

    private struct DifferenceBuilder {
        var added = FieldSetBuilder()
        var modified = FieldSetBuilder()
        var removed = FieldSetBuilder()

        mutating func add(_ element: PathElement, _ below: Difference) {
            added.add(element, below.added)
            modified.add(element, below.modified)
            removed.add(element, below.removed)
        }

        mutating func build() -> Difference { Difference(added: added.build(), modified: modified.build(), removed: removed.build()) }
    }

    static func difference(_ old: JSON, _ new: JSON, _ shape: FieldShape) -> Difference {
        // Comparing is much cheaper than taking apart, and most of most objects is the same.
        if old == new { return Difference() }
        var result = DifferenceBuilder()
        switch (old, new) {
        case (.object(let before), .object(let after)) where !shape.isAtomicMap:
            for position in after.keys.indices {
                let name = after.keys[position]
                // Members mostly stand in the same place in both.
                let at = position < before.count && sameBytes(before.keys[position], name) ? position : before.position(of: name)
                if let at {
                    result.add(.field(name), difference(before.values[at], after.values[position], shape.member(name)))
                } else {
                    result.added.add(.field(name), everything(in: after.values[position], shape.member(name)))
                }
            }
            for position in before.keys.indices {
                let name = before.keys[position]
                if position < after.count, sameBytes(after.keys[position], name) { continue }
                if after.position(of: name) == nil {
                    result.removed.add(.field(name), everything(in: before.values[position], shape.member(name)))
                }
            }
        case (.array(let before), .array(let after)) where shape.listType != .atomic:
            let old = IdentifiedElements(before, shape)
            let new = IdentifiedElements(after, shape)
            for position in after.indices {
                guard let identity = new.identities[position], new.firstPosition(of: identity) == position else { continue }
                if let previous = old.firstPosition(of: identity) {
                    result.add(identity, difference(before[previous], after[position], shape.items))
                } else {
                    result.added.add(identity, everything(in: after[position], shape.items))
                }
            }
            for position in before.indices {
                guard let identity = old.identities[position], new.firstPosition(of: identity) == nil else { continue }
                result.removed.add(identity, everything(in: before[position], shape.items))
            }
        default:
            // A list or object that turned into something else loses and gains its parts besides itself changing.
            var changed = Difference(modified: .leaf)
            if old.isContainer { changed.removed = everything(in: old, shape) }
            if new.isContainer { changed.added = everything(in: new, shape) }
            changed.removed.isMember = false
            changed.added.isMember = false
            return changed
        }
        return result.build()
    }
}
