/// What expressions may refer to: variables, functions, types. Made once, used for any number of expressions.
public struct Environment: Sendable {
    /// What else is demanded of expressions.
    public struct Options: Sendable {
        /// The elements of a list or map that is written out must be of one type, as Kubernetes demands; else mixed ones are `dyn`.
        public var requiresHomogeneousLiterals = true
        /// Patterns, durations and timestamps that are written out are looked at when the expression is compiled, as Kubernetes does.
        public var validatesLiterals = true
        /// Of a key written twice in a map the last value counts, as in Kubernetes; else it is an error, as the language has it.
        public var replacesRepeatedKeys = false
        /// To ask for the order of NaN is an error, and to compare something with an amount that `add` or `sub` made, as in Kubernetes; else
        /// NaN is beside all numbers, as the language has it, and amounts are compared by what they are. The names `timestamp` and `duration`
        /// stand for types as they do there: no expression with one can be evaluated (`Program.conversionFailure`).
        public var comparesAsKubernetes = false
        /// `cel.bind` and names in backquotes, which Kubernetes doesn't have.
        public var hasExtensions = true
        public init() {}
    }

    /// Variables have their position here as their number.
    public let variables: [Variable]
    /// Names are looked up within it first: in `a.b`, `x` can mean `a.b.x`, `a.x`, `x`. Empty in Kubernetes.
    public let container: String
    public let options: Options
    let functions: FunctionTable
    let timeZones: (any TimeZones)?
    private let slots: [String: Int]
    private let constants: [String: (type: ValueType, value: Value)]
    /// What declared names with dots begin with: only selections from these can be names.
    private let qualifiedRoots: Set<String>

    /// - Parameters:
    ///   - libraries: the language's own is always there.
    ///   - timeZones: for named zones; without it only UTC and fixed offsets (`+02:00`) are known.
    public init(
        libraries: [Library] = [], variables: [Variable] = [], container: String = "", options: Options = Options(), timeZones: (any TimeZones)? = nil
    ) {
        let all = [Library.standard(timeZones)] + libraries
        var constants: [String: (type: ValueType, value: Value)] = [:]
        for (name, type, value) in all.flatMap(\.constants) { constants[name] = (type, value) }
        self.init(
            variables: variables, container: container, options: options, functions: FunctionTable(all), timeZones: timeZones, constants: constants)
    }

    private init(
        variables: [Variable], container: String, options: Options, functions: FunctionTable, timeZones: (any TimeZones)?,
        constants: [String: (type: ValueType, value: Value)]
    ) {
        self.variables = variables
        self.container = container
        self.options = options
        self.functions = functions
        self.timeZones = timeZones
        self.constants = constants
        slots = Dictionary(variables.enumerated().map { ($1.name, $0) }, uniquingKeysWith: { _, last in last })
        qualifiedRoots = Set((constants.keys + variables.map(\.name)).compactMap { name in name.firstIndex(of: ".").map { String(name[..<$0]) } })
    }

    /// The same functions with other variables: cheap.
    public func with(variables: [Variable]) -> Environment {
        Environment(variables: variables, container: container, options: options, functions: functions, timeZones: timeZones, constants: constants)
    }

    /// A variable's number.
    public func slot(of variable: String) -> Int? { slots[variable] }

    // MARK: Names

    /// Whether selecting from this name may be a name of its own.
    func mayQualify(_ root: String) -> Bool { !container.isEmpty || qualifiedRoots.contains(root) }

    func resolve(_ name: String, isRooted: Bool) -> (ValueType, CheckedTree.Reference)? {
        for candidate in candidates(name, isRooted: isRooted) {
            if let slot = slots[candidate] { return (variables[slot].type, .variable(slot)) }
            if let (type, value) = constants[candidate] { return (type, .constant(value)) }
            if options.comparesAsKubernetes, let type = Self.undefinedTypes[candidate] { return (.type(type), .undefinedType(candidate)) }
        }
        return nil
    }

    /// The names that Kubernetes' schemas have for types which are called otherwise in the language: a rule with one is checked as if it were
    /// there, and then no program can be made of it.
    private static let undefinedTypes: [String: ValueType] = ["timestamp": .timestamp, "duration": .duration]

    func function(_ name: String) -> FunctionTable.Entry? {
        if name.hasPrefix(".") { return functions[String(name.dropFirst())] }
        for candidate in candidates(name, isRooted: false) {
            if let entry = functions[candidate] { return entry }
        }
        return nil
    }

    /// A message that can be written out.
    func message(_ name: String) -> WellKnownMessage? {
        if name.hasPrefix(".") { return WellKnownMessage.all[String(name.dropFirst())] }
        return candidates(name, isRooted: false).lazy.compactMap { WellKnownMessage.all[$0] }.first
    }

    private func candidates(_ name: String, isRooted: Bool) -> [String] {
        guard !isRooted, !container.isEmpty else { return [name] }
        var names: [String] = []
        var prefix = container[...]
        while !prefix.isEmpty {
            names.append(prefix + "." + name)
            prefix = prefix.lastIndex(of: ".").map { prefix[..<$0] } ?? ""
        }
        return names + [name]
    }

    // MARK: Compiling

    /// Parses, checks and compiles an expression.
    ///
    /// - Parameter expecting: the type that the result must have; nil for any.
    /// - Throws: every mistake in it, with its place.
    public func compile(_ source: String, expecting: ValueType? = nil) throws(ExpressionError) -> Program {
        let checked = try check(source, expecting: expecting)
        return Program(source: source, environment: self, checked: checked)
    }

    func check(_ source: String, expecting: ValueType?) throws(ExpressionError) -> CheckedTree {
        let tree: SyntaxTree
        do throws(SyntaxMistakes) {
            tree = try Parser.parse(source, extensions: options.hasExtensions)
        } catch {
            throw ExpressionError(error.all.map { Checker.Issue(message: $0.message, advice: $0.plain, offset: $0.offset) }, source)
        }
        var checker = Checker(tree, self)
        let checked = checker.run()
        guard checker.issues.isEmpty else { throw ExpressionError(checker.issues, source) }
        var wrong = options.validatesLiterals ? LiteralValidator.issues(in: checked) : []
        if options.requiresHomogeneousLiterals { wrong += HomogeneityValidator.issues(in: checked) }
        guard wrong.isEmpty else { throw ExpressionError(RepeatedTargets.repeating(wrong, in: checked.tree), source) }
        if let expecting {
            var unifier = Unifier()
            guard unifier.accepts(checked.type, expecting) else {
                let message = "expected type '\(expecting.description)' but found '\(checked.type.description)'"
                throw ExpressionError(
                    [Checker.Issue(message: message, advice: "the result must be \(expecting.description), and this gives \(checked.type.description)", offset: 0)],
                    source)
            }
        }
        return checked
    }
}

extension ExpressionError {
    init(_ issues: [Checker.Issue], _ source: String) {
        self.init(
            issues: zip(issues, PlainIssue.of(issues, source)).map { issue, plain in
                let place = SourceText.place(of: issue.offset, in: source)
                return Issue(
                    message: issue.message, advice: plain.advice, line: place.line, column: place.column,
                    shown: plain.offset == issue.offset ? nil : SourceText.place(of: plain.offset, in: source))
            }, source: source)
    }
}
