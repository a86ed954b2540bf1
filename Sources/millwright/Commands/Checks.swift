import Docker
import EventLoop
import Glibc
import Guards
import Kubernetes
import Platform
import Postgres

/// The doctor's checks: each looks at one thing and changes nothing.
enum Checks {
    typealias Check = @Sendable () async -> Finding

    static func all(_ settings: Settings) -> [Check] {
        var checks: [Check] = [{ dataDirectory(settings.dataDirectory) }, { space(settings.dataDirectory) }]
        checks.append { settings.databaseURL == nil ? privateDatabase() : await database(settings) }
        for target in settings.targets { checks.append { await engine(target) } }
        checks.append { kubectl() }
        if case .embedded(let listen) = settings.mode { checks.append { port(listen, "listen", settings) } }
        checks.append { port(settings.httpListen, "http-listen", settings) }
        checks.append { await server(settings.dataDirectory) }
        return checks
    }

    private static func dataDirectory(_ directory: DataDirectory) -> Finding {
        let what = "data directory"
        let path = existing(directory.path)
        guard access(path, W_OK | X_OK) == 0 else {
            return Finding(level: .bad, what: what, found: "\(path) can't be written", fix: "choose another by --data-dir, or change its owner: chown $(id -u) \(path)")
        }
        return Finding(level: .good, what: what, found: Files.exists(directory.path) ? directory.path : "\(directory.path), to be made")
    }

    /// The path, or the nearest directory above it that is there.
    private static func existing(_ path: String) -> String {
        var path = path
        while !Files.exists(path), path.count > 1 { path = "/" + path.split(separator: "/").dropLast().joined(separator: "/") }
        return path
    }

    private static func space(_ directory: DataDirectory) -> Finding {
        let path = existing(directory.path)
        var info = statvfs()
        guard statvfs(path, &info) == 0 else { return Finding(level: .doubtful, what: "disk space", found: "unknown", fix: "see df -h \(path)") }
        let free = Int64(clamping: info.f_bavail).multipliedReportingOverflow(by: Int64(clamping: info.f_frsize)).partialValue
        let found = "\(free >> 30) GiB free"
        return free < 1 << 30
            ? Finding(level: .doubtful, what: "disk space", found: found, fix: "the database and images need room: free some on the disk of \(path)")
            : Finding(level: .good, what: "disk space", found: found)
    }

    private static func privateDatabase() -> Finding {
        let versions = (try? Files.list("/usr/lib/postgresql"))?.filter { Files.exists("/usr/lib/postgresql/\($0)/bin/initdb") } ?? []
        guard let newest = versions.compactMap({ Int($0) }).max() else {
            return Finding(level: .bad, what: "PostgreSQL", found: "no server programs", fix: "apt-get install postgresql, or name a server of yours by --database-url")
        }
        return Finding(level: .good, what: "PostgreSQL", found: "version \(newest), run privately")
    }

    private static func database(_ settings: Settings) async -> Finding {
        let what = "PostgreSQL"
        do {
            let loop = try EventLoop()
            try loop.start(name: "event-loop")
            let endpoint = try PostgresEndpoint(url: settings.databaseURL ?? "")
            let connector = PostgresConnector(endpoint: endpoint, loop: loop, guards: PostgresGuards(registry: GuardRegistry()))
            let connection = try await connector.connect()
            await connection.close()
            return Finding(level: .good, what: what, found: "\(endpoint) answers")
        } catch {
            return Finding(level: .bad, what: what, found: "can't be reached", fix: "\(error)")
        }
    }

    private static func engine(_ target: TargetSetting) async -> Finding {
        let what = "target \(target.name)"
        guard case .docker(let url) = target.place else {
            return Finding(level: .doubtful, what: what, found: "Kubernetes", fix: "environments run on Docker targets in this release")
        }
        do {
            let loop = try EventLoop()
            try loop.start(name: "event-loop")
            let endpoint = try DockerEndpoint(url, environment: Environ.all)
            let info = try await DockerClient(target: target.name, endpoint: endpoint, loop: loop, guards: GuardRegistry()).info()
            return Finding(level: .good, what: what, found: "Docker \(info.version) at \(endpoint)")
        } catch {
            return Finding(level: .bad, what: what, found: "no engine answers at \(url)", fix: "\(error)")
        }
    }

    private static func kubectl() -> Finding {
        let path = (Environ["PATH"] ?? "").split(separator: ":").map { "\($0)/kubectl" }.first { (path: String) in access(path, X_OK) == 0 }
        guard let path else {
            return Finding(level: .doubtful, what: "kubectl", found: "not on the PATH", fix: "apt-get install kubernetes-client; Millwright runs without it, but it is how people talk to it")
        }
        return Finding(level: .good, what: "kubectl", found: path)
    }

    private static func port(_ address: Address, _ option: String, _ settings: Settings) -> Finding {
        let what = "port of --\(option)"
        guard address.port != 0, !isFree(address) else { return Finding(level: .good, what: what, found: "\(address) is free") }
        return isHeld(settings.dataDirectory.lock)
            ? Finding(level: .good, what: what, found: "\(address) is in use, by this Millwright as it seems")
            : Finding(level: .bad, what: what, found: "\(address) is in use", fix: "stop what listens there (ss -ltnp 'sport = :\(address.port)' shows it), or choose another by --\(option)")
    }

    /// Whether a running Millwright holds the lock of the data directory.
    private static func isHeld(_ lock: String) -> Bool {
        guard Files.exists(lock) else { return false }
        do { return try FileLock(path: lock) == nil } catch { return false }
    }

    private static func isFree(_ address: Address) -> Bool {
        let family = address.host.contains(":") ? AF_INET6 : AF_INET
        let descriptor = socket(family, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        guard descriptor >= 0 else { return true }
        defer { close(descriptor) }
        var on: Int32 = 1
        setsockopt(descriptor, SOL_SOCKET, SO_REUSEADDR, &on, socklen_t(MemoryLayout<Int32>.size))
        let port = in_port_t(truncatingIfNeeded: address.port).bigEndian
        func bound(_ pointer: UnsafeRawPointer, _ length: Int) -> Bool {
            bind(descriptor, pointer.assumingMemoryBound(to: sockaddr.self), socklen_t(length)) == 0 || errno != EADDRINUSE
        }
        if family == AF_INET6 {
            var name = sockaddr_in6()
            name.sin6_family = sa_family_t(AF_INET6)
            name.sin6_port = port
            inet_pton(AF_INET6, address.host, &name.sin6_addr)
            return bound(&name, MemoryLayout<sockaddr_in6>.size)
        }
        var name = sockaddr_in()
        name.sin_family = sa_family_t(AF_INET)
        name.sin_port = port
        inet_pton(AF_INET, address.host, &name.sin_addr)
        return bound(&name, MemoryLayout<sockaddr_in>.size)
    }

    private static func server(_ directory: DataDirectory) async -> Finding {
        let what = "this Millwright"
        guard Files.exists(directory.kubeconfig) else { return Finding(level: .good, what: what, found: "not started yet on \(directory.path)") }
        do {
            let loop = try EventLoop()
            try loop.start(name: "event-loop")
            let connection = try Kubeconfig(paths: [directory.kubeconfig]).connection()
            _ = try await KubernetesClient(transport: HTTPKubernetesTransport(connection, loop: loop), guards: GuardRegistry()).raw("GET", "/version")
            return Finding(level: .good, what: what, found: "serves on \(connection.host):\(connection.port)")
        } catch {
            return Finding(level: .doubtful, what: what, found: "does not answer", fix: "start it: millwright up; if it runs, its log says more (\(error))")
        }
    }
}
