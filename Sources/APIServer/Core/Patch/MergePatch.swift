import Kernel

/// A document laid over another, RFC 7386: members replace, objects merge, null removes.
public enum MergePatch {
    /// - Throws: `.malformed` when the patch is no object.
    public static func applied(_ patch: JSON, to document: JSON) throws(PatchError) -> JSON {
        guard case .object = patch else {
            throw .malformed("a merge patch must be an object; found: \(patch.typeName)")
        }
        return merged(patch, over: document)
    }

    static func merged(_ patch: JSON, over document: JSON) -> JSON {
        guard case .object(let changes) = patch else { return patch }
        var result = document.object ?? JSONObject()
        for (key, change) in changes {
            if change.isNull {
                result[key] = nil
            } else {
                result[key] = merged(change, over: result[key] ?? .null)
            }
        }
        return .object(result)
    }

    /// The patch that makes `new` of `old`; a null inside `new` can't be said by one and is left out.
    public static func between(_ old: JSON, _ new: JSON) -> JSON {
        guard case .object(let before) = old, case .object(let after) = new else { return new }
        var changes = JSONObject()
        for (key, value) in after {
            guard let previous = before[key] else {
                changes[key] = value
                continue
            }
            if previous == value { continue }
            changes[key] = between(previous, value)
        }
        for key in before.keys where after[key] == nil { changes[key] = .null }
        return .object(changes)
    }
}
