import Glibc
import Kernel
import Testing

/// Data that was recorded from Kubernetes, a line of JSON a case.
enum RecordedLines {
    static func read(_ name: String) throws -> [JSON] {
        let path = "/" + #filePath.split(separator: "/").prefix { $0 != "Tests" }.joined(separator: "/") + "/Tests/Recorded/" + name
        let file = try #require(fopen(path, "r"), "\(path) can't be read")
        defer { fclose(file) }
        var text: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 65_536)
        while true {
            let count = fread(&buffer, 1, buffer.count, file)
            if count == 0 { break }
            text += buffer[..<count]
        }
        return try text.split(separator: 0x0A).map { try JSONParser.parse(Array($0)) }
    }
}
