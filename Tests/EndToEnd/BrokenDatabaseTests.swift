import Foundation
import Kernel
import TestSupport
import Testing

/// A private PostgreSQL that can't come up: said what is wrong and what to do, and the command ends.
@Suite(.serialized, .enabled(if: Capability.allThere)) struct BrokenDatabaseTests {
    @Test func aDatabaseThatNeverComesUpEndsTheCommandWithWhatToDo() throws {
        let installation = try Installation("broken")
        defer { installation.tearDown() }
        try installation.start()
        #expect(try installation.stop() == 0)
        let postgres = "\(installation.dataDirectory)/postgres"
        // What a disk that lost a block may do.
        try FileManager.default.removeItem(atPath: "\(postgres)/data/global/pg_control")
        let ended = try Shell.run(
            Installation.binary, ["up", "--data-dir", installation.dataDirectory, "--listen", "127.0.0.1:\(try Installation.freePort())", "--http-listen", "127.0.0.1:\(try Installation.freePort())"], seconds: 60)
        #expect(ended.status == 78, "\(ended.all)")
        #expect(ended.all.contains("pg_control") && ended.all.contains("never came up") && ended.all.contains("restore \(postgres) from a backup"), "\(ended.all)")
    }
}
