/// How a list behaves as a whole, after `x-kubernetes-list-type`.
public enum ListSemantics: Sendable, Hashable {
    /// Elements have places: equal when the same elements stand in the same order; `+` puts one behind the other.
    case ordered
    /// Equal whatever the order; `+` adds what is not in it yet.
    case set
    /// Elements are objects told apart by these fields (as expressions name them): equal whatever the order; `+` replaces an element
    /// of the same key where it stands and appends the others.
    case keyed([String])
}
