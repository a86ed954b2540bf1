import Kernel
import Platform

/// Gives the token of the next request: a fixed one, or a file's, read again once a minute, for projected tokens are renewed in place.
final class BearerSource: Sendable {
    /// Tokens are renewed at 80 % of at least ten minutes, so a minute is soon enough.
    static let rereadAfter: Duration = .seconds(60)

    private struct Read {
        var token: String
        var at: MonotonicInstant
    }

    private let bearer: ClusterConnection.Bearer
    private let clocks: any Clocks
    private let last = Locked<Read?>(nil)

    init(_ bearer: ClusterConnection.Bearer, clocks: any Clocks) {
        self.bearer = bearer
        self.clocks = clocks
    }

    /// nil when none is to be sent. A file that can't be read now leaves the token that was read before.
    func token() throws(KubernetesError) -> String? {
        switch bearer {
        case .none: return nil
        case .token(let token): return token
        case .file(let path):
            let now = clocks.monotonic
            let known = last.withLock { $0 }
            if let known, now - known.at < Self.rereadAfter { return known.token }
            do throws(SystemError) {
                let token = String(try Files.text(path).filter { !$0.isWhitespace })
                guard !token.isEmpty else { throw SystemError(code: 22, doing: "use the empty token file \(path)") }
                last.withLock { $0 = Read(token: token, at: now) }
                return token
            } catch {
                if let known { return known.token }
                throw .configuration("\(error)")
            }
        }
    }

    /// The server refused the token: read it again before the next request.
    func expire() { last.withLock { $0?.at = MonotonicInstant(nanoseconds: .min / 2) } }
}
