import CJavaScript
import Glibc
import Kernel

/// One JavaScript engine with one user's script loaded into it: checked, hardened, frozen.
///
/// A script has no way out: no files, no network, no `eval`, no clock but the run's start, no randomness but the run's. What it makes
/// while it is loaded is frozen, the language's own objects were before. Used by one thread at a time, which may be another each time.
public final class ScriptMachine {
    let engine: ScriptEngine
    let cells: SharedCells
    let source: JavaScriptSource
    let settings: ScriptSettings
    private let group: MWJSGroup
    private let watch: ScriptWatch
    /// The adapter's own objects in the engine.
    private(set) var kit: MWJSValue
    private(set) var transform: MWJSValue
    /// By module what was put into its text.
    private var hidden: [String: HiddenVariables] = [:]
    /// What is still held in the engine, in the order it was protected.
    private var held: [MWJSValue] = []
    private let memory = ResidentMemory()
    private var memoryLook: MemoryLook

    /// Rows that go to the engine at once, at most: measured, from 256 to 512 the cost of a call is spread and the texts stay in the cache.
    public static let chunkRows = 512

    /// Loads a script.
    ///
    /// - Throws: the library is absent, the script is no JavaScript, breaks the contract, or throws while it is loaded.
    public init(_ source: JavaScriptSource, _ settings: ScriptSettings) throws(ScriptProblem) {
        try ScriptCheck.check(source)
        let api = try JavaScriptLibrary.functions()
        self.source = source
        self.settings = settings
        cells = SharedCells(rows: Self.chunkRows)
        watch = ScriptWatch(settings, cells: cells)
        memoryLook = MemoryLook(limit: settings.memoryLimit, resident: memory.bytes)
        WatchThread.add(watch)
        group = api.pointee.JSContextGroupCreate()
        engine = ScriptEngine(api: api, context: api.pointee.JSGlobalContextCreateInGroup(group, nil))
        watch.place.withLock { [engine] in $0 = InterruptedPlace(engine, source: source) }
        kit = api.pointee.JSValueMakeUndefined(engine.context)
        transform = kit
        if settings.samples { _ = api.pointee.JSContextGroupEnableSamplingProfiler(group) }
        try prepare()
        try load()
    }

    deinit {
        let api = engine.api
        WatchThread.remove(watch)
        api.pointee.JSContextGroupClearExecutionTimeLimit(group)
        for value in held { api.pointee.JSValueUnprotect(engine.context, value) }
        api.pointee.JSGlobalContextRelease(engine.context)
        api.pointee.JSContextGroupRelease(group)
    }

    /// Keeps a value alive as long as the machine.
    func hold(_ value: MWJSValue) -> MWJSValue {
        engine.api.pointee.JSValueProtect(engine.context, value)
        held.append(value)
        return value
    }

    /// Lets go of a value that `hold` kept.
    func release(_ value: MWJSValue) {
        guard let index = held.lastIndex(of: value) else { return }
        held.remove(at: index)
        engine.api.pointee.JSValueUnprotect(engine.context, value)
    }

    private func prepare() throws(ScriptProblem) {
        let api = engine.api
        engine.withString("eval and the Function constructor are switched off: write the code out in the script or in a module") {
            api.pointee.JSGlobalContextSetEvalEnabled(engine.context, false, $0)
        }
        let keep = api.pointee.JSObjectMakeFunctionWithCallback(engine.context, nil, keepText)
        guard let progress = engine.array(cells.progress, count: SharedCells.Progress.count, double: false), let facts = engine.array(cells.facts, count: 2, double: true),
            let ordinals = engine.array(cells.ordinals, count: cells.rows * 2, double: true)
        else { throw ScriptProblem(.memory, "there is no memory for a JavaScript engine") }
        guard case .value(let prelude) = engine.evaluate(Prelude.text, url: StackTrace.ownPrefix + "prelude") else { throw defect("prelude") }
        let seed = settings.seed
        let words = [seed & 0xFFFF_FFFF, seed >> 32, seed &* 0x9E37_79B9_7F4A_7C15 >> 32, (seed ^ 0xD1B5_4A32_D192_ED03) &* 0xBF58_476D_1CE4_E5B9 >> 32]
        let arguments =
            [engine.value(Double(settings.startMilliseconds))] + words.map { engine.value(Double(Int32(truncatingIfNeeded: $0))) }
            + [keep, progress, facts, ordinals, engine.value(settings.stateless), engine.value(settings.runID), engine.value(settings.parameters.text)]
        switch engine.call(prelude, arguments) {
        case .value(let made): kit = hold(made)
        case .thrown(let error): throw defect("prelude: " + (engine.text(error) ?? ""))
        }
        _ = try callKit("setOutputsText", [engine.value(JSON.array(settings.outputs.map { .string($0) }).text)])
        let argument = Unmanaged.passUnretained(watch).toOpaque()
        api.pointee.JSContextGroupSetExecutionTimeLimit(group, watch.tick, shouldTerminate, argument)
    }

