import Fuzzing
import Kernel

/// A text that is JSON is the same value after writing, compact and indented, and its writing no longer changes.
@_cdecl("LLVMFuzzerTestOneInput") public func fuzz(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    let input = FuzzInput(start, count)
    let value: JSON
    do throws(JSONError) {
        let read = try JSONParser.parseReportingDuplicates(input.bytes)
        value = read.value
    } catch {
        require(error.offset >= 0 && error.offset <= count && !error.message.isEmpty, "an error without a place: \(error)")
        return 0
    }
    let compact = value.bytes
    var indented = JSONWriter()
    indented.writeIndented(value)
    for (form, bytes) in [("compact", compact), ("indented", indented.bytes), ("canonical", value.canonical.bytes)] {
        do throws(JSONError) {
            let again = try JSONParser.parse(bytes)
            require(again == value && again.hashValue == value.hashValue, "\(form) form reads as another value: \(again.text) for \(value.text)")
            // A zero that came with a sign loses it at the second reading, as in Kubernetes.
            if form == "compact", !value.text.contains("-0") { require(again.bytes == compact, "writing isn't stable: \(again.text) for \(value.text)") }
        } catch {
            require(false, "\(form) form isn't JSON: \(error)")
        }
    }
    return 0
}
