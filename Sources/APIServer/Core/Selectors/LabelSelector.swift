import Kernel

/// A question about an object's labels: `app=web,tier in (a, b),!canary`. All of its requirements must hold.
public struct LabelSelector: Sendable, Hashable, CustomStringConvertible {
    public enum Operator: String, Sendable, Hashable {
        case equals = "="
        case doubleEquals = "=="
        case notEquals = "!="
        case `in` = "in"
        case notIn = "notin"
        case exists = "exists"
        case doesNotExist = "!"
        case greaterThan = "gt"
        case lessThan = "lt"
    }

    public struct Requirement: Sendable, Hashable {
        public let key: String
        public let `operator`: Operator
        /// Sorted, without repeats.
        public let values: [String]
    }

    /// Sorted by key.
    public let requirements: [Requirement]

    /// Takes everything.
    public static let everything = LabelSelector(requirements: [])

    public init(requirements: [Requirement]) {
        self.requirements = requirements.enumerated()
            .sorted { ($0.element.key, $0.offset) < ($1.element.key, $1.offset) }.map(\.element)
    }

    /// Each of these labels, with exactly these values.
    public init(matching labels: [String: String]) {
        self.init(requirements: labels.sorted { $0.key < $1.key }.map { Requirement(key: $0.key, operator: .equals, values: [$0.value]) })
    }

    /// From the text of `?labelSelector=`.
    public init(_ text: String) throws(SelectorError) {
        var parser = LabelSelectorParser(text)
        self.init(requirements: try parser.requirements())
    }

    public var isEmpty: Bool { requirements.isEmpty }

    /// - Parameter labels: `metadata.labels`; anything but an object counts as no labels.
    public func matches(_ labels: JSON?) -> Bool {
        guard !requirements.isEmpty else { return true }
        let labels = labels?.object
        return requirements.allSatisfy { $0.matches(labels?[$0.key]?.string) }
    }

    public func matches(_ labels: [String: String]) -> Bool {
        requirements.allSatisfy { $0.matches(labels[$0.key]) }
    }

    public var description: String { requirements.map(\.description).joined(separator: ",") }
}

extension LabelSelector.Requirement: CustomStringConvertible {
    /// - Parameter value: of the label of this key, nil when there is none.
    func matches(_ value: String?) -> Bool {
        switch self.operator {
        case .in, .equals, .doubleEquals: value.map { has($0) } ?? false
        case .notIn, .notEquals: value.map { !has($0) } ?? true
        case .exists: value != nil
        case .doesNotExist: value == nil
        case .greaterThan, .lessThan:
            if let value = value.flatMap({ Int64($0) }), let bound = values.first.flatMap({ Int64($0) }) {
                self.operator == .greaterThan ? value > bound : value < bound
            } else {
                false
            }
        }
    }

    private func has(_ value: String) -> Bool { values.contains { sameBytes($0, value) } }

    public var description: String {
        let list = values.joined(separator: ",")
        return switch self.operator {
        case .exists: key
        case .doesNotExist: "!" + key
        case .equals, .doubleEquals, .notEquals: key + self.operator.rawValue + list
        case .greaterThan: key + ">" + list
        case .lessThan: key + "<" + list
        case .in, .notIn: "\(key) \(self.operator.rawValue) (\(list))"
        }
    }

    /// A checked requirement, as every parser of them makes it.
    init(key: String, operator: LabelSelector.Operator, checking values: [String], path: String = "") throws(SelectorError) {
        var problems: [StatusCause] = []
        let inside = { (name: String) in path.isEmpty ? name : "\(path).\(name)" }
        let keyProblems = NameFormat.qualified(key)
        if !keyProblems.isEmpty { problems.append(.invalid(inside("key"), .string(key), keyProblems.joined(separator: "; "))) }
        switch `operator` {
        case .in, .notIn:
            if values.isEmpty { problems.append(.invalid(inside("values"), [], "for 'in', 'notin' operators, values set can't be empty")) }
        case .equals, .doubleEquals, .notEquals: break
        case .exists, .doesNotExist:
            if !values.isEmpty { problems.append(.invalid(inside("values"), JSON(values), "values set must be empty for exists and does not exist")) }
        case .greaterThan, .lessThan:
            for (position, value) in values.enumerated() where Int64(value) == nil {
                problems.append(.invalid(inside("values[\(position)]"), .string(value), "for 'Gt', 'Lt' operators, the value must be an integer"))
            }
        }
        for (position, value) in values.enumerated() {
            let valueProblems = NameFormat.labelValue(value)
            if !valueProblems.isEmpty { problems.append(.invalid(inside("values[\(position)][\(key)]"), .string(value), valueProblems.joined(separator: "; "))) }
        }
        switch problems.count {
        case 0: break
        case 1: throw SelectorError(problems[0].text)
        default: throw SelectorError("[" + problems.map(\.text).joined(separator: ", ") + "]")
        }
        self.key = key
        self.operator = `operator`
        self.values = values
    }
}

extension LabelSelector {
    /// From a `LabelSelector` object, `{matchLabels: …, matchExpressions: […]}`. Absent takes nothing; an empty one takes everything.
    ///
    /// - Parameter path: the field it stands in, for messages.
    public init(object: JSON, path: String = "selector") throws(SelectorError) {
        var requirements: [Requirement] = []
        for (key, value) in object["matchLabels"]?.object?.sorted ?? [] {
            guard let value = value.string else { throw SelectorError("\(path).matchLabels[\(key)]: must be a string") }
            requirements.append(try Requirement(key: key, operator: .in, checking: [value], path: "\(path).matchLabels"))
        }
        for (position, expression) in (object["matchExpressions"]?.array ?? []).enumerated() {
            let place = "\(path).matchExpressions[\(position)]"
            let kind: Operator
            switch expression["operator"]?.string {
            case "In": kind = .in
            case "NotIn": kind = .notIn
            case "Exists": kind = .exists
            case "DoesNotExist": kind = .doesNotExist
            case let other: throw SelectorError("\(place).operator: \(GoQuote.quote(other ?? "")) is not a valid label selector operator")
            }
            let values = Set((expression["values"]?.array ?? []).compactMap(\.string)).sorted()
            requirements.append(try Requirement(key: expression["key"]?.string ?? "", operator: kind, checking: values, path: place))
        }
        self.init(requirements: requirements)
    }
}
