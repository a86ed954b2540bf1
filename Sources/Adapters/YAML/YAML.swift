import Kernel

/// YAML as Kubernetes reads and prints it.
///
/// Scalars follow Kubernetes' YAML 1.1: `yes`, `no`, `on`, `off`, `y`, `n` are booleans also as keys, `010` is octal, timestamps and
/// `1:30` stay strings, `.inf` and `.nan` are refused because JSON has no such numbers. Merge keys (`<<`) are honoured; what stands
/// beside one wins. A document that starts with `{` is tried as JSON first, whose escapes YAML doesn't fully share.
///
/// Guarantees: time and memory are bounded by `YAMLLimits`, whatever the input; every error has a line and a column.
public enum YAML {
    /// The documents of a stream, in order; empty ones (nothing, or comments only) are left out.
    ///
    /// - Throws: `YAMLError`, also for a key that stands twice in one mapping.
    public static func parse(_ bytes: some Sequence<UInt8>, limits: YAMLLimits = YAMLLimits()) throws(YAMLError) -> [JSON] {
        let stream = try parseReportingDuplicates(bytes, limits: limits)
        if let first = stream.duplicates.first { throw first.error }
        return stream.documents
    }

    public static func parse(_ text: String, limits: YAMLLimits = YAMLLimits()) throws(YAMLError) -> [JSON] {
        try parse(Array(text.utf8), limits: limits)
    }

    /// Like `parse`, but a key that stands twice is reported instead of refused; the last one counts, as in Kubernetes.
    public static func parseReportingDuplicates(
        _ bytes: some Sequence<UInt8>, limits: YAMLLimits = YAMLLimits()
    ) throws(YAMLError) -> (documents: [JSON], duplicates: [YAMLDuplicate]) {
        let outcome = bytes.withContiguousStorageIfAvailable { read($0, limits) }
            ?? ContiguousArray(bytes).withUnsafeBufferPointer { read($0, limits) }
        return try outcome.get()
    }

    /// The value as a block-style document with a final newline, keys in Kubernetes' order: what `kubectl -o yaml` prints, but that
    /// long lines are not folded. Reading it back gives an equal value.
    ///
    /// - Parameter keepsOrder: keys in the order they were put in, as a person writes them.
    public static func write(_ value: JSON, keepsOrder: Bool = false) -> String {
        var writer = YAMLWriter()
        writer.keepsOrder = keepsOrder
        writer.document(value)
        return writer.text
    }

    /// Several documents, separated by `---`.
    public static func write(documents: [JSON]) -> String {
        documents.map { write($0) }.joined(separator: "---\n")
    }

    private static func read(
        _ buffer: UnsafeBufferPointer<UInt8>, _ limits: YAMLLimits
    ) -> Result<(documents: [JSON], duplicates: [YAMLDuplicate]), YAMLError> {
        let source = YAMLSource(buffer)
        guard buffer.count <= limits.maximumBytes else {
            let maximum = Bytes(Int64(limits.maximumBytes)), found = Bytes(Int64(buffer.count))
            return .failure(YAMLError(message: "the text has \(found), more than the \(maximum) that are read", line: 1, column: 1))
        }
        if source.startsLikeJSON, let outcome = json(buffer) { return .success(outcome) }
        do throws(YAMLError) {
            var composer = try YAMLComposer(source, limits)
            defer { composer.close() }
            let documents = try composer.stream()
            return .success((documents, composer.duplicates))
        } catch {
            return .failure(error)
        }
    }

    /// The text as one JSON document, or nil when it isn't one and YAML has to say what is wrong with it.
    private static func json(
        _ buffer: UnsafeBufferPointer<UInt8>
    ) -> (documents: [JSON], duplicates: [YAMLDuplicate])? {
        do throws(JSONError) {
            let (value, duplicates) = try JSONParser.parseReportingDuplicates(buffer)
            guard duplicates.isEmpty else { return nil }  // YAML's reader says on which line they stand
            return ([value], [])
        } catch {
            return nil
        }
    }
}
