import Fuzzing
import Kernel
import YAML

/// Every document of a YAML text survives writing and reading; an error has a place.
@_cdecl("LLVMFuzzerTestOneInput") public func fuzz(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    let input = FuzzInput(start, count)
    var limits = YAMLLimits()
    limits.maximumAliasExpansion = 64 << 10
    let documents: [JSON]
    do throws(YAMLError) {
        documents = try YAML.parse(input.bytes, limits: limits)
    } catch {
        require(error.line >= 1 && error.column >= 1 && !error.message.isEmpty, "an error without a place: \(error)")
        return 0
    }
    for document in documents {
        let text = YAML.write(document)
        do throws(YAMLError) {
            let again = try YAML.parse(text)
            require(again == [document], "written as\n\(text)\nread as \(again.map(\.text)) for \(document.text)")
        } catch {
            require(false, "written form can't be read: \(error)\n\(text)\nfor \(document.text)")
        }
    }
    return 0
}
