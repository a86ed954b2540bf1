import Foundation

/// Runs a program to its end.
enum Command {
    struct Failed: Error, CustomStringConvertible { let description: String }

    @discardableResult
    static func run(_ path: String, _ arguments: [String], input: [UInt8] = []) throws -> String {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: path)
        process.arguments = arguments
        let directory = FileManager.default.temporaryDirectory.appendingPathComponent("mwt-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: directory) }
        let (incoming, outgoing) = (directory.appendingPathComponent("in"), directory.appendingPathComponent("out"))
        try Data(input).write(to: incoming)
        try Data().write(to: outgoing)
        process.standardInput = try FileHandle(forReadingFrom: incoming)
        process.standardOutput = try FileHandle(forWritingTo: outgoing)
        process.standardError = process.standardOutput
        try process.run()
        process.waitUntilExit()
        let output = String(decoding: try Data(contentsOf: outgoing), as: UTF8.self)
        guard process.terminationStatus == 0 else { throw Failed(description: "\(path) \(arguments): \(output)") }
        return output
    }
}
