import Kernel

/// The values of a row's cells.
enum TableCells {
    /// A cell of a custom column.
    static func cell(_ values: [JSON], type: String, now: Timestamp) -> JSON {
        guard let first = values.first else { return .null }
        switch type {
        case "integer": return first.int.map { .int($0) } ?? first.double.flatMap { abs($0) < 9e18 ? .int(Int64($0)) : JSON?.none } ?? .null
        case "number": return first.double == nil ? .null : first
        case "boolean": return first.bool == nil ? .null : first
        case "date": return first.string.map { .string(age(since: $0, now: now)) } ?? .null
        default: return .string(JSONPath.shown(values))
        }
    }

    /// `5m30s`; `<unknown>` of nothing, `<invalid>` of what is no time or still to come.
    static func age(since text: String, now: Timestamp) -> String {
        guard !text.isEmpty else { return "<unknown>" }
        guard let time = Timestamp(rfc3339: text) else { return "<invalid>" }
        let span = now - time
        // Clocks differ: a second ahead is now.
        if span < .seconds(-1) { return "<invalid>" }
        return span.age
    }

    static func builtIn(_ cell: BuiltInCell, _ object: JSON, now: Timestamp) -> JSON {
        func text(_ path: String...) -> String { object[path: path]?.string ?? "" }
        func subjects(_ kind: String) -> JSON {
            let matching = (object["subjects"]?.array ?? []).filter { $0["kind"]?.string == kind }
            return .string(
                matching.map { subject in
                    let name = subject["name"]?.string ?? ""
                    return kind == "ServiceAccount" ? "\(subject["namespace"]?.string ?? "")/\(name)" : name
                }.joined(separator: ", "))
        }
        func firstSeen() -> String {
            let first = text("firstTimestamp")
            return first.isEmpty ? text("eventTime") : first
        }
        switch cell {
        case .createdAt: return .string(text("metadata", "creationTimestamp"))
        case .dataCount: return JSON((object["data"]?.object?.count ?? 0) + (object["binaryData"]?.object?.count ?? 0))
        case .secretCount: return JSON(object["secrets"]?.array?.count ?? 0)
        case .roleReference: return .string("\(text("roleRef", "kind"))/\(text("roleRef", "name"))")
        case .bindingUsers: return subjects("User")
        case .bindingGroups: return subjects("Group")
        case .bindingServiceAccounts: return subjects("ServiceAccount")
        case .eventObject:
            let subject = object["involvedObject"] ?? object["regarding"] ?? .null
            return .string("\((subject["kind"]?.string ?? "").lowercased())/\(subject["name"]?.string ?? "")")
        case .eventSubobject: return .string((object["involvedObject"] ?? object["regarding"] ?? .null)["fieldPath"]?.string ?? "")
        case .eventSource:
            let source = object["source"] ?? object["deprecatedSource"] ?? .null
            let parts = [source["component"]?.string ?? "", source["host"]?.string ?? ""].filter { !$0.isEmpty }
            let reporter = [text("reportingComponent"), text("reportingController")].first { !$0.isEmpty } ?? ""
            return .string(parts.isEmpty ? reporter : parts.joined(separator: ", "))
        case .eventFirstSeen: return .string(age(since: firstSeen(), now: now))
        case .eventLastSeen:
            let last = [object["series"]?["lastObservedTime"]?.string ?? "", text("lastTimestamp"), text("deprecatedLastTimestamp")].first { !$0.isEmpty }
            return .string(age(since: last ?? firstSeen(), now: now))
        case .eventCount:
            let count = object["series"]?["count"]?.int ?? object["count"]?.int ?? object["deprecatedCount"]?.int ?? 0
            return .int(max(count, 1))
        case .eventMessage: return .string((object["message"] ?? object["note"])?.string?.trimmingSpace ?? "")
        }
    }
}

extension String {
    fileprivate var trimmingSpace: String {
        let isSpace: (Character) -> Bool = { $0 == " " || $0 == "\n" || $0 == "\t" || $0 == "\r" || $0 == "\r\n" }
        return String(drop(while: isSpace).reversed().drop(while: isSpace).reversed())
    }
}
