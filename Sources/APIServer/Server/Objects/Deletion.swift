import Kernel

/// What deleting an object comes to: it goes at once, or it is marked and waits for its finalizers.
enum Deletion: Sendable {
    /// Nothing holds it.
    case remove
    /// Marked, or its finalizers changed: store this.
    case mark(JSON)
    /// Marked before, nothing new: answer with what is stored.
    case pending

    static let orphanFinalizer = "orphan"
    static let foregroundFinalizer = "foregroundDeletion"

    /// - Parameters:
    ///   - object: the stored object.
    ///   - isHeld: whether something beside metadata.finalizers holds it: a namespace's spec.finalizers.
    ///   - now: the moment of the deletion mark, to the second.
    static func decide(_ object: JSON, _ options: DeleteOptions, isHeld: Bool = false, now: Timestamp) -> Deletion {
        let before = object["metadata"]?["finalizers"]?.array?.compactMap(\.string) ?? []
        let after = finalizers(before, options)
        let isDeleting = object["metadata"]?["deletionTimestamp"]?.string != nil
        if after.isEmpty, !isHeld { return .remove }
        if isDeleting, after == before { return .pending }
        var marked = object
        marked["metadata"]?["finalizers"] = after.isEmpty ? JSON?.none : JSON(after)
        if !isDeleting {
            marked["metadata"]?["deletionTimestamp"] = .string(now.rfc3339)
            marked["metadata"]?["deletionGracePeriodSeconds"] = 0
            if let generation = object["metadata"]?["generation"]?.int, generation > 0 {
                marked["metadata"]?["generation"] = .int(generation &+ 1)
            }
        }
        return .mark(marked)
    }

    /// The finalizers once the propagation asked for is taken into account: it replaces an earlier one; unasked, an earlier one stays.
    private static func finalizers(_ before: [String], _ options: DeleteOptions) -> [String] {
        let orphan: Bool
        let foreground: Bool
        if let asked = options.orphanDependents {
            orphan = asked
            foreground = false
        } else if let asked = options.propagation {
            orphan = asked == .orphan
            foreground = asked == .foreground
        } else {
            orphan = before.contains(orphanFinalizer)
            foreground = before.contains(foregroundFinalizer)
        }
        var after = before.filter { $0 != orphanFinalizer && $0 != foregroundFinalizer }
        if orphan { after.append(orphanFinalizer) }
        if foreground { after.append(foregroundFinalizer) }
        return Set(after) == Set(before) ? before : after
    }
}
