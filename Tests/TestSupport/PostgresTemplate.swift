import Glibc
import Platform
import Postgres

/// A database made once for the process and copied, as making one takes seconds on a busy disk.
public enum PostgresTemplate {
    private static let directory: Result<TemporaryDirectory, any Error> = Result {
        let directory = try TemporaryDirectory()
        leftover.withLock { $0 = directory }
        atexit { PostgresTemplate.leftover.withLock { $0 }?.remove() }
        _ = try PrivateServer(directory: directory.path + "/postgres", logger: .disabled).prepare()
        return directory
    }
    private static let leftover = Locked<TemporaryDirectory?>(nil)

    /// A prepared directory, `postgres` in the one given.
    public static func copy(to target: TemporaryDirectory) throws {
        let output = try Programs.run(["/bin/cp", "-a", try directory.get().path + "/postgres", target.path + "/postgres"])
        guard output.isEmpty else { throw PostgresServer.Failure(description: output) }
    }
}
