import Platform

/// Bounds how many short requests run at once, overall and for each user, so that one client can't starve the others.
final class InFlightLimiter: Sendable {
    private struct State {
        var running = 0
        var byUser: [String: Int] = [:]
    }

    private let state = Locked(State())
    private let overall: Int
    private let perUser: Int

    /// - Parameters:
    ///   - overall: requests at once.
    ///   - perUser: requests at once of one user.
    init(overall: Int, perUser: Int) {
        self.overall = overall
        self.perUser = perUser
    }

    /// Whether the request may run now; if so, `leave` must follow.
    func enter(_ user: String) -> Bool {
        state.withLock { state in
            let mine = state.byUser[user, default: 0]
            guard state.running < overall, mine < perUser else { return false }
            state.running += 1
            state.byUser[user] = mine + 1
            return true
        }
    }

    func leave(_ user: String) {
        state.withLock { state in
            state.running -= 1
            let mine = state.byUser[user, default: 1] - 1
            state.byUser[user] = mine > 0 ? mine : nil
        }
    }

    var running: Int { state.withLock { $0.running } }
}
