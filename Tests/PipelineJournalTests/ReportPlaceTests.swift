import Glibc
import Kernel
import PipelineReports
import Platform
import Reconciliation
import TestSupport
import Testing

@testable import DataPipelineEffects

/// Reports are written into a directory that belongs to whoever the namespace's is: as root, in that user's name.
@Suite struct ReportPlaceTests {
    private static let owner: uid_t = 64_260
    private let facts = RunReport.Facts(
        pipeline: "p", namespace: "ns", run: "r", version: "1", revision: "x", started: Timestamp(seconds: 0), ended: Timestamp(seconds: 1), attempts: 1)

    private func place() throws -> (TemporaryDirectory, PipelinePlaces) {
        let directory = try TemporaryDirectory()
        try Files.makeDirectory("\(directory.path)/ns", mode: 0o755)
        if geteuid() == 0 { try #require(chmod(directory.path, 0o755) == 0 && chown("\(directory.path)/ns", Self.owner, Self.owner) == 0) }
        return (directory, PipelinePlaces(root: directory.path, allowed: []))
    }

    private func write(_ places: PipelinePlaces) throws -> String {
        try RunReportFiles.write(facts, ["outcome": "Succeeded"], of: NamespacedName(namespace: "ns", name: "r"), in: places)
    }

    @Test func aReportIsItsNamespacesOwners() throws {
        let (directory, places) = try place()
        defer { directory.remove() }
        let written = try write(places)
        #expect(written == "\(directory.path)/ns/.reports/r")
        #expect(try Files.list(written) == ["report.csv", "report.html", "report.json"])
        var info = stat()
        for path in [written, "\(written)/report.json"] { #expect(stat(path, &info) == 0 && info.st_uid == (geteuid() == 0 ? Self.owner : geteuid())) }
        #expect(geteuid() == 0 ? geteuid() == 0 && access("/root", W_OK) == 0 : true, "this process is itself again")
        // Again, over what is there, and gone with the run.
        _ = try write(places)
        try places.removeReport(written)
        #expect(try Files.list("\(directory.path)/ns/.reports").isEmpty)
    }

    /// To root's directory: neither the directory's own place nor a report's nor a file's leads there.
    @Test(arguments: [".reports", ".reports/r", ".reports/r/report.json"]) func aPlantedLinkLeadsNowhere(_ planted: String) throws {
        let (directory, places) = try place()
        defer { directory.remove() }
        try Files.makeDirectory("\(directory.path)/roots/r", mode: 0o755)
        try Files.write([1], to: "\(directory.path)/roots/r/report.json", mode: 0o644)
        if planted != ".reports" { _ = try write(places) }
        let path = "\(directory.path)/ns/\(planted)"
        OpenDirectory.removeTree(path)
        let target = "\(directory.path)/roots" + planted.dropFirst(".reports".count)
        try #require(symlink(target, path) == 0)
        if planted.hasSuffix(".json") { _ = try write(places) } else { #expect(throws: SystemError.self) { try write(places) } }
        do throws(SystemError) { try places.removeReport("\(directory.path)/ns/.reports/r") } catch { #expect(planted == ".reports") }
        #expect(try Files.list("\(directory.path)/roots/r") == ["report.json"])
        #expect(try Files.read("\(directory.path)/roots/r/report.json") == [1])
    }

    @Test func onlyReportsAreRemoved() throws {
        let (directory, places) = try place()
        defer { directory.remove() }
        let written = try write(places)
        for path in ["/etc", "\(directory.path)/ns", "\(directory.path)/ns/.reports", "\(directory.path)/ns/.reports/..", "\(directory.path)/ns/.reports/r/report.json", "\(written)/"] {
            try places.removeReport(path)
        }
        #expect(try Files.list(written).count == 3)
    }
}
