import CJavaScript
import Kernel

/// A generated batch function in its machine, and the memory they share.
final class BatchFunction {
    private let machine: ScriptMachine
    private let program: BatchProgram
    private let batch: MWJSValue
    private let object: MWJSValue
    /// Of each input the list of texts that come again and again.
    private let lists: [MWJSValue]
    /// What came out of the last chunk: see `BatchProgram`. Replaced by larger ones when a script returns many rows.
    private(set) var table: UnsafeMutablePointer<Int32>
    private(set) var numbers: UnsafeMutablePointer<Double>
    /// See `BatchProgram`: `F`.
    let flags: UnsafeMutablePointer<Int32>
    private let ownTable: UnsafeMutablePointer<Int32>
    private let ownNumbers: UnsafeMutablePointer<Double>
    private var tables: (MWJSValue, MWJSValue)?

    /// - Parameter input: memory that stays where it is as long as this function is used.
    init(_ machine: ScriptMachine, _ program: BatchProgram, input: ChunkInput, rows: Int) throws(ScriptProblem) {
        self.machine = machine
        self.program = program
        let count = max(rows * program.stride * 2, 256)
        ownTable = .allocate(capacity: count)
        ownTable.initialize(repeating: 0, count: count)
        ownNumbers = .allocate(capacity: count)
        ownNumbers.initialize(repeating: 0, count: count)
        table = ownTable
        numbers = ownNumbers
        flags = .allocate(capacity: max(program.flagCount, 1))
        flags.initialize(repeating: 0, count: max(program.flagCount, 1))
        let engine = machine.engine
        let failure = ScriptProblem(.memory, "there is no memory for the rows of a script: the step has too many columns")
        guard case .value(let maker) = engine.evaluate(program.text, url: StackTrace.ownPrefix + "batch"),
            let places = engine.array(input.places, count: input.placeCount, double: false), let values = engine.array(input.numbers, count: input.numberCount, double: true),
            let table = engine.array(ownTable, count: count, double: false), let numbers = engine.array(ownNumbers, count: count, double: true),
            let progress = engine.array(machine.cells.progress, count: SharedCells.Progress.count, double: false),
            let flags = engine.array(flags, count: max(program.flagCount, 1), double: false),
            case .value(let made) = engine.call(maker, [machine.transform, machine.kit, places, values, table, numbers, progress, flags]),
            let batch = engine.property(made, "batch"), let dictionaries = engine.property(made, "dictionaries")
        else {
            ownTable.deallocate()
            ownNumbers.deallocate()
            self.flags.deallocate()
            throw failure
        }
        object = machine.hold(made)
        self.batch = machine.hold(batch)
        // The object holds the lists.
        lists = input.dictionaries.indices.compactMap { engine.api.pointee.JSObjectGetPropertyAtIndex(engine.context, dictionaries, UInt32($0), nil) }
    }

    deinit {
        machine.release(batch)
        machine.release(object)
        // The engine may still have the typed arrays over this memory until it collects them; nobody can reach them to use it.
        ownTable.deallocate()
        ownNumbers.deallocate()
        flags.deallocate()
    }

    /// What a chunk came to.
    struct Result {
        var records: Int
        var errors: [JSON]
    }

    /// Runs a chunk. `text` gets the text of all new cells, which is valid while it runs.
    func run(
        _ input: ChunkInput, rows: Int, _ take: (_ records: Int, _ units: UnsafePointer<UInt16>, _ unitCount: Int) throws(ScriptProblem) -> Void
    ) throws(ScriptProblem) -> [JSON] {
        let engine = machine.engine, api = engine.api
        flags.update(repeating: 0, count: program.touchedWords)
        try tell(input)
        let text = api.pointee.JSStringCreateWithCharacters(input.units, input.unitCount)
        let value = api.pointee.JSValueMakeString(engine.context, text)
        api.pointee.JSStringRelease(text)
        let given = try machine.run(batch, [value, engine.value(Double(rows))])
        let progress = machine.cells.progress
        if progress[SharedCells.Progress.grown] != 0 { try adopt() }
        var exception: MWJSValue?
        guard let out = api.pointee.JSValueToStringCopy(engine.context, given, &exception), exception == nil else {
            throw ScriptProblem(.memory, "there is no memory for what the script returned: return fewer or shorter rows, or raise memoryLimit")
        }
        defer { api.pointee.JSStringRelease(out) }
        let count = api.pointee.JSStringGetLength(out)
        var nothing: UInt16 = 0
        try withUnsafePointer(to: &nothing) { nothing throws(ScriptProblem) in
            try take(Int(progress[SharedCells.Progress.cells]) / program.stride, api.pointee.JSStringGetCharactersPtr(out) ?? nothing, count)
        }
        guard progress[SharedCells.Progress.errors] > 0, let take = engine.property(object, "takeErrors") else { return [] }
        guard let text = engine.text(try machine.run(take, [])) else { return [] }
        return ScriptMachine.parse(text)
    }

    /// Puts texts that are to be handed over once where the script's cells find them.
    private func tell(_ input: ChunkInput) throws(ScriptProblem) {
        let engine = machine.engine, api = engine.api
        var failed = false
        for (list, dictionary) in zip(lists, input.dictionaries) {
            dictionary?.tell { index, text in
                let units = withUnsafeTemporaryAllocation(of: UInt16.self, capacity: CellDictionary.lengthLimit) { units in
                    units.baseAddress.map { api.pointee.JSStringCreateWithCharacters($0, Transcoding.widen(text, to: $0)) }
                }
                guard let units else { return }
                var exception: MWJSValue?
                // Entry 0 is null.
                api.pointee.JSObjectSetPropertyAtIndex(engine.context, list, UInt32(index + 1), api.pointee.JSValueMakeString(engine.context, units), &exception)
                api.pointee.JSStringRelease(units)
                failed = failed || exception != nil
            }
        }
        if failed { throw ScriptProblem(.memory, "there is no memory for the rows of a script: raise memoryLimit") }
    }

    /// Takes over the larger tables that the script's many rows needed.
    private func adopt() throws(ScriptProblem) {
        let engine = machine.engine
        guard let give = engine.property(object, "tables") else { return }
        let both = try machine.run(give, [])
        guard let table = engine.api.pointee.JSObjectGetPropertyAtIndex(engine.context, both, 0, nil),
            let numbers = engine.api.pointee.JSObjectGetPropertyAtIndex(engine.context, both, 1, nil),
            let tableBytes = engine.api.pointee.JSObjectGetTypedArrayBytesPtr(engine.context, table, nil),
            let numberBytes = engine.api.pointee.JSObjectGetTypedArrayBytesPtr(engine.context, numbers, nil)
        else { throw ScriptProblem(.memory, "there is no memory for the rows that the script returned: return fewer at a time, or raise memoryLimit") }
        let old = tables
        tables = (machine.hold(table), machine.hold(numbers))
        if let old {
            machine.release(old.0)
            machine.release(old.1)
        }
        self.table = tableBytes.assumingMemoryBound(to: Int32.self)
        self.numbers = numberBytes.assumingMemoryBound(to: Double.self)
        machine.cells.progress[SharedCells.Progress.grown] = 0
    }
}
