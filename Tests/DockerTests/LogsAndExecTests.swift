import Kernel
import TestSupport
import Testing

@testable import Docker

/// Against the real engine.
@Suite(.enabled(if: Capability.docker), .serialized) struct LogsAndExecTests {
    @Test func logsKeepTheirSourceOrderAndTime() async throws {
        try await EngineFixture.with { engine in
            let client = engine.client
            let script = "echo one; echo two >&2; echo; printf 'three\\r\\n'; printf 'no end'"
            let created = try await client.createContainer(name: engine.prefix, engine.spec(script))
            try await client.startContainer(created.id)
            #expect(try await client.waitContainer(created.id) == 0)
            let all = try await collect(try await client.logs(created.id, EngineLogOptions(timestamps: true)))
            #expect(all.filter { $0.source == .output }.map(\.line) == ["one", "", "three", "no end"])
            #expect(all.filter { $0.source == .error }.map(\.line) == ["two"])
            #expect(all.allSatisfy { $0.time != nil })
            #expect(try await client.logTail(created.id, lines: 1).map(\.line) == ["no end"])
            let times = all.compactMap(\.time).sorted()
            let later = try #require(times.last) + .seconds(1)
            #expect(try await collect(try await client.logs(created.id, EngineLogOptions(since: later))).isEmpty)
        }
    }

    @Test func followingGoesOnUntilTheContainerEnds() async throws {
        try await EngineFixture.with { engine in
            let client = engine.client
            let created = try await client.createContainer(name: engine.prefix, engine.spec("echo up; trap 'echo bye; exit 3' TERM; while true; do sleep 1 & wait $!; done"))
            try await client.startContainer(created.id)
            let stream = try await client.logs(created.id, EngineLogOptions(follow: true))
            #expect(try await stream.next()?.line == "up")
            try await client.killContainer(created.id, signal: "SIGTERM")
            #expect(try await stream.next()?.line == "bye")
            #expect(try await stream.next() == nil)
            #expect(try await client.waitContainer(created.id) == 3)
        }
    }

    @Test func aSilentLogOpensAndCanBeLeft() async throws {
        try await EngineFixture.with { engine in
            let created = try await engine.client.createContainer(name: engine.prefix, engine.spec())
            try await engine.client.startContainer(created.id)
            let stream = try await engine.client.logs(created.id, EngineLogOptions(follow: true))
            let reading = Task { try await stream.next() }
            stream.cancel()
            let error = await #expect(throws: DockerError.self) { _ = try await reading.value }
            #expect(error == .cancelled)
        }
    }

    @Test func aTerminalsLogHasNoFrames() async throws {
        try await EngineFixture.with { engine in
            var spec = engine.spec("echo out; echo err >&2")
            spec.isTTY = true
            let created = try await engine.client.createContainer(name: engine.prefix, spec)
            try await engine.client.startContainer(created.id)
            _ = try await engine.client.waitContainer(created.id)
            let lines = try await engine.client.logTail(created.id, lines: 10)
            #expect(lines == [EngineLogEntry(source: .output, line: "out"), EngineLogEntry(source: .output, line: "err")])
        }
    }

    /// Twenty megabytes while nobody reads: they wait in the engine, not in us.
    @Test func aFloodOfLogsWaitsForItsReader() async throws {
        try await EngineFixture.with { engine in
            let created = try await engine.client.createContainer(name: engine.prefix, engine.spec("yes \(String(repeating: "x", count: 400)) | head -c 20000000"))
            try await engine.client.startContainer(created.id)
            _ = try await engine.client.waitContainer(created.id)
            let before = residentBytes()
            let stream = try await engine.client.logs(created.id, EngineLogOptions())
            var count = 0
            while let entry = try await stream.next() { count += entry.line.utf8.count + 1 }
            #expect(abs(count - 20_000_000) <= 1)
            #expect(residentBytes() - before < 15_000_000)
        }
    }

    @Test func aCommandRunsToItsEnd() async throws {
        try await EngineFixture.with { engine in
            let client = engine.client
            let created = try await client.createContainer(name: engine.prefix, engine.spec())
            try await client.startContainer(created.id)
            let spec = EngineExecSpec(["/bin/sh", "-c", "echo out $A; echo err >&2; exit 7"], env: ["A=b c"])
            let result = try await client.execute(created.id, spec, limit: 1000)
            #expect(result == EngineExecResult(exitCode: 7, output: Array("out b c\n".utf8), errorOutput: Array("err\n".utf8)))
            let much = try await client.execute(created.id, EngineExecSpec(["/bin/sh", "-c", "yes | head -c 1000000"]), limit: 1000)
            #expect(much.output.count == 1000 && much.isCut && much.exitCode == 0)
            let missing = try? await client.execute(created.id, EngineExecSpec(["/bin/nope"]), limit: 1000)
            #expect(missing == nil || missing?.exitCode == 126 || missing?.exitCode == 127)
            try await client.stopContainer(created.id, grace: .seconds(5))
            let error = await #expect(throws: DockerError.self) { _ = try await client.execute(created.id, spec, limit: 10) }
            guard case .conflict? = error else {
                Issue.record("conflict was expected, \(String(describing: error)) came")
                return
            }
        }
    }

    @Test func aCommandThatNeverEndsMeetsItsDeadline() async throws {
        try await EngineFixture.with { engine in
            let created = try await engine.client.createContainer(name: engine.prefix, engine.spec())
            try await engine.client.startContainer(created.id)
            let error = await #expect(throws: DockerError.self) {
                _ = try await engine.client.within(.milliseconds(300)).execute(created.id, EngineExecSpec(["/bin/sleep", "1000"]), limit: 10)
            }
            guard case .outcomeUnknown? = error else {
                Issue.record("outcomeUnknown was expected, \(String(describing: error)) came")
                return
            }
            // Also one that never falls silent; and neither speaks against the engine.
            let chatty = await #expect(throws: DockerError.self) {
                _ = try await engine.client.within(.milliseconds(500)).execute(created.id, EngineExecSpec(["/bin/yes"]), limit: 10)
            }
            #expect(chatty.map { "\($0)".contains("goes on in the container") } == true)
            #expect(engine.guards.snapshots.allSatisfy { $0.tally.failures == 0 })
        }
    }

    @Test func aCommandWithItsStreamsOpen() async throws {
        try await EngineFixture.with { engine in
            let client = engine.client
            let created = try await client.createContainer(name: engine.prefix, engine.spec())
            try await client.startContainer(created.id)
            let session = try await client.startExec(created.id, EngineExecSpec(["/bin/sh", "-c", "cat; echo done >&2; exit 4"], attachesStandardInput: true))
            #expect(try await session.exitCode() == nil)
            try await session.write(Array("hello\n".utf8))
            #expect(try await session.output.next() == EngineOutput(source: .output, bytes: Array("hello\n".utf8)))
            let large = [UInt8](repeating: UInt8(ascii: "x"), count: 1_000_000)
            async let writing: Void = {
                try await session.write(large)
                await session.closeInput()
            }()
            var (count, errors) = (0, [UInt8]())
            while let piece = try await session.output.next() {
                switch piece.source {
                case .output: count += piece.bytes.count
                case .error: errors += piece.bytes
                }
            }
            try await writing
            #expect(count == 1_000_000 && errors == Array("done\n".utf8))
            try await eventually("the exit code is known") { try await session.exitCode() == 4 }
            await session.close()
        }
    }

    @Test func aCommandOnATerminal() async throws {
        try await EngineFixture.with { engine in
            let client = engine.client
            let created = try await client.createContainer(name: engine.prefix, engine.spec())
            try await client.startContainer(created.id)
            let session = try await client.startExec(created.id, EngineExecSpec(["/bin/sh"], isTTY: true, attachesStandardInput: true))
            try await session.resize(columns: 123, rows: 45)
            try await session.write(Array("stty size; exit 6\n".utf8))
            var text = ""
            while let piece = try await session.output.next() { text += String(decoding: piece.bytes, as: UTF8.self) }
            #expect(text.contains("45 123"), "\(text)")
            try await eventually("the exit code is known") { try await session.exitCode() == 6 }
            await session.close()
            let error = await #expect(throws: DockerError.self) { _ = try await client.startExec(engine.prefix + "-none", EngineExecSpec(["/bin/sh"])) }
            guard case .notFound? = error else {
                Issue.record("notFound was expected, \(String(describing: error)) came")
                return
            }
        }
    }

    private func collect(_ stream: EngineStream<EngineLogEntry>) async throws -> [EngineLogEntry] {
        var entries: [EngineLogEntry] = []
        while let entry = try await stream.next() { entries.append(entry) }
        return entries
    }
}
