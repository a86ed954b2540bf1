/// How a store on PostgreSQL behaves. The defaults suit every installation; tests make them small.
public struct PostgresStoreSettings: Sendable {
    /// What is kept of the change log: at least this many changes, and those younger than this; but never more than `most`.
    public struct Compaction: Sendable {
        public var changes: Int64
        public var age: Duration
        public var most: Int64
        public var every: Duration

        public init(changes: Int64 = 10_000, age: Duration = .seconds(600), most: Int64 = 200_000, every: Duration = .seconds(60)) {
            self.changes = max(changes, 0)
            self.age = max(age, .zero)
            self.most = max(most, changes, 1)
            self.every = max(every, .milliseconds(10))
        }
    }

    public var window = WindowLimits()
    /// Of one object's JSON.
    public var maximumBytes = StoreLimits.objectBytes
    /// Encrypted at rest, in the objects and in the change log.
    public var encryptedResources: Set<String> = ["secrets"]
    /// How long a write waits for a database that is away before it is answered with `unavailable`.
    public var writeDeadline: Duration = .seconds(10)
    /// How long `open` tries to reach the database.
    public var openDeadline: Duration = .seconds(30)
    /// How often the change log is looked at although nobody announced a change: what a lost notification costs at most.
    public var pollEvery: Duration = .seconds(5)
    public var compaction = Compaction()
    /// Writes that may wait at the same time.
    public var waitingWrites = 10_000
    /// And their bytes.
    public var waitingBytes = 64 << 20
    /// The installation that this database must belong to; for a new database, the one it will belong to. nil: whatever it is.
    public var installation: String?

    public init() {}
}
