import Glibc
import Kernel
import Kubernetes
import Platform
import Testing

/// A variable of the environment; nil when it is unset or empty.
func environment(_ name: String) -> String? { Environ[name] }

/// Removes a directory that a test made, and the files in it.
func removeTree(_ directory: String) throws {
    for name in try Files.list(directory) { unlink("\(directory)/\(name)") }
    guard rmdir(directory) == 0 else { throw SystemError.last("remove \(directory)") }
}

/// What the call is refused with; nil when it succeeds.
func refusal(_ body: () async throws -> Void) async -> KubernetesError? {
    do { try await body() } catch let error as KubernetesError { return error } catch { Issue.record("\(error)") }
    return nil
}

extension KubernetesError {
    /// The case, without what it carries.
    var name: String { String("\(Mirror(reflecting: self).children.first?.label ?? "cancelled")") }

    var causes: [FieldError] {
        switch self {
        case .invalid(_, let causes), .conflict(_, let causes): causes
        default: []
        }
    }
}
