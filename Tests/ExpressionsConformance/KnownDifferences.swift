import Kernel

/// Where cel-python differs from the language's definition, and from Kubernetes.
enum KnownDifferences {
    /// - Returns: the bug that explains it; nil for a difference that nothing explains.
    static func reason(_ expression: String, _ ours: JSON, _ theirs: JSON) -> String? {
        func has(_ part: String) -> Bool { expression.utf8.count >= part.utf8.count && expression.contains(part) }
        if ours["error"] != nil, theirs["error"] == nil, has("{'") { return "errors inside of a map that is written out are lost" }
        let theirError = theirs["error"]?.string ?? ""
        if theirError.contains("'str' object has no attribute") || theirError.contains("'datetime.timedelta' object has no attribute") {
            return "what + and - give has lost its methods"
        }
        if theirError.contains("celpy.evaluation.CELEvalError'>") { return "an error among the operands is taken for a value" }
        if ours["error"]?.string?.contains("overflow") ?? false, theirs["error"] == nil {
            if has("timestamp(") { return "spans may be longer than 64 bits of nanoseconds" }
            if ours["error"] == "integer overflow", has(" % ") { return "the smallest int modulo -1 is 0" }
            if ours["error"] == "integer overflow", has("int(") { return "int takes the smallest double" }
        }
        if ours["error"] == "unsigned integer overflow", theirs["error"] == nil, has("uint(") { return "uint of a fraction between -1 and 0 is 0" }
        if ours["error"] == nil, theirs["error"] != nil, has(".map(") || has(".filter("), has("&&") || has("||") || has(" ? ") {
            return "what fails inside of a macro isn't swallowed by &&, || and ?:"
        }
        return nil
    }
}
