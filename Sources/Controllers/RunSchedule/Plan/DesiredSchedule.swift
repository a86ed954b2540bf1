import Kernel
import Resources
import Schedules

/// What a RunSchedule asks for.
public struct DesiredSchedule: Sendable, Equatable {
    public let key: NamespacedName
    public let uid: String
    public let spec: RunScheduleSpec
    public let cron: CronSchedule
    public let zone: ZoneRules
    public let isDeleting: Bool
    public let creation: Timestamp
    /// The time of the run made last, from the status.
    public let lastTime: Timestamp?
    public let missed: Int64

    /// - Parameter zone: the rules of `spec.timeZone`, read by who may read files.
    /// - Throws: when the document can't be followed.
    public init(_ object: JSON, zone: (String) throws(ScheduleError) -> ZoneRules) throws(ScheduleIssue) {
        let metadata = Metadata(of: object)
        key = metadata.namespacedName
        uid = metadata.uid
        isDeleting = metadata.isDeleting
        creation = metadata.creation ?? Timestamp(seconds: 0)
        lastTime = object["status"]?["lastScheduleTime"]?.string.flatMap(Timestamp.init(rfc3339:))
        missed = object["status"]?["missed"]?.int ?? 0
        do throws(InvalidResource) { spec = try RunScheduleSpec(object["spec"]) } catch { throw ScheduleIssue(.invalidSpec, "\(error)") }
        do throws(ScheduleError) { cron = try CronSchedule(spec.schedule) } catch { throw ScheduleIssue(.invalidSchedule, "spec.schedule: \(error)") }
        do throws(ScheduleError) { self.zone = try spec.timeZone.map { name throws(ScheduleError) in try zone(name) } ?? .utc } catch {
            throw ScheduleIssue(.unknownTimeZone, "spec.timeZone: \(error)")
        }
    }

    /// The run of a time: the same time, the same run. Minutes since 1970, as CronJob does.
    public func runName(_ time: Timestamp) -> String { "\(key.name)-\(time.seconds / 60)" }
}
