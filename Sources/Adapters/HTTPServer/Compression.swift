import CZlib
import EventLoop
import HTTPMessages

/// Compresses large replies for clients that accept gzip, off the loop.
enum Compression {
    /// Fast and nearly as small as the higher levels on JSON.
    private static let level: Int32 = 1

    static func applied(to reply: HTTPReply, _ body: [UInt8], _ request: HTTPRequest, _ limits: HTTPLimits) async -> (HTTPReply, [UInt8]) {
        guard let threshold = limits.compressFrom, body.count >= threshold, reply.headers["Content-Encoding"] == nil,
            accepts(request.headers.all("Accept-Encoding"))
        else { return (reply, body) }
        let packed = await offLoop { gzip(body) }
        guard let packed, packed.count < body.count else { return (reply, body) }
        var reply = reply
        reply.headers["Content-Encoding"] = "gzip"
        reply.headers.add("Vary", "Accept-Encoding")
        return (reply, packed)
    }

    /// The same for a reply in pieces: its head, and how its body is written.
    static func applied(
        to reply: HTTPReply, _ body: @escaping @Sendable (any HTTPBodyWriter) async throws -> Void, _ request: HTTPRequest, _ limits: HTTPLimits
    ) -> (HTTPReply, @Sendable (any HTTPBodyWriter) async throws -> Void) {
        guard let threshold = limits.compressFrom, let bytes = reply.streamBytes, bytes >= threshold, reply.headers["Content-Encoding"] == nil,
            accepts(request.headers.all("Accept-Encoding"))
        else { return (reply, body) }
        var reply = reply
        reply.headers["Content-Encoding"] = "gzip"
        reply.headers.add("Vary", "Accept-Encoding")
        return (reply, { writer in
            let packing = try GzipWriter(writer, level: level)
            try await body(packing)
            try await packing.finish()
        })
    }

    /// Whether gzip is named, and not with the quality 0.
    static func accepts(_ values: [String]) -> Bool {
        for item in values.joined(separator: ",").lowercased().split(separator: ",") {
            let parts = item.split(separator: ";").map { $0.filter { $0 != " " && $0 != "\t" } }
            guard parts.first == "gzip" else { continue }
            return !parts.dropFirst().contains { $0.hasPrefix("q=0") && !$0.dropFirst(3).contains { ("1"..."9").contains($0) } }
        }
        return false
    }

    /// nil when zlib has no memory.
    static func gzip(_ bytes: [UInt8]) -> [UInt8]? {
        var stream = z_stream()
        guard mw_gzip_begin(&stream, level) == Z_OK else { return nil }
        defer { deflateEnd(&stream) }
        let bound = Int(deflateBound(&stream, UInt(bytes.count)))
        var bytes = bytes
        return bytes.withUnsafeMutableBufferPointer { input -> [UInt8]? in
            guard let count = UInt32(exactly: input.count), let room = UInt32(exactly: bound) else { return nil }
            stream.next_in = input.baseAddress
            stream.avail_in = count
            var finished = false
            let packed = [UInt8](unsafeUninitializedCapacity: bound) { output, used in
                stream.next_out = output.baseAddress
                stream.avail_out = room
                finished = deflate(&stream, Z_FINISH) == Z_STREAM_END
                used = bound - Int(stream.avail_out)
            }
            return finished ? packed : nil
        }
    }
}
