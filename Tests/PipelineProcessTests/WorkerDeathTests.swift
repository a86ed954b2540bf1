import Glibc
import Kernel
import PipelineJobs
import Resources
import Testing

@testable import PipelineProcess

/// What a parent says of a worker that gave no last word.
@Suite struct WorkerDeathTests {
    private static func limits(scripts: Int64) -> WorkerJob.Limits {
        var limits = WorkerJob.Limits()
        limits.scripts = scripts
        limits.group = 1 << 30
        limits.memory = scripts > 0 ? 8 << 30 : 1 << 30
        return limits
    }

    @Test func endedAtItsBoundIsTooMuchMemoryWithTheFieldToRaise() {
        let death = WorkerDeath(.signaled(SIGKILL), peak: 1 << 30, wasOutOfMemory: true), limits = Self.limits(scripts: 256 << 20)
        #expect(death.isFinal(limits))
        let failure = death.failure(limits)
        #expect(failure["category"] == "resource" && failure["what"]?.string?.contains("too much memory") == true)
        #expect(failure["why"]?.string?.contains("1 GiB") == true && failure["fix"]?.string?.contains("memoryLimit") == true, "\(failure.text)")
        #expect(death.failure(Self.limits(scripts: 0))["fix"]?.string?.contains("rowLimit") == true)
    }

    @Test(arguments: [SIGABRT, SIGSEGV, SIGTRAP, SIGILL, SIGBUS])
    func anEngineThatGetsNoMemoryAborts(signal: Int32) {
        let limits = Self.limits(scripts: 256 << 20)
        #expect(WorkerDeath(.signaled(signal), peak: 900 << 20).isFinal(limits))
        #expect(WorkerDeath(.signaled(signal), peak: 900 << 20).failure(limits)["category"] == "resource")
        // With little memory it is a defect, and may be over the next time.
        #expect(!WorkerDeath(.signaled(signal), peak: 100 << 20).isFinal(limits))
        #expect(WorkerDeath(.signaled(signal), peak: 100 << 20).failure(limits)["category"] == "defect")
    }

    @Test func killedBySomebodyGoesOn() {
        let limits = Self.limits(scripts: 0), death = WorkerDeath(.signaled(SIGKILL), peak: 30 << 20)
        #expect(!death.isFinal(limits) && !WorkerDeath(.exited(3)).isFinal(limits))
        #expect(death.failure(limits)["why"]?.string?.contains("when memory runs out") == true)
    }

    @Test func boundsFollowFromTheDocument() throws {
        func spec(_ steps: String) throws -> DataPipelineSpec {
            try DataPipelineSpec(
                try JSONParser.parse(#"{"source": {"delimited": {"path": "in.csv"}}, "steps": [\#(steps)], "outputs": [{"name": "o", "delimited": {"path": "o.csv"}}]}"#))
        }
        let none = WorkerJob.Limits(try spec(""), threads: 4)
        #expect(none.scripts == 0 && none.group == 1 << 30 && none.memory == 1 << 30)
        let both = WorkerJob.Limits(
            try spec(
                #"{"name": "a", "javascript": {"source": "function transform(r) { return r }", "memoryLimit": "64Mi", "stateless": true}}, {"name": "b", "javascript": {"source": "function transform(r) { return r }", "memoryLimit": "100Mi"}}"#),
            threads: 2)
        #expect(both.scripts == 228 << 20 && both.group == 1 << 30 + 456 << 20)
        var job = WorkerJob(runID: "r", pipeline: "p", startMicroseconds: 0, spec: [:], baseDirectory: "/", workDirectory: "/w")
        job.limits = both
        #expect(WorkerJob(job.json) == job)
    }
}
