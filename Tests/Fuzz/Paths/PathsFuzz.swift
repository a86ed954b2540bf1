import Fuzzing
import Kernel
import PipelineJobs

/// Any text is a path or refused with a reason; and what was compiled can be filled in twice to the same.
@_cdecl("LLVMFuzzerTestOneInput") public func fuzz(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    let text = String(decoding: FuzzInput(start, count).bytes, as: UTF8.self)
    do throws(FieldError) {
        let template = try PathTemplate(text, scope, at: "path")
        guard let values else { return 0 }
        let first = try template.fill(values)
        require(try template.fill(values) == first, "filled in twice it differs")
        if !text.contains("${") { require(first == text, "a path without expressions changed: \(first)") }
    } catch { require(!error.message.isEmpty, "an error without a word") }
    return 0
}

private let scope = PathScope([], knowsRun: true)
private let values: PathScope.Values? = (try? ParameterValues([], given: [:])).map {
    PathScope.Values($0, pipeline: "orders", run: PathScope.Run(id: "1", name: "run", started: Timestamp(seconds: 0)))
}
