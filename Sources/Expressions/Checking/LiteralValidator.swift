import Kernel
import RegularExpressions

/// Looks at arguments that are written out and can only ever fail: patterns, durations, timestamps.
enum LiteralValidator {
    static func issues(in checked: CheckedTree) -> [Checker.Issue] {
        var issues: [Checker.Issue] = []
        for (position, node) in checked.tree.nodes.enumerated() {
            guard case .function(let candidates, _) = checked.references[position], let overload = candidates.first?.overload else { continue }
            let arguments: [Int]
            if overload.identifier == "string_format" { issues += FormatValidator.issues(in: checked, node) }
            switch node.kind {
            case .call(_, let given), .memberCall(_, _, let given): arguments = given
            default: continue
            }
            if overload.identifier == "int_to_timestamp", let only = arguments.first, case .literal(.int(let seconds)) = checked.tree.nodes[only].kind,
                !Timestamp.celSeconds.contains(seconds)
            {
                let advice = "a time is from year 1 to 9999, and \(seconds) seconds after 1970 are beyond that"
                issues.append(Checker.Issue(message: "invalid timestamp argument", advice: advice, offset: checked.tree.nodes[only].offset))
            }
            guard let last = arguments.last, case .literal(.string(let text)) = checked.tree.nodes[last].kind else { continue }
            let offset = checked.tree.nodes[last].offset
            switch overload.identifier {
            case "matches_string", "matches":
                guard arguments.count == overload.parameters.count - (overload.isReceiver ? 1 : 0) else { continue }
                do { _ = try RegularExpression(text) } catch {
                    issues.append(Checker.Issue(message: "invalid matches argument", advice: "this is no regular expression: \(error.description)", offset: offset))
                }
            case "string_find_string", "string_find_all_string":
                do { _ = try RegularExpression(text) } catch {
                    issues.append(Checker.Issue(message: error.description, advice: "this is no regular expression: \(error.description)", offset: offset))
                }
            case "string_to_duration" where GoDuration.parse(text) == nil:
                issues.append(
                    Checker.Issue(message: "invalid duration argument", advice: "'\(text)' is no duration; write it as 1h30m, 90s or 500ms", offset: offset))
            case "string_to_timestamp" where (try? StandardConversions.timestamp(text)) == nil:
                issues.append(
                    Checker.Issue(
                        message: "invalid timestamp argument", advice: "'\(text)' is no time; write it as 2026-11-20T06:00:00Z", offset: offset))
            default: continue
            }
        }
        return issues
    }
}
