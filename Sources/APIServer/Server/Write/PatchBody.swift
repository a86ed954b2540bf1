import APIServerCore
import HTTPMessages
import Kernel

/// The body of a PATCH, by its Content-Type.
enum PatchBody: Sendable {
    case json(JSONPatch)
    case merge(JSON)
    case strategic(JSON)
    /// Server-side apply: the object as the manager wants it.
    case apply(DecodedBody)

    /// - Throws: 400, 413, or 415 naming what the resource can be patched with.
    init(_ request: HTTPRequest, _ resource: ServedResource) throws(APIStatus) {
        guard request.body.count <= BodyDecoder.maximumBytes else { throw .requestEntityTooLarge(limit: BodyDecoder.maximumBytes) }
        let isStrategic = if case .strategic = resource.definition.patches { true } else { false }
        switch MediaType(request.headers["Content-Type"] ?? "")?.essence {
        case MediaType.jsonPatch:
            let document = try BodyDecoder.json(request.body, false).json
            do throws(PatchError) { self = .json(try JSONPatch(document)) } catch { throw error.status }
        case MediaType.mergePatch: self = .merge(try BodyDecoder.json(request.body, false).json)
        case MediaType.strategicMergePatch where isStrategic: self = .strategic(try BodyDecoder.json(request.body, false).json)
        case MediaType.applyPatch: self = .apply(try BodyDecoder.yaml(request.body))
        default:
            var accepted = [MediaType.jsonPatch, MediaType.mergePatch]
            if isStrategic { accepted.append(MediaType.strategicMergePatch) }
            throw .unsupportedMediaType(accepted: accepted + [MediaType.applyPatch])
        }
    }

    /// The object with the patch applied; for `apply`, use `FieldManagement`.
    func applied(to object: JSON, _ resource: ServedResource) throws(APIStatus) -> JSON {
        do throws(PatchError) {
            switch self {
            case .json(let patch): return try patch.applied(to: object)
            case .merge(let patch): return try MergePatch.applied(patch, to: object)
            case .strategic(let patch): return try StrategicMergePatch.applied(patch, to: object, schema: resource.schema)
            case .apply(let body): return try MergePatch.applied(body.json, to: object)
            }
        } catch {
            throw error.status
        }
    }
}
