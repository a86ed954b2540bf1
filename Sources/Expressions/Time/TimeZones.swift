/// Where named time zones come from: the embedding reads the machine's database, this module does no I/O.
public protocol TimeZones: Sendable {
    /// How many seconds local time is ahead of UTC at a moment, in a zone of the IANA database (`Europe/Berlin`); nil for an unknown name.
    func offset(of zone: String, at moment: Int64) -> Int32?
}
