import Glibc
import Platform
import TestSupport
import Testing

/// Links that somebody puts where this process writes, gives away and removes lead nowhere.
@Suite struct OpenDirectoryTests {
    private func names(_ path: String) throws -> [String] { try Files.list(path) }

    @Test func aFileReplacesALinkOfItsName() throws {
        let place = try TemporaryDirectory()
        defer { place.remove() }
        try Files.write([1], to: "\(place.path)/target", mode: 0o600)
        try #require(symlink("target", "\(place.path)/report") == 0)
        let directory = try OpenDirectory(place.path)
        try directory.write([2, 3], to: "report", mode: 0o640)
        #expect(try Files.read("\(place.path)/target") == [1])
        #expect(try Files.read("\(place.path)/report") == [2, 3])
        var info = stat()
        #expect(lstat("\(place.path)/report", &info) == 0 && info.st_mode == S_IFREG | 0o640)
        #expect(try names(place.path) == ["report", "target"])
    }

    @Test func aDirectoryThatIsALinkIsRefused() throws {
        let place = try TemporaryDirectory()
        defer { place.remove() }
        try Files.makeDirectory("\(place.path)/elsewhere", mode: 0o755)
        try #require(symlink("elsewhere", "\(place.path)/reports") == 0)
        let directory = try OpenDirectory(place.path)
        #expect(throws: SystemError.self) { try directory.directory("reports", mode: 0o755).write([1], to: "x", mode: 0o644) }
        #expect(try names("\(place.path)/elsewhere").isEmpty)
        // One that isn't there is made, one that is is taken.
        for _ in 0..<2 { try directory.directory("own", mode: 0o755).write([1], to: "x", mode: 0o644) }
        #expect(try names("\(place.path)/own") == ["x"])
    }

    /// The path may lead elsewhere by the time something is written.
    @Test func itStaysTheSameDirectoryWhenItsPathIsTaken() throws {
        let place = try TemporaryDirectory()
        defer { place.remove() }
        for name in ["mine", "theirs"] { try Files.makeDirectory("\(place.path)/\(name)", mode: 0o755) }
        let directory = try OpenDirectory("\(place.path)/mine")
        try #require(rename("\(place.path)/mine", "\(place.path)/moved") == 0 && symlink("theirs", "\(place.path)/mine") == 0)
        try directory.write([1], to: "x", mode: 0o644)
        #expect(try names("\(place.path)/moved") == ["x"] && names("\(place.path)/theirs").isEmpty)
    }

    @Test func whatLinksLeadToIsNotRemoved() throws {
        let place = try TemporaryDirectory()
        defer { place.remove() }
        try Files.makeDirectory("\(place.path)/kept", mode: 0o755)
        try Files.write([1], to: "\(place.path)/kept/file", mode: 0o600)
        try Files.makeDirectory("\(place.path)/tree/inner/empty", mode: 0o755)
        try Files.write([1], to: "\(place.path)/tree/inner/file", mode: 0o600)
        try #require(symlink("../../kept", "\(place.path)/tree/inner/link") == 0 && symlink("tree", "\(place.path)/other") == 0)
        OpenDirectory.removeTree("\(place.path)/other")
        #expect(try names(place.path) == ["kept", "tree"])
        OpenDirectory.removeTree("\(place.path)/tree")
        OpenDirectory.removeTree("\(place.path)/nothing")
        #expect(try names(place.path) == ["kept"] && names("\(place.path)/kept") == ["file"])
    }

    @Test(.enabled(if: Capability.root)) func whatLinksLeadToIsNotGivenAway() throws {
        let place = try TemporaryDirectory()
        defer { place.remove() }
        try Files.write([1], to: "\(place.path)/kept", mode: 0o600)
        try Files.makeDirectory("\(place.path)/tree/inner", mode: 0o755)
        try Files.write([1], to: "\(place.path)/tree/inner/file", mode: 0o600)
        try #require(symlink("../kept", "\(place.path)/tree/link") == 0)
        try OpenDirectory("\(place.path)/tree").give(to: (64_250, 64_251))
        for (name, uid) in [("kept", 0), ("tree", 64_250), ("tree/inner", 64_250), ("tree/inner/file", 64_250), ("tree/link", 64_250)] as [(String, uid_t)] {
            var info = stat()
            #expect(lstat("\(place.path)/\(name)", &info) == 0 && info.st_uid == uid, "\(name): \(info.st_uid)")
        }
    }
}
