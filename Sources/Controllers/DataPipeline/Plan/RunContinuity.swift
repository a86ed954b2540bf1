import Kernel

/// Whether a run of the present pipeline can go on from a checkpoint that an earlier one's run left.
///
/// A checkpoint holds places in the input and the outputs and the steps' states, by the steps' order. So what reads, what types, which steps in which
/// order, their columns and the outputs must be as they were; what a step computes may have been corrected: its script, its
/// condition, a column's rules. Rows before the checkpoint stay as they were computed then.
public enum RunContinuity {
    /// - Returns: what stands in the way, as a field of the document; nil: nothing does.
    public static func obstacle(from earlier: JSON, with present: JSON) -> String? {
        let (old, new) = (shape(earlier), shape(present))
        if old["source"] != new["source"] { return "source" }
        let (before, after) = (old["steps"]?.array ?? [], new["steps"]?.array ?? [])
        if before.count != after.count { return "steps (there were \(before.count), now there are \(after.count))" }
        if let index = before.indices.first(where: { before[$0] != after[$0] }) { return "steps[\(index)]" }
        if old["outputs"] != new["outputs"] { return "outputs" }
        return old == new ? nil : "errors.deadLetter"
    }

    public static func canGoOn(from earlier: JSON, with present: JSON) -> Bool { obstacle(from: earlier, with: present) == nil }

    /// The document without what may be corrected on the way.
    static func shape(_ spec: JSON) -> JSON {
        var source = spec["source"] ?? [:]
        if let columns = source["delimited"]?["columns"]?.array {
            source[path: ["delimited", "columns"]] = .array(columns.map { without(["constraint", "onError", "required"], $0) })
        }
        let steps = (spec["steps"]?.array ?? []).map { step -> JSON in
            var step = step
            if let script = step["javascript"] { step["javascript"] = without(["source", "configMapKeyRef", "modules", "timeLimit", "memoryLimit"], script) }
            if step["filter"] != nil { step["filter"] = [:] }
            // Without a declared type the expression decides how the column is written.
            if let derive = step["derive"], derive["type"] != nil { step["derive"] = without(["expression"], derive) }
            return step
        }
        var errors: JSON = [:]
        errors["deadLetter"] = spec["errors"]?["deadLetter"]
        return ["source": source, "steps": .array(steps), "outputs": spec["outputs"] ?? [], "errors": errors]
    }

    private static func without(_ names: [String], _ json: JSON) -> JSON {
        var json = json
        for name in names { json[name] = nil }
        return json
    }
}