    private func load() throws(ScriptProblem) {
        for module in source.modules + [.init(name: JavaScriptSource.mainName, source: source.main)] {
            let watched = HiddenVariables(module.source), url = StackTrace.modulePrefix + module.name
            if case .value(let define) = engine.evaluate(ScriptCheck.wrap(watched.text), url: url) {
                hidden[module.name] = watched
                try callKit("define", [engine.value(module.name), define])
                continue
            }
            // As it was written: either it is no JavaScript, or its form wasn't understood.
            switch engine.evaluate(ScriptCheck.wrap(module.source), url: url) {
            case .value(let define): try callKit("define", [engine.value(module.name), define])
            case .thrown(let error): throw try ScriptCheck.syntaxProblem(engine, error, module, in: source)
            }
        }
        let main = try callKit("load")
        guard engine.isObject(main), engine.text(main) != nil else {
            throw ScriptProblem(
                .contract, "the script defines no function transform: write `function transform(row, ctx) { …; return row }`, or set exports.transform to a function")
        }
        transform = hold(main)
    }

    /// Whether anything that lives longer than a row has changed where no checkpoint sees it. The batch function looks at the variables after each chunk.
    func checkHidden() throws(ScriptProblem) {
        guard let text = engine.text(try callKit("changed")), !text.isEmpty else { return }
        let found: JSON
        do throws(JSONError) { found = try JSONParser.parse(Array(text.utf8)) } catch { return }
        guard let name = found["name"]?.string, let line = found["line"]?.int else {
            throw located(
                ScriptProblem(
                    .hidden, "bytes, or a frozen Map, Set or Date, that were made when the script was loaded have been changed since. A resumed run would begin with their first contents again: keep what changes from row to row in ctx.state", at: source.beginning))
        }
        throw located(
            ScriptProblem(
                .hidden,
                "the variable `\(name)`, which was made when the script was loaded, has changed since. A resumed run would begin with its first value again: keep what changes from row to row in ctx.state (`ctx.state.\(name.drop { $0 == "#" })`)",
                at: ScriptPlace(module: found["module"]?.string ?? JavaScriptSource.mainName, line: Int(clamping: line))))
    }

    private func defect(_ what: String) -> ScriptProblem {
        ScriptProblem(.unavailable, "the JavaScript engine could not be prepared (\(what)): is \(JavaScriptLibrary.name) of Debian 12 installed?")
    }

    /// Runs JavaScript within the bounds. - Returns: what it gave. - Throws: also when the bounds ended it.
    func run(_ function: MWJSValue, _ arguments: [MWJSValue]) throws(ScriptProblem) -> MWJSValue {
        watch.begin()
        let outcome = engine.call(function, arguments)
        if let ended = watch.end() { throw located(ended) }
        switch outcome {
        case .value(let value): return value
        case .thrown(let error): throw problem(of: error)
        }
    }

    /// Calls one of the adapter's own functions in the engine.
    @discardableResult
    func callKit(_ name: String, _ arguments: [MWJSValue] = []) throws(ScriptProblem) -> MWJSValue {
        guard let function = engine.property(kit, name) else { throw defect("kit." + name) }
        return try run(function, arguments)
    }

    /// What a thrown value says, with the places in the user's text.
    private func problem(of error: MWJSValue) -> ScriptProblem {
        guard let describe = engine.property(kit, "describe"), case .value(let about) = engine.call(describe, [error]) else {
            return ScriptProblem(.thrown, engine.text(error) ?? "the script threw a value that can't be read")
        }
        let name = engine.property(about, "name").flatMap(engine.text) ?? ""
        let message = engine.property(about, "message").flatMap(engine.text) ?? ""
        let stack = engine.property(about, "stack").flatMap(engine.text) ?? ""
        return thrown(name: name, message: message, stack: stack)
    }

    /// An error of the script's as a problem.
    func thrown(name: String, message: String, stack: String) -> ScriptProblem {
        let frames = StackTrace.places(stack).map { frame in
            var frame = frame
            if let column = frame.place.column, let module = hidden[frame.place.module] { frame.place.column = module.original(line: frame.place.line, column: column) }
            return frame
        }
        let text = name.isEmpty || name == "thrown" || name == "Error" ? message : name + ": " + message
        return located(ScriptProblem(.thrown, text, at: frames.first?.place, frames: frames.map(StackTrace.text)))
    }

    /// With the line it is about.
    private func located(_ problem: ScriptProblem) -> ScriptProblem {
        guard problem.excerpt.isEmpty else { return problem }
        var problem = problem
        if problem.place == nil, problem.kind == .time || problem.kind == .memory { problem.place = source.beginning }
        guard let place = problem.place.map(source.within) else { return problem }
        problem.place = place
        problem.excerpt = source.excerpt(place)
        return problem
    }

    // MARK: State

