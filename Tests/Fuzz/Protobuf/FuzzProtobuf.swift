import APIServerCore
import Fuzzing
import Kernel

/// Bodies in the envelope of Kubernetes; what can be read can be written as JSON.
@_cdecl("LLVMFuzzerTestOneInput") public func fuzz(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    let bytes = FuzzInput(start, count).bytes
    do throws(ProtobufError) {
        let object = try ProtobufDecoder.decode(bytes)
        do throws(JSONError) {
            require(try JSONParser.parse(object.bytes) == object, "as JSON it is another value: \(object.text)")
        } catch {
            require(false, "as JSON it can't be read: \(error): \(object.text)")
        }
    } catch {
        require(!error.description.isEmpty, "an error without words")
    }
    return 0
}
