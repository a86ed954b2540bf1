import Kernel

/// What `kubectl apply` remembers on an object, and what applying a document anew would change by it.
///
/// Applying removes what the document said before and says no longer; the object alone can't tell that from what somebody else set.
public enum AppliedConfiguration {
    public static let annotation = "kubectl.kubernetes.io/last-applied-configuration"

    /// The patch with which a document applied anew gets its way on the live object, and who asks for it.
    public struct Change: Sendable, Equatable {
        public let patch: KubernetesPatch
        /// nil: the field manager doesn't matter.
        public let fieldManager: String?

        public init(patch: KubernetesPatch, fieldManager: String?) {
            self.patch = patch
            self.fieldManager = fieldManager
        }
    }

    /// - Parameter live: the object as the server has it.
    public static func change(of live: JSON, to document: JSON) -> Change {
        if let last = lastApplied(live) { return Change(patch: .merge(mergePatch(from: last, to: document)), fieldManager: nil) }
        if let manager = applier(of: live) { return Change(patch: .apply(document, force: true), fieldManager: manager) }
        // Created, never applied: nothing is remembered, so nothing is removed.
        return Change(patch: .merge(document), fieldManager: nil)
    }

    /// What was applied last from the client's side; nil when that never was or can't be read.
    static func lastApplied(_ live: JSON) -> JSON? {
        guard let text = live["metadata"]?["annotations"]?[annotation]?.string else { return nil }
        do { return try JSONParser.parse(Array(text.utf8)) } catch { return nil }
    }

    /// Who applied it on the server: kubectl where it is among them, else the first.
    static func applier(of live: JSON) -> String? {
        let appliers = (live["metadata"]?["managedFields"]?.array ?? []).filter { entry in
            entry["operation"] == "Apply" && (entry["subresource"]?.string ?? "").isEmpty
        }.compactMap { $0["manager"]?.string }
        return appliers.first { $0 == "kubectl" } ?? appliers.first
    }

    /// A merge patch: the values of the document, and null for every member that only the former document had. Lists go whole, as
    /// for every kind without merge keys.
    static func mergePatch(from last: JSON, to document: JSON) -> JSON {
        guard let before = last.object, let now = document.object else { return document }
        var patch = JSONObject()
        for (key, value) in now {
            if let old = before[key], old.object != nil, value.object != nil {
                patch[key] = mergePatch(from: old, to: value)
            } else {
                patch[key] = value
            }
        }
        for (key, _) in before where now[key] == nil { patch[key] = .null }
        return .object(patch)
    }
}
