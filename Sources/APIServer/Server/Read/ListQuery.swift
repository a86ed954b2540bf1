import APIServerCore
import Kernel

/// The options of a list, a watch or a deletecollection, read and checked.
struct ListQuery: Sendable {
    enum Match: String, Sendable { case exact = "Exact", notOlderThan = "NotOlderThan" }

    var limit: Int64 = 0
    var continueToken: ContinueToken?
    /// nil when unset.
    var revision: Int64?
    var match: Match?
    var sendsInitialEvents: Bool?
    var allowsBookmarks = false
    /// Seconds; nil for the default.
    var timeout: Int64?
    var filter: ObjectFilter

    /// - Throws: 400 for what can't be read, 422 for options that contradict one another.
    init(_ options: QueryOptions, resource: ServedResource, namespace: String, isWatch: Bool) throws(APIStatus) {
        filter = try ObjectFilter(options, resource: resource)
        do throws(OptionFailure) {
            limit = try options.integer("limit") ?? 0
            timeout = try options.integer("timeoutSeconds")
        } catch {
            throw .badRequest(error.message)
        }
        let revisionText = options["resourceVersion"] ?? ""
        if !revisionText.isEmpty { revision = try Self.revision(revisionText) }
        if let text = options["continue"], !text.isEmpty, !isWatch {
            guard let token = ContinueToken(text) else { throw .badRequest("continue key is not valid: start the list anew without it") }
            guard revision == nil || revision == 0 else {
                throw .badRequest("specifying resource version is not allowed when using continue")
            }
            continueToken = token
        }
        let matchText = options["resourceVersionMatch"] ?? ""
        if !matchText.isEmpty { match = Match(rawValue: matchText) }
        if let text = options["sendInitialEvents"], !text.isEmpty { sendsInitialEvents = options.flag("sendInitialEvents") }
        allowsBookmarks = options.flag("allowWatchBookmarks")
        try checkMatch(matchText, isWatch: isWatch)
    }

    private func checkMatch(_ text: String, isWatch: Bool) throws(APIStatus) {
        var causes: [StatusCause] = []
        let field = "resourceVersionMatch"
        if isWatch || sendsInitialEvents != nil {
            if sendsInitialEvents != nil, !isWatch {
                causes.append(.forbidden("sendInitialEvents", "sendInitialEvents is forbidden for list"))
            } else if sendsInitialEvents != nil, match != .notOlderThan {
                causes.append(.forbidden(field, "sendInitialEvents requires setting resourceVersionMatch to NotOlderThan"))
            } else if sendsInitialEvents == nil, !text.isEmpty {
                causes.append(.forbidden(field, "resourceVersionMatch is forbidden for watch unless sendInitialEvents is provided"))
            }
        } else if !text.isEmpty {
            if match == nil {
                causes.append(.notSupported(field, .string(text), supported: ["Exact", "NotOlderThan"]))
            } else if continueToken != nil {
                causes.append(.forbidden(field, "resourceVersionMatch is forbidden when continue is provided"))
            } else if revision == nil {
                causes.append(.forbidden(field, "resourceVersionMatch is forbidden unless resourceVersion is provided"))
            } else if match == .exact, revision == 0 {
                causes.append(.forbidden(field, "resourceVersionMatch \"Exact\" is forbidden for resourceVersion \"0\""))
            }
        }
        guard causes.isEmpty else { throw .invalid(GroupKind(group: "meta.k8s.io", kind: "ListOptions"), name: "", causes) }
    }

    /// A resourceVersion as clients send it.
    static func revision(_ text: String) throws(APIStatus) -> Int64 {
        guard let value = Int64(text), value >= 0, text.utf8.allSatisfy({ (0x30...0x39).contains($0) }) else {
            throw .badRequest("invalid resource version \(GoQuote.quote(String(text.prefix(100)))): it must be a whole number, as the server gave it")
        }
        return value
    }
}