    /// `ctx.state` as JSON, for a checkpoint. - Throws: it holds what JSON doesn't give back as it was, or is larger than allowed.
    public func state() throws(ScriptProblem) -> String {
        try checkHidden()
        let value: MWJSValue
        do throws(ScriptProblem) { value = try callKit("state") } catch {
            throw ScriptProblem(error.kind == .thrown ? .state : error.kind, error.message.replacing("TypeError: ", with: ""), at: error.place, frames: error.frames)
        }
        let text = engine.text(value) ?? "{}"
        guard text.utf8.count <= settings.stateLimit else {
            throw ScriptProblem(
                .state,
                "ctx.state has grown to \(text.utf8.count) bytes of JSON, more than the \(settings.stateLimit) that a checkpoint stores: keep totals instead of rows, or use the steps aggregate, deduplicate or lookup")
        }
        return text
    }

    /// Takes what `state` gave.
    public func restore(_ state: String) throws(ScriptProblem) { try callKit("restore", [engine.value(state)]) }

    /// The name that `ctx.run.file` gives.
    func setFile(_ name: String) throws(ScriptProblem) { try callKit("setFile", [engine.value(name)]) }

    /// What the script logged since last asked.
    func takeLog() throws(ScriptProblem) -> [String] {
        guard cells.progress[SharedCells.Progress.logged] > 0 else { return [] }
        return try array(of: "takeLog").compactMap(\.string)
    }

    func array(of function: String) throws(ScriptProblem) -> [JSON] {
        guard let text = engine.text(try callKit(function)) else { return [] }
        return Self.parse(text)
    }

    static func parse(_ text: String) -> [JSON] {
        do throws(JSONError) {
            return try JSONParser.parse(Array(text.utf8)).array ?? []
        } catch { return [] }
    }

    // MARK: Memory

    /// Bytes that the script's objects take, those included that nobody needs any more.
    public func memoryHeld() -> Int {
        let statistics = engine.api.pointee.JSGetMemoryUsageStatistics(engine.context)
        var bytes = 0.0
        for name in ["heapSize", "extraMemorySize"] {
            guard let value = engine.property(statistics, name) else { continue }
            let number = engine.api.pointee.JSValueToNumber(engine.context, value, nil)
            if number.isFinite { bytes += number }
        }
        return Int(min(bytes, 1e15))
    }

    /// Ends a script that holds too much, between two chunks. Called every few thousand rows.
    func checkMemory() throws(ScriptProblem) {
        let resident = memory.bytes
        guard memoryLook.isDue(resident: resident) else { return }
        var held = memoryHeld()
        if held > settings.memoryLimit {
            engine.api.pointee.JSGarbageCollect(engine.context)
            held = memoryHeld()
        }
        memoryLook.looked(held: held, resident: resident)
        guard held > settings.memoryLimit else { return }
        throw located(watch.memoryProblem(at: nil, []))
    }

    /// What the sampling found since last asked; empty unless `settings.samples`.
    public func profile() -> ScriptProfile {
        guard settings.samples, let text = engine.api.pointee.JSContextGroupTakeSamplesFromSamplingProfiler(group) else { return ScriptProfile() }
        defer { engine.api.pointee.JSStringRelease(text) }
        return ScriptProfile(engine.contents(text))
    }
}

/// `ctx.keep`: a copy of a text that doesn't hold on to the batch it was cut from.
private let keepText: MWJSFunction = { context, function, _, count, arguments, _ in
    // A script runs, so that the library is loaded; `function` is merely a value that is surely one.
    guard let api = try? JavaScriptLibrary.functions() else { return function }
    guard count > 0, let first = arguments?[0] else { return api.pointee.JSValueMakeUndefined(context) }
    guard let text = api.pointee.JSValueToStringCopy(context, first, nil) else { return first }
    defer { api.pointee.JSStringRelease(text) }
    guard let units = api.pointee.JSStringGetCharactersPtr(text) else { return first }
    let copy = api.pointee.JSStringCreateWithCharacters(units, api.pointee.JSStringGetLength(text))
    defer { api.pointee.JSStringRelease(copy) }
    return api.pointee.JSValueMakeString(context, copy)
}

/// The engine asks, on the script's own thread and between two of its steps.
private let shouldTerminate: MWJSShouldTerminate = { context, argument in
    guard let argument, let api = try? JavaScriptLibrary.functions() else { return true }
    let watch = Unmanaged<ScriptWatch>.fromOpaque(argument).takeUnretainedValue()
    let ends = watch.shouldTerminate {
        guard let trace = api.pointee.JSContextCreateBacktrace(context, 40) else { return (nil, []) }
        defer { api.pointee.JSStringRelease(trace) }
        let frames = StackTrace.places(backtrace: ScriptEngine(api: api, context: context).contents(trace))
        return (frames.first?.place, frames.prefix(12).map(StackTrace.text))
    }
    if !ends { api.pointee.JSContextGroupSetExecutionTimeLimit(api.pointee.JSContextGetGroup(context), watch.tick, shouldTerminate, argument) }
    return ends
}
