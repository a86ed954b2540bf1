import Confinement
import DataPipelineEffects
import Glibc
import Kernel
import PipelineJobs
import Platform
import Resources
import TimeZoneDatabase

/// Who a run without a server is, when root gives the command: scripts never run with root's rights.
///
/// The first of these that is there: `--pipeline-user`; who called sudo; the owner of `--root`. Where that is root's own directory, the files are root's,
/// and nobody else could use them: the worker stays root, but can change files of the run's own places only, and has no other of root's rights. Where the
/// kernel can't hold it to that, it becomes nobody.
struct PipelineIdentity {
    /// nil: the one of this process.
    let user: FileIdentity.User?
    /// Said on the terminal; nil: nothing is other than one thinks.
    let note: String?
    /// The worker stays root, and is held to its places.
    let isConfined: Bool

    init(_ arguments: Arguments) throws {
        guard geteuid() == 0 else {
            if let flag = arguments["pipeline-user"] {
                let named = try PipelineUser(flag)
                guard named.uid == geteuid() else {
                    throw CommandFailure(ExitStatus.usage, "--pipeline-user: only root can become '\(flag)'; leave it out, or give the command with sudo")
                }
            }
            self.init(nil)
            return
        }
        let root = arguments["root"] ?? "."
        if let flag = arguments["pipeline-user"] {
            let named = try PipelineUser(flag)
            // Whoever named it knows it.
            self.init((named.uid, named.gid))
        } else if let caller = Self.caller {
            self.init(caller, "who called sudo")
        } else if let owner = Self.owner(root), owner.uid != 0 {
            self.init((owner.uid, owner.gid == 0 ? PipelinePlaces.nobody.gid : owner.gid), "who owns \(root == "." ? "this directory" : root)")
        } else if Confinement.isAvailable {
            self.init(nil, isConfined: true)
        } else {
            self.init(PipelinePlaces.nobody, "as this kernel can't confine root's")
        }
    }

    private init(_ user: FileIdentity.User?, _ why: String? = nil, isConfined: Bool = false) {
        self.user = user
        self.isConfined = isConfined
        note = user.flatMap { user in
            why.map { "the worker runs as \(Self.name(user.uid)), \($0): it reads and writes with that user's rights (--pipeline-user names another)" }
        }
    }

    /// As sudo says it, when that fits this machine's users.
    private static var caller: FileIdentity.User? {
        guard let uid = Environ["SUDO_UID"].flatMap({ UInt32($0) }), let gid = Environ["SUDO_GID"].flatMap({ UInt32($0) }), uid != 0, gid != 0, uid != .max, gid != .max, let entry = getpwuid(uid)
        else { return nil }
        if let name = Environ["SUDO_USER"], name != String(cString: entry.pointee.pw_name) { return nil }
        return (uid, gid)
    }

    private static func owner(_ path: String) -> FileIdentity.User? {
        var info = stat()
        return stat(path, &info) == 0 ? (info.st_uid, info.st_gid) : nil
    }

    /// Of whom it becomes; nil: nobody else.
    var name: String? { user.map { Self.name($0.uid) } }

    /// `alice (1000)`
    private static func name(_ uid: UInt32) -> String { getpwuid(uid).map { "\(String(cString: $0.pointee.pw_name)) (\(uid))" } ?? "user \(uid)" }

    /// Does something with files of the run in its user's name.
    func run<Result>(_ body: () throws -> Result) throws -> Result { try FileIdentity.with(user, body) }

    /// Makes the job's worker be who it is to be.
    func bind(_ job: inout WorkerJob) throws {
        job.limits.user = user
        job.limits.places = isConfined ? try Self.places(job) : nil
    }

    /// The nearest directories that are there above what the job writes: others are made below them.
    private static func places(_ job: WorkerJob) throws -> [String] {
        let spec = try DataPipelineSpec(job.spec), parameters = try ParameterValues(spec.parameters, given: job.parameters)
        let scope = PathScope(spec.parameters, knowsRun: true, timeZones: MachineTimeZones())
        // As the worker fills them in.
        let run = PathScope.Run(id: job.runID, name: job.runName.isEmpty ? job.runID : job.runName, started: Timestamp(seconds: job.startMicroseconds / 1_000_000))
        let values = PathScope.Values(parameters, pipeline: job.pipeline, run: run)
        var written = ["\(job.workDirectory)/lock"]
        if let output = job.outputOverride { written.append(output) }
        for path in spec.outputs.compactMap(\.path) + [spec.errors.deadLetterPath].compactMap({ $0 }) {
            // A path that can't be filled in is the worker's to complain about.
            do throws(FieldError) { written.append(try PathTemplate(path, scope, at: "spec.outputs").fill(values)) } catch { continue }
        }
        let places = written.filter { $0 != "-" }.map { place($0.hasPrefix("/") ? $0 : "\(job.baseDirectory)/\($0)") }
        return Set(places).sorted()
    }

    private static func place(_ path: String) -> String {
        var parts = path.split(separator: "/").dropLast()
        while !parts.isEmpty {
            if let real = Files.resolved("/" + parts.joined(separator: "/")), Files.isDirectory(real) { return real }
            parts.removeLast()
        }
        return "/"
    }
}
