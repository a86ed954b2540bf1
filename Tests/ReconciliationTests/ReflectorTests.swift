import HTTPMessages
import Kernel
import Kubernetes
import Platform
import Resilience
import Testing

@testable import Reconciliation

/// A collection followed over a real connection: nothing missed, nothing twice, whatever the server does.
struct ReflectorTests {
    /// Answers lists and watches in their order; the queries of the watches are kept.
    private final class Script: Sendable {
        struct State {
            var lists: [HTTPReply]
            var watches: [HTTPReply]
            var watched: [String] = []
            var listed: [String] = []
        }

        private let state: Locked<State>
        init(lists: [HTTPReply], watches: [HTTPReply]) { state = Locked(State(lists: lists, watches: watches)) }

        var watched: [String] { state.withLock { $0.watched } }
        var listed: [String] { state.withLock { $0.listed } }

        func answer(_ request: HTTPRequest) -> HTTPReply {
            let query = Dictionary(uniqueKeysWithValues: (request.query ?? []).map { ($0.name, $0.value) })
            return state.withLock { state in
                if query["watch"] == "true" {
                    state.watched.append(query["resourceVersion"] ?? "none")
                    return state.watches.isEmpty ? .openWatch([]) : state.watches.removeFirst()
                }
                state.listed.append("limit=\(query["limit"] ?? "") continue=\(query["continue"] ?? "")")
                return state.lists.isEmpty ? .failure(500, "InternalError") : state.lists.removeFirst()
            }
        }
    }

    /// What is told, up to so many events.
    private func told(_ count: Int, by script: Script) async throws -> [String] {
        let lines = Locked<[String]>([])
        try await ServerFixture.scripted({ script.answer($0) }) { client in
            let backoff = Backoff(initial: .milliseconds(10), factor: 1, cap: .milliseconds(10), jitter: .none)
            for await event in Reflector(client, widgets, clocks: SystemClocks(), backoff: backoff) {
                let line =
                    switch event {
                    case .snapshot(let list): "snapshot \(list.resourceVersion) [\(list.items.map(\.name.name).joined(separator: " "))]"
                    case .changed(let object): "changed \(object.name.name) \(object.resourceVersion)"
                    case .deleted(let object): "deleted \(object.name.name) \(object.resourceVersion)"
                    case .progress(let version): "progress \(version)"
                    case .trouble(let error, _): "trouble \(String("\(error)".prefix(40)))"
                    }
                lines.withLock { $0.append(line) }
                if lines.withLock({ $0.count }) == count { break }
            }
        }
        return lines.withLock { $0 }
    }

    @Test func aBrokenWatchGoesOnWhereItBroke() async throws {
        let bookmark: JSON = ["kind": "Widget", "metadata": ["resourceVersion": "15"]]
        let script = Script(
            lists: [.json(listed(10, [stored("a", 9)]))],
            watches: [
                .watch([("ADDED", stored("b", 11)), ("BOOKMARK", bookmark)], cut: true),
                .watch([("MODIFIED", stored("a", 16)), ("DELETED", stored("b", 17))]),
                .openWatch([("ADDED", stored("c", 18))]),
            ])
        let lines = try await told(7, by: script).filter { !$0.hasPrefix("trouble") }
        #expect(lines == ["snapshot 10 [a]", "changed b 11", "progress 15", "changed a 16", "deleted b 17", "changed c 18"])
        #expect(script.watched.prefix(3) == ["10", "15", "17"])
        #expect(script.listed.count == 1)
    }

    @Test func aForgottenRevisionMeansListingAgain() async throws {
        let gone: JSON = ["kind": "Status", "code": 410, "reason": "Expired", "message": "too old resource version"]
        let script = Script(
            lists: [.json(listed(10, [stored("a", 9)])), .json(listed(30, [stored("b", 29)]))],
            watches: [.watch([("ERROR", gone)]), .openWatch([("ADDED", stored("c", 31))])])
        let lines = try await told(4, by: script)
        #expect(lines == ["snapshot 10 [a]", "trouble too old resource version", "snapshot 30 [b]", "changed c 31"])
        #expect(script.watched == ["10", "30"])
    }

    @Test func aWatchRefusedWith410MeansListingAgain() async throws {
        let script = Script(
            lists: [.json(listed(10, [])), .json(listed(30, []))], watches: [.failure(410, "Expired"), .openWatch([("ADDED", stored("c", 31))])])
        #expect(try await told(4, by: script) == ["snapshot 10 []", "trouble no", "snapshot 30 []", "changed c 31"])
    }

    @Test func aServerThatIsAwayIsTriedAgain() async throws {
        let script = Script(
            lists: [.failure(500, "InternalError", "a"), .failure(403, "Forbidden", "b"), .json(listed(5, []))], watches: [.openWatch([("ADDED", stored("a", 6))])])
        #expect(try await told(4, by: script) == ["trouble a", "trouble b", "snapshot 5 []", "changed a 6"])
    }

    @Test func pagesMakeOneSnapshot() async throws {
        let script = Script(
            lists: [.json(listed(10, [stored("a", 1)], continuing: "t1")), .json(listed(10, [stored("b", 2)], continuing: "t2")), .json(listed(10, [stored("c", 3)]))],
            watches: [])
        #expect(try await told(1, by: script) == ["snapshot 10 [a b c]"])
        #expect(script.listed == ["limit=500 continue=", "limit=500 continue=t1", "limit=500 continue=t2"])
    }

    @Test func pagesThatExpireAreReadAsOne() async throws {
        let script = Script(
            lists: [
                .json(listed(10, [stored("a", 1)], continuing: "t1")), .failure(410, "Expired"), .json(listed(20, [stored("a", 1), stored("b", 12)])),
            ], watches: [])
        #expect(try await told(1, by: script) == ["snapshot 20 [a b]"])
        #expect(script.listed == ["limit=500 continue=", "limit=500 continue=t1", "limit= continue="])
    }
}
