import Expressions
import Glibc

/// The files of vectors, in .cache/ of the repository.
enum ConformanceVectors {
    struct Missing: Error, CustomStringConvertible {
        let description: String
    }

    static func all() throws -> [ConformanceVector] {
        let root = "/" + #filePath.split(separator: "/").prefix { $0 != "Tests" }.joined(separator: "/")
        let directory = root + "/.cache/cel-conformance"
        let names = files(in: directory).filter { $0.hasSuffix(".textproto") }.sorted()
        guard names.count >= 25 else {
            throw Missing(description: "CEL's conformance vectors are not in \(directory): run hack/setup --for test, which fetches them")
        }
        return try names.flatMap { name in
            do {
                return try ConformanceVector.read(try bytes(of: directory + "/" + name))
            } catch {
                throw Missing(description: "\(name): \(error)")
            }
        }
    }

    private static func files(in directory: String) -> [String] {
        guard let stream = opendir(directory) else { return [] }
        defer { closedir(stream) }
        var names: [String] = []
        while let entry = readdir(stream) {
            names.append(withUnsafePointer(to: entry.pointee.d_name) { $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) } })
        }
        return names
    }

    private static func bytes(of path: String) throws -> [UInt8] {
        guard let file = fopen(path, "r") else { throw Missing(description: "\(path) can't be read") }
        defer { fclose(file) }
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 65_536)
        while true {
            let count = fread(&buffer, 1, buffer.count, file)
            if count == 0 { return bytes }
            bytes += buffer[..<count]
        }
    }
}
