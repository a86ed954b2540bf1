import Docker
import Glibc
import Kernel
import Platform
import Telemetry

/// Everything a control plane is told, by flags and environment, checked.
struct Settings: Sendable {
    /// `up` embeds the API server; `manager` works on somebody else's.
    enum Mode: Sendable, Equatable {
        case embedded(listen: Address)
        case manager(kubeconfig: String?)
    }

    let mode: Mode
    let dataDirectory: DataDirectory
    /// Of the HTTP port: metrics, logs, exec, plan.
    let httpListen: Address
    /// nil: the private server in the data directory.
    let databaseURL: String?
    let targets: [TargetSetting]
    let allowances: Allowances
    /// Where the files of pipelines are, a directory for each namespace.
    let pipelineRoot: String
    /// Whom the workers of pipelines become, where nothing else says so and this process is root.
    let pipelineUser: PipelineUser
    /// The addresses of the environments' networks.
    let networkPool: AddressPool
    /// Host names, besides the addresses listened on, that clients may use.
    let hostNames: [String]
    /// `up` only: the API without the controllers.
    let runsControllers: Bool
    let logLevel: LogLevel
    let logFormat: Logger.Format

    static let commonOptions: [OptionSpec] = [
        .value("data-dir", "DIR", "Where keys, the kubeconfig and the private PostgreSQL live. Default: \(DataDirectory.defaultPath)"),
        .value("http-listen", "ADDR:PORT", "Millwright's own HTTPS port: metrics, logs, exec, plan. Default: 127.0.0.1:7080"),
        .value("database-url", "URL", "A PostgreSQL of yours, postgresql://user@host/db. Default: a private server in the data directory. A password goes into MILLWRIGHT_DATABASE_URL or ~/.pgpass, never here."),
        .value("docker-host", "URL", "The Docker engine of target 'local': unix:///path or tcp://host:port. Default: DOCKER_HOST, or unix:///var/run/docker.sock"),
        .value("target", "NAME=docker:URL", repeats: true, "A further engine, for environments with spec.target NAME."),
        .value("pipeline-root", "DIR", "Where pipelines read and write: relative paths of a namespace's pipelines are below DIR/NAMESPACE. Default: pipelines in the data directory"),
        .value("pipeline-user", "USER[:GROUP]", "Started as root: whom the workers of pipelines become where the namespace's directory belongs to root; names or numbers. Never root. Default: nobody"),
        .value("network-pool", "CIDR", "Addresses for the environments' networks, a /24 for each namespace. Default: \(AddressPool.standard)"),
        .value("host-name", "NAME", repeats: true, "A further name that clients reach this server by."),
        .value("log-level", "LEVEL", "debug, info, warn or error. Default: info"),
        .value("log-format", "FORMAT", "json or text. Default: text on a terminal, else json"),
    ] + Allowances.options

    static let upOptions: [OptionSpec] = [
        .value("listen", "ADDR:PORT", "Where the Kubernetes API is served. Default: 127.0.0.1:7443"),
        .flag("without-controllers", "Serves only the API; run the controllers elsewhere with 'millwright manager'."),
    ] + commonOptions

    static let managerOptions: [OptionSpec] = [
        .value("kubeconfig", "FILE", "The cluster. Default: KUBECONFIG, or the service account of the pod we run in.")
    ] + commonOptions

    init(_ arguments: Arguments, embedded: Bool) throws {
        mode = embedded
            ? .embedded(listen: try Address(arguments["listen"] ?? "127.0.0.1:7443", option: "listen"))
            : .manager(kubeconfig: arguments["kubeconfig"] ?? Environ["KUBECONFIG"])
        dataDirectory = try DataDirectory(arguments["data-dir"])
        httpListen = try Address(arguments["http-listen"] ?? "127.0.0.1:7080", option: "http-listen")
        let root = arguments["pipeline-root"] ?? "\(dataDirectory.path)/pipelines"
        guard root.hasPrefix("/") else { throw CommandFailure(ExitStatus.usage, "--pipeline-root: '\(root)' must be an absolute path") }
        pipelineRoot = root
        pipelineUser = try PipelineUser(arguments["pipeline-user"])
        databaseURL = try Self.databaseURL(flag: arguments["database-url"])
        allowances = try Allowances(arguments)
        do throws(AddressPoolError) { networkPool = try AddressPool(flag: arguments["network-pool"] ?? AddressPool.standard) } catch {
            throw CommandFailure(ExitStatus.usage, "--network-pool: \(error)")
        }
        hostNames = arguments.all("host-name")
        runsControllers = !arguments.has("without-controllers")

        var targets = try arguments.all("target").map { try TargetSetting($0) }
        let local = arguments["docker-host"] ?? Environ["DOCKER_HOST"] ?? "unix:///var/run/docker.sock"
        if arguments["docker-host"] != nil || !targets.contains(where: { $0.name == "local" }) {
            targets.insert(TargetSetting(name: "local", place: .docker(url: local)), at: 0)
        }
        for (position, target) in targets.enumerated() where targets[..<position].contains(where: { $0.name == target.name }) {
            throw CommandFailure(ExitStatus.usage, "--target: '\(target.name)' is given twice")
        }
        self.targets = targets

        switch arguments["log-level"] ?? "info" {
        case "debug": logLevel = .debug
        case "info": logLevel = .info
        case "warn", "warning": logLevel = .warning
        case "error": logLevel = .error
        case let other: throw CommandFailure(ExitStatus.usage, "--log-level: '\(other)' is not debug, info, warn or error")
        }
        let standardFormat = isatty(STDERR_FILENO) == 1 ? "text" : "json"
        guard let format = Logger.Format(rawValue: arguments["log-format"] ?? standardFormat) else {
            throw CommandFailure(ExitStatus.usage, "--log-format: '\(arguments["log-format"] ?? "")' is not json or text")
        }
        logFormat = format
    }

    var logger: Logger { Logger(minimum: logLevel, format: logFormat) }

    /// A password on a command line can be read by every user of the machine, so it is refused there.
    private static func databaseURL(flag: String?) throws -> String? {
        guard let flag else { return Environ["MILLWRIGHT_DATABASE_URL"] }
        guard let scheme = flag.firstRange(of: "://"), ["postgres", "postgresql"].contains(flag[..<scheme.lowerBound]) else {
            throw CommandFailure(ExitStatus.usage, "--database-url must begin with postgresql://, as in postgresql://millwright@db.example.com/millwright")
        }
        let authority = flag[scheme.upperBound...].prefix { $0 != "/" && $0 != "?" }
        let user = authority.lastIndex(of: "@").map { authority[..<$0] } ?? ""
        guard !user.contains(":"), !flag.contains("password=") else {
            throw CommandFailure(
                ExitStatus.usage,
                "--database-url holds a password, which every user of this machine could read in the process list: put the URL into the environment variable MILLWRIGHT_DATABASE_URL, or the password into ~/.pgpass")
        }
        return flag
    }
}
