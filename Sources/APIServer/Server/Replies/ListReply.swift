import APIServerCore
import HTTPMessages
import Kernel
import Store

/// The reply with a list: stored bytes one after another, in pieces when it is large.
enum ListReply {
    static func make(_ page: ListPage, _ resource: ServedResource, _ context: RequestContext, _ representation: Representation) throws(APIStatus) -> HTTPReply {
        let pretty = context.options.flag("pretty")
        if representation == .plain, !pretty { return plain(page, resource) }
        let shown: JSON
        switch representation.shape {
        case .object:
            shown = list(kind: resource.definition.listKind, apiVersion: resource.definition.apiVersion, page, page.items.compactMap(resource.json))
        case .partial(let version):
            let items = page.items.compactMap(resource.json).map { PartialObject.make($0, version: version) }
            shown = list(kind: "PartialObjectMetadataList", apiVersion: "meta.k8s.io/\(version)", page, items)
        case .table(let version):
            shown = try TableShape(resource, version: version, context.options).table(of: page.items.compactMap(resource.json), metadata: metadata(page))
        }
        return Reply.json(shown, as: Representation(encoding: representation.encoding), pretty: pretty)
    }

    static func metadata(_ page: ListPage) -> JSON {
        var metadata: JSON = ["resourceVersion": .string(String(page.revision))]
        if let next = page.next { metadata["continue"] = .string(next) }
        if let remaining = page.remaining { metadata["remainingItemCount"] = JSON(remaining) }
        return metadata
    }

    private static func list(kind: String, apiVersion: String, _ page: ListPage, _ items: [JSON]) -> JSON {
        ["kind": .string(kind), "apiVersion": .string(apiVersion), "metadata": metadata(page), "items": .array(items)]
    }

    private static func plain(_ page: ListPage, _ resource: ServedResource) -> HTTPReply {
        var head = JSONWriter()
        head.raw("{\"kind\":")
        head.string(resource.definition.listKind)
        head.raw(",\"apiVersion\":")
        head.string(resource.definition.apiVersion)
        head.raw(",\"metadata\":")
        head.write(metadata(page))
        head.raw(",\"items\":[")
        let size = page.items.reduce(head.bytes.count + 2) { $0 + $1.bytes.count + 1 }
        let start = head.bytes
        guard size > Reply.chunkBytes else {
            var bytes = start
            bytes.reserveCapacity(size + 64)
            append(page.items[...], isFirst: true, resource, to: &bytes)
            bytes += [UInt8(ascii: "]"), UInt8(ascii: "}")]
            return HTTPReply(status: 200, contentType: MediaType.json, bytes)
        }
        return HTTPReply(
            status: 200, headers: ["Content-Type": MediaType.json],
            body: .stream { writer in
                var bytes = start
                var from = page.items.startIndex
                while from < page.items.endIndex {
                    var to = from
                    var size = bytes.count
                    while to < page.items.endIndex, size < Reply.chunkBytes {
                        size += page.items[to].bytes.count + 1
                        to += 1
                    }
                    bytes.reserveCapacity(size + 64)
                    append(page.items[from..<to], isFirst: from == page.items.startIndex, resource, to: &bytes)
                    from = to
                    if from == page.items.endIndex { bytes += [UInt8(ascii: "]"), UInt8(ascii: "}")] }
                    try await writer.write(bytes)
                    bytes.removeAll(keepingCapacity: true)
                }
            }, streamBytes: size)
    }

    private static func append(_ items: ArraySlice<StoredObject>, isFirst: Bool, _ resource: ServedResource, to bytes: inout [UInt8]) {
        var needsComma = !isFirst
        for item in items {
            if needsComma { bytes.append(UInt8(ascii: ",")) }
            bytes += resource.bytes(item)
            needsComma = true
        }
    }
}
