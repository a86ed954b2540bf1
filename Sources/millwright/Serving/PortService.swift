import HTTPServer
import Reconciliation
import ServiceKit

/// A listening port as services of a group: bound before anything else starts, so that a port in use is said at once; drained when it
/// is stopped.
struct PortService {
    let name: String
    let server: HTTPServer

    /// - Parameter option: the flag that chooses another address.
    /// - Returns: the port, also when 0 was asked for.
    static func bind(_ server: HTTPServer, _ address: Address, option: String) async throws -> Int {
        do { return try await server.start() } catch {
            throw CommandFailure(
                ExitStatus.configuration, "\(error) (--\(option))")
        }
    }

    var services: [any Service] {
        GracefulService(name) { stop, ready in
            ready()
            await withTaskGroup(of: Void.self) { group in
                group.addTask { await server.run() }
                group.addTask {
                    await stop.wait()
                    await server.drain(grace: .seconds(10))
                }
                await group.next()
                group.cancelAll()
            }
        }.services
    }
}
