import APIServerCore
import HTTPMessages
import Store

/// `/healthz`, `/livez` and `/readyz`, whole, `?verbose`, with `?exclude=`, or one check as `/readyz/store`.
struct Health: Sendable {
    private let parts: ServerParts

    init(_ parts: ServerParts) { self.parts = parts }

    private struct Check {
        let name: String
        let failure: String?
    }

    func respond(_ context: RequestContext) throws(APIStatus) -> HTTPReply {
        let segments = context.info.segments
        let endpoint = segments[0]
        var checks = self.checks(endpoint)
        if segments.count > 1 {
            guard segments.count == 2, let check = checks.first(where: { $0.name == segments[1] }) else { throw .noSuchPath }
            checks = [check]
        }
        let excluded = Set(context.options.all("exclude"))
        checks.removeAll { excluded.contains($0.name) }
        let failed = checks.contains { $0.failure != nil }
        guard failed || context.options.has("verbose") else { return Reply.text("ok") }
        var text = ""
        // Why it failed is in the log: whoever may call this need not know.
        for check in checks { text += check.failure == nil ? "[+]\(check.name) ok\n" : "[-]\(check.name) failed: reason withheld\n" }
        text += "\(endpoint) check \(failed ? "failed" : "passed")\n"
        for check in checks { if let failure = check.failure { parts.logger.warning("health check failed", ["check": check.name, "reason": failure]) } }
        return Reply.text(text, status: failed ? 500 : 200)
    }

    private func checks(_ endpoint: String) -> [Check] {
        var checks = [Check(name: "ping", failure: nil)]
        guard endpoint != "livez" else { return checks }
        var failure: String?
        if case .stale(let reason) = parts.store.freshness { failure = reason }
        checks.append(Check(name: "store", failure: failure))
        if endpoint == "readyz" {
            checks.append(Check(name: "bootstrap", failure: parts.readiness.isReady ? nil : "what must exist from the start isn't all there yet"))
        }
        return checks
    }
}
