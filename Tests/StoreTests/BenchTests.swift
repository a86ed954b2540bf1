import Kernel
import Platform
import Postgres
import Store
import Testing

@Suite("bench", .server, .serialized)
struct BenchTests {
    @Test func throughput() async throws {
        let endpoint = try await TestServer.required.makeDatabase(TestLoop.shared)
        try await TestStore.with(endpoint) { store in
            let clocks = SystemClocks()
            for i in 0..<50 { _ = try await store.commit(TestStore.create("warm-\(i)")) }
            var times: [Duration] = []
            for i in 0..<500 {
                let t = clocks.monotonic
                _ = try await store.commit(TestStore.create("seq-\(i)", String(repeating: "x", count: 1000)))
                times.append(clocks.monotonic - t)
            }
            times.sort()
            print("sequential p50 \(times[250]) p99 \(times[495])")
            for writers in [8, 64] {
            let start = clocks.monotonic
            try await withThrowingTaskGroup(of: Void.self) { group in
                for w in 0..<writers { group.addTask { for i in 0..<(8000 / writers) { _ = try await store.commit(TestStore.create("par\(writers)-\(w)-\(i)", String(repeating: "x", count: 1000))) } } }
                try await group.waitForAll()
            }
            let took = clocks.monotonic - start
            print("\(writers) writers: \(8000 / took.inSeconds) creates/s")
            }
        }
    }
}
