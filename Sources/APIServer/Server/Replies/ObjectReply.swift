import APIServerCore
import HTTPMessages
import Kernel
import Store

/// The reply with one object, in the shape that the client asked for.
enum ObjectReply {
    /// Of a stored object: its bytes go out as they are wherever that is right.
    static func make(
        _ object: StoredObject, _ resource: ServedResource, _ context: RequestContext, _ representation: Representation, status: Int = 200
    ) throws(APIStatus) -> HTTPReply {
        if representation == .plain, !context.options.flag("pretty") {
            return HTTPReply(status: status, contentType: MediaType.json, resource.bytes(object))
        }
        guard let json = resource.json(object) else { throw .internalError("the stored \(object.key) is not readable") }
        return try make(json, resource, context, representation, status: status)
    }

    static func make(
        _ object: JSON, _ resource: ServedResource, _ context: RequestContext, _ representation: Representation, status: Int = 200
    ) throws(APIStatus) -> HTTPReply {
        let plain = Representation(encoding: representation.encoding)
        let shown: JSON
        switch representation.shape {
        case .object: shown = object
        case .partial(let version): shown = PartialObject.make(object, version: version)
        case .table(let version): shown = try TableShape(resource, version: version, context.options).table(of: object, withColumns: true)
        }
        return Reply.json(shown, status: status, as: plain, pretty: context.options.flag("pretty"))
    }
}
