import Docker
import Foundation

/// A small web server of busybox that answers /StatusPing, made on the engine once and left there for the next run.
enum DemoImage {
    static func ensure(on engine: some ContainerEngine, _ reference: String) async throws {
        if try await engine.imageIfPresent(reference) != nil { return }
        let binary = [UInt8](try Data(contentsOf: URL(fileURLWithPath: "/bin/busybox")))
        var entries = ["bin", "etc", "www"].map { TarEntry($0, .directory, mode: 0o755) }
        entries += ["tmp", "data"].map { TarEntry($0, .directory, mode: 0o1777) }
        entries.append(TarEntry("bin/busybox", .file(binary), mode: 0o755))
        for name in ["sh", "httpd", "sleep", "cat", "echo", "ls", "env", "wget", "touch", "id", "stat", "true", "false", "rm"] {
            entries.append(TarEntry("bin/\(name)", .symbolicLink(target: "busybox"), mode: 0o777))
        }
        entries.append(TarEntry("www/StatusPing", .file(Array(#"{"state":"RUNNING"}"#.utf8))))
        _ = try await engine.importImage(
            tar: TarWriter.archive(entries), reference: reference,
            changes: [#"CMD ["httpd","-f","-p","8088","-h","/www"]"#, "ENV PATH=/bin", "EXPOSE 8088"])
    }
}
