import APIServerCore
import Kernel

/// Bodies in Kubernetes' protobuf, which kubectl sends for typed creates.
enum ProtobufBody {
    enum Expected: Sendable {
        case object(GroupVersionKind)
        case deleteOptions
    }

    static func decode(as expected: Expected) -> (([UInt8]) throws(APIStatus) -> JSON) {
        { bytes throws(APIStatus) in
            do throws(ProtobufError) {
                return try ProtobufDecoder.decode(bytes)
            } catch {
                throw .badRequest("the body is not valid Kubernetes protobuf: \(error)")
            }
        }
    }
}
