import APIServerCore
import Fuzzing
import Kernel

/// First line: a label and a field selector, as a client sends them; second: an object. What a selector says of itself means the same.
@_cdecl("LLVMFuzzerTestOneInput") public func fuzz(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    let lines = FuzzInput(start, count).lines(2)
    let text = String(decoding: lines[0], as: UTF8.self)
    var object = JSON.null
    do throws(JSONError) { if lines.count > 1 { object = try JSONParser.parse(lines[1]) } } catch {}
    do throws(SelectorError) {
        let selector = try LabelSelector(text)
        let matches = selector.matches(object)
        do throws(SelectorError) {
            require(try LabelSelector(selector.description).matches(object) == matches, "\(selector) means another thing than \(text)")
        } catch {
            require(false, "\(selector) of \(text) can't be read: \(error)")
        }
    } catch {
        require(!error.description.isEmpty, "an error without words")
    }
    do throws(SelectorError) {
        let selector = try FieldSelector(text)
        do throws(SelectorError) {
            require(try FieldSelector(selector.description) == selector, "\(selector) is another thing than \(text)")
        } catch {
            require(false, "\(selector) of \(text) can't be read: \(error)")
        }
    } catch {
        require(!error.description.isEmpty, "an error without words")
    }
    do throws(SelectorError) { _ = try LabelSelector(object: object).matches(["a": "b"]) } catch {}
    return 0
}
