import Kernel

/// Everything a pipeline worker is told: one JSON object on the first line of its standard input.
///
/// The same job again resumes the run: nothing in it depends on when it is started.
public struct WorkerJob: Sendable, Equatable {
    /// What the worker does with the pipeline.
    public enum Purpose: String, Sendable { case run, validate, test, profile }

    /// Where checkpoints are kept.
    public enum Checkpoints: Sendable, Equatable {
        /// In a file, for runs without a server.
        case file(String)
        /// By who started the worker, who acknowledges each; the bytes to resume from, nil at first.
        case parent([UInt8]?)
        case none
    }

    /// Bounds of the worker process, and whom it runs as.
    public struct Limits: Sendable, Equatable {
        /// Bytes of data the process may have.
        public var memory: Int64?
        /// Bytes of memory that the kernel holds the process to, by a memory cgroup of its own: wanted by who makes the job, in force when the
        /// worker reads it.
        public var group: Int64?
        /// Bytes that the pipeline's scripts may hold together; 0 without scripts.
        public var scripts: Int64 = 0
        /// Seconds of processor time.
        public var processor: Int64?
        public var openFiles: Int64?
        /// Bytes of a file it writes.
        public var fileSize: Int64?
        /// An unprivileged user to become, when it is started by root.
        public var user: (uid: UInt32, gid: UInt32)?
        /// Directories below which alone it may change files, when it stays root because the files are root's; nil: nothing holds it.
        public var places: [String]?

        public init() {}
        public static func == (a: Limits, b: Limits) -> Bool {
            a.memory == b.memory && a.group == b.group && a.scripts == b.scripts && a.processor == b.processor && a.openFiles == b.openFiles && a.fileSize == b.fileSize && a.user?.uid == b.user?.uid
                && a.user?.gid == b.user?.gid && a.places == b.places
        }
    }

    /// Rows that an earlier run rejected.
    public struct Replay: Sendable, Equatable {
        /// Its file of dead letters.
        public var path: String
        /// What that run said the file hashes to; nil: it said nothing.
        public var hash: String?
        /// The columns of the input as that run found them; empty: it didn't say.
        public var columns: [String]
        /// The rows are bytes as the input had them; false: they were decoded to UTF-8.
        public var isUndecoded: Bool

        public init(path: String, hash: String? = nil, columns: [String] = [], isUndecoded: Bool = false) {
            self.path = path
            self.hash = hash
            self.columns = columns
            self.isUndecoded = isUndecoded
        }

        var json: JSON {
            var json: JSON = ["path": .string(path), "columns": JSON(columns), "undecoded": .bool(isUndecoded)]
            json["hash"] = hash.map { .string($0) }
            return json
        }

        init?(_ json: JSON) {
            guard let path = json["path"]?.string else { return nil }
            self.init(path: path, hash: json["hash"]?.string, columns: json["columns"]?.array?.compactMap(\.string) ?? [], isUndecoded: json["undecoded"]?.bool ?? false)
        }
    }

    public var purpose = Purpose.run
    /// The run's identity: seeds what is random and names private files.
    public var runID: String
    /// The run's name, for paths; empty: its id.
    public var runName = ""
    /// The pipeline's name, for messages and reports.
    public var pipeline: String
    /// The run's start in microseconds since 1970: the clock that scripts see.
    public var startMicroseconds: Int64
    /// The pipeline's spec as it stood when the run began.
    public var spec: JSON
    /// Values by parameter, complete.
    public var parameters: [String: String] = [:]
    /// Texts of ConfigMaps that the spec refers to, by `name/key`.
    public var texts: [String: String] = [:]
    /// Database URLs by the name of their Secret.
    public var connections: [String: String] = [:]
    /// What relative paths are below.
    public var baseDirectory: String
    /// Absolute paths must be below one of these after symbolic links are resolved; nil: anything goes.
    public var allowedPrefixes: [String]?
    /// Files to read in place of the source's path; none: those of the path.
    public var inputFiles: [String] = []
    /// In place of the source's path and of the first output's.
    public var inputOverride: String?
    public var outputOverride: String?
    /// Put into the names of the files written, before their ending: a replay must not replace what the first run wrote.
    public var outputSuffix: String?
    /// Rows to read in place of the source.
    public var replay: Replay?
    /// What is random follows it; nil: the run's own identity.
    public var seedID: String?
    /// When its rows, scripts or budget end the run, its checkpoint stays for another run that goes on from there.
    public var keepsCheckpointOfFailure = false
    /// Runs that have succeeded for good: their notes in `millwright_loads` may go with this run's commit.
    public var settledLoads: [String] = []
    /// The run was cancelled: nothing is read, what it wrote so far goes.
    public var clearsAway = false
    public var checkpoints = Checkpoints.none
    /// After every batch, for tests.
    public var checkpointsEveryBatch = false
    /// Private to the run: spill files and the lock.
    public var workDirectory: String

    /// In the work directory of a run without a server: who runs there.
    public static let identityName = "run.json"

    public var threads = 2
    public var limits = Limits()
    /// Stop after so many rows: for a look.
    public var rowLimit: Int64?

