import APIServerCore
import HTTPMessages
import Kernel
import YAML

/// A request's body, decoded, with what a strict reader finds wrong in it.
struct DecodedBody: Sendable {
    var json: JSON
    /// Paths of members that stand twice.
    var duplicates: [String] = []
}

/// Decodes request bodies of every encoding we take.
struct BodyDecoder: Sendable {
    /// Bytes of a request's body; more is 413.
    static let maximumBytes = 3 * 1024 * 1024

    /// - Parameters:
    ///   - tracksDuplicates: whether members that stand twice are looked for, which costs a little.
    ///   - protobuf: decodes a protobuf body; nil where it isn't taken.
    static func decode(
        _ request: HTTPRequest, tracksDuplicates: Bool, protobuf: (([UInt8]) throws(APIStatus) -> JSON)?
    ) throws(APIStatus) -> DecodedBody {
        guard request.body.count <= maximumBytes else { throw .requestEntityTooLarge(limit: maximumBytes) }
        let type = request.headers["Content-Type"].flatMap { $0.isEmpty ? nil : $0 } ?? MediaType.json
        switch MediaType(type)?.essence {
        case MediaType.json: return try json(request.body, tracksDuplicates)
        case MediaType.yaml, "application/x-yaml", "text/yaml": return try yaml(request.body)
        case MediaType.protobuf:
            guard let protobuf else { throw .unsupportedMediaType(accepted: [MediaType.json, MediaType.yaml]) }
            return DecodedBody(json: try protobuf(request.body))
        default:
            var accepted = [MediaType.json, MediaType.yaml]
            if protobuf != nil { accepted.append(MediaType.protobuf) }
            throw .unsupportedMediaType(accepted: accepted)
        }
    }

    static func json(_ bytes: [UInt8], _ tracksDuplicates: Bool) throws(APIStatus) -> DecodedBody {
        do {
            if tracksDuplicates {
                let (value, duplicates) = try JSONParser.parseReportingDuplicates(bytes)
                return DecodedBody(json: value, duplicates: duplicates)
            }
            return DecodedBody(json: try JSONParser.parse(bytes))
        } catch {
            throw .badRequest("the body is not valid JSON: \(error)")
        }
    }

    static func yaml(_ bytes: [UInt8]) throws(APIStatus) -> DecodedBody {
        do throws(YAMLError) {
            let (documents, duplicates) = try YAML.parseReportingDuplicates(bytes)
            guard let first = documents.first else { throw YAMLError(message: "the body holds no document", line: 1, column: 1) }
            return DecodedBody(json: first, duplicates: duplicates.map(\.path))
        } catch {
            throw .badRequest("the body is not valid YAML: \(error.summary)")
        }
    }
}
