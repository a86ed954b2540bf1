/// A condition of a status, as metav1.Condition.
public struct Condition: Sendable, Equatable {
    public enum Status: String, Sendable { case `true` = "True", `false` = "False", unknown = "Unknown" }

    public var type: String
    public var status: Status
    public var reason: String
    public var message: String
    public var observedGeneration: Int64
    public var lastTransition: Timestamp

    public init(
        type: String, status: Status, reason: String, message: String, observedGeneration: Int64, lastTransition: Timestamp
    ) {
        self.type = type
        self.status = status
        self.reason = reason
        self.message = message
        self.observedGeneration = observedGeneration
        self.lastTransition = lastTransition
    }

    public init?(_ json: JSON) {
        guard let type = json["type"]?.string, let status = json["status"]?.string.flatMap(Status.init(rawValue:)) else { return nil }
        self.type = type
        self.status = status
        reason = json["reason"]?.string ?? ""
        message = json["message"]?.string ?? ""
        observedGeneration = json["observedGeneration"]?.int ?? 0
        lastTransition = json["lastTransitionTime"]?.string.flatMap(Timestamp.init(rfc3339:)) ?? Timestamp(seconds: 0)
    }

    public var json: JSON {
        [
            "type": .string(type), "status": .string(status.rawValue), "reason": .string(reason), "message": .string(message),
            "observedGeneration": .int(observedGeneration), "lastTransitionTime": .string(lastTransition.rfc3339),
        ]
    }
}

extension [Condition] {
    public subscript(type: String) -> Condition? { first { $0.type == type } }

    /// Puts the condition in its place; its transition time moves only when its status does.
    public mutating func set(_ condition: Condition) {
        guard let at = firstIndex(where: { $0.type == condition.type }) else {
            append(condition)
            return
        }
        var condition = condition
        if self[at].status == condition.status { condition.lastTransition = self[at].lastTransition }
        self[at] = condition
    }
}