    public init(runID: String, pipeline: String, startMicroseconds: Int64, spec: JSON, baseDirectory: String, workDirectory: String) {
        self.runID = runID
        self.pipeline = pipeline
        self.startMicroseconds = startMicroseconds
        self.spec = spec
        self.baseDirectory = baseDirectory
        self.workDirectory = workDirectory
    }
}

extension WorkerJob {
    private static func map(_ values: [String: String]) -> JSON { .object(JSONObject(values.keys.sorted().map { ($0, .string(values[$0] ?? "")) })) }
    private static func map(_ json: JSON?) -> [String: String] {
        var result: [String: String] = [:]
        for (key, value) in json?.object ?? JSONObject() { result[key] = value.string }
        return result
    }

    public var json: JSON {
        var json: JSON = [
            "purpose": .string(purpose.rawValue), "runID": .string(runID), "pipeline": .string(pipeline), "start": .int(startMicroseconds), "spec": spec,
            "parameters": Self.map(parameters), "texts": Self.map(texts), "connections": Self.map(connections), "base": .string(baseDirectory),
            "work": .string(workDirectory), "threads": JSON(threads), "everyBatch": .bool(checkpointsEveryBatch),
        ]
        json["prefixes"] = allowedPrefixes.map { JSON($0) }
        if !inputFiles.isEmpty { json["inputFiles"] = JSON(inputFiles) }
        json["input"] = inputOverride.map { .string($0) }
        json["output"] = outputOverride.map { .string($0) }
        if !runName.isEmpty { json["runName"] = .string(runName) }
        json["outputSuffix"] = outputSuffix.map { .string($0) }
        json["replay"] = replay?.json
        json["seed"] = seedID.map { .string($0) }
        if keepsCheckpointOfFailure { json["keepsCheckpoint"] = true }
        if clearsAway { json["clearsAway"] = true }
        if !settledLoads.isEmpty { json["settledLoads"] = JSON(settledLoads) }
        json["rowLimit"] = rowLimit.map { .int($0) }
        switch checkpoints {
        case .none: break
        case .file(let path): json["checkpoints"] = ["file": .string(path)]
        case .parent(let bytes): json["checkpoints"] = ["parent": bytes.map { .string(Base64.encode($0)) } ?? ""]
        }
        var limits: JSON = [:]
        limits["memory"] = self.limits.memory.map { .int($0) }
        limits["group"] = self.limits.group.map { .int($0) }
        if self.limits.scripts > 0 { limits["scripts"] = .int(self.limits.scripts) }
        limits["processor"] = self.limits.processor.map { .int($0) }
        limits["openFiles"] = self.limits.openFiles.map { .int($0) }
        limits["fileSize"] = self.limits.fileSize.map { .int($0) }
        limits["user"] = self.limits.user.map { [.int(Int64($0.uid)), .int(Int64($0.gid))] }
        limits["places"] = self.limits.places.map { JSON($0) }
        json["limits"] = limits
        return json
    }

    /// Reads what `json` wrote; nil for anything else.
    public init?(_ json: JSON) {
        guard let runID = json["runID"]?.string, let pipeline = json["pipeline"]?.string, let start = json["start"]?.int, let spec = json["spec"],
            let base = json["base"]?.string, let work = json["work"]?.string
        else { return nil }
        self.init(runID: runID, pipeline: pipeline, startMicroseconds: start, spec: spec, baseDirectory: base, workDirectory: work)
        purpose = json["purpose"]?.string.flatMap(Purpose.init) ?? .run
        parameters = Self.map(json["parameters"])
        texts = Self.map(json["texts"])
        connections = Self.map(json["connections"])
        threads = max(1, Int(json["threads"]?.int ?? 2))
        checkpointsEveryBatch = json["everyBatch"]?.bool ?? false
        allowedPrefixes = json["prefixes"]?.array?.compactMap(\.string)
        inputFiles = json["inputFiles"]?.array?.compactMap(\.string) ?? []
        inputOverride = json["input"]?.string
        outputOverride = json["output"]?.string
        runName = json["runName"]?.string ?? ""
        outputSuffix = json["outputSuffix"]?.string
        replay = json["replay"].flatMap { Replay($0) }
        seedID = json["seed"]?.string
        keepsCheckpointOfFailure = json["keepsCheckpoint"]?.bool ?? false
        clearsAway = json["clearsAway"]?.bool ?? false
        settledLoads = json["settledLoads"]?.array?.compactMap(\.string) ?? []
        rowLimit = json["rowLimit"]?.int
        if let path = json["checkpoints"]?["file"]?.string {
            checkpoints = .file(path)
        } else if let text = json["checkpoints"]?["parent"]?.string {
            checkpoints = .parent(text.isEmpty ? nil : Base64.decode(text))
        }
        let bounds = json["limits"]
        limits.memory = bounds?["memory"]?.int
        limits.group = bounds?["group"]?.int
        limits.scripts = bounds?["scripts"]?.int ?? 0
        limits.processor = bounds?["processor"]?.int
        limits.openFiles = bounds?["openFiles"]?.int
        limits.fileSize = bounds?["fileSize"]?.int
        limits.places = bounds?["places"]?.array?.compactMap(\.string)
        if let uid = bounds?["user"]?[0]?.int.flatMap({ UInt32(exactly: $0) }), let gid = bounds?["user"]?[1]?.int.flatMap({ UInt32(exactly: $0) }) { limits.user = (uid, gid) }
    }
}
