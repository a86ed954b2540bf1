import APIServerCore
import Kernel
import Platform

/// Holds what is served now, and swaps it whole when a CustomResourceDefinition comes, changes or goes.
final class ResourceRegistry: Sendable {
    private struct State {
        var builtIn: [ServedResource]
        /// By the definition's name.
        var custom: [String: [ServedResource]] = [:]
        var table: ResourceTable
    }

    private let state: Locked<State>

    init(_ builtIn: [ServedResource]) {
        state = Locked(State(builtIn: builtIn, table: ResourceTable(builtIn, generation: 1)))
    }

    /// Notified after every swap.
    let changes = ChangeSignal()

    var table: ResourceTable { state.withLock { $0.table } }

    /// Serves these versions for the definition of that name; none takes it off.
    func set(_ name: String, _ resources: [ServedResource]) {
        state.withLock { state in
            state.custom[name] = resources.isEmpty ? nil : resources
            let custom = state.custom.sorted { $0.key < $1.key }.flatMap(\.value)
            state.table = ResourceTable(state.builtIn + custom, generation: state.table.generation + 1)
        }
        changes.notify()
    }
}
