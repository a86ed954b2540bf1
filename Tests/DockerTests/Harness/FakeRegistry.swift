import EventLoop
import HTTPMessages
import HTTPServer
import Kernel
import Platform

@testable import Docker

/// A registry on the loopback, which an engine speaks to in the clear: one image, and every way to refuse it.
final class FakeRegistry: Sendable {
    enum Behaviour: Sendable {
        case serves
        /// Only with this user and password.
        case asks(user: String, password: String)
        case limits
        /// Gives the manifest, and never the layer.
        case stalls
    }

    let host: String
    private let loop: EventLoop
    private let server: HTTPServer
    private let running: Task<Void, Never>

    static let layer = TarWriter.archive([TarEntry("big.bin", .file((0..<3_000_000).map { UInt8(truncatingIfNeeded: $0 &* 2_654_435_761 >> 7) }))])

    static func with(_ behaviour: Behaviour, label: (String, String), _ body: (FakeRegistry) async throws -> Void) async throws {
        let registry = try await FakeRegistry(behaviour, label)
        do {
            try await body(registry)
        } catch {
            await registry.stop()
            throw error
        }
        await registry.stop()
    }

    private init(_ behaviour: Behaviour, _ label: (String, String)) async throws {
        loop = try EventLoop()
        try loop.start(name: "registry")
        let layerDigest = "sha256:" + SHA256.hex(Self.layer)
        let config: JSON = [
            "architecture": "amd64", "os": "linux", "config": ["Labels": .object(JSONObject([(label.0, .string(label.1))]))],
            "rootfs": ["type": "layers", "diff_ids": [.string(layerDigest)]],
        ]
        let configDigest = "sha256:" + SHA256.hex(config.bytes)
        let media = "application/vnd.docker.distribution.manifest.v2+json"
        let manifest: JSON = [
            "schemaVersion": 2, "mediaType": .string(media),
            "config": ["mediaType": "application/vnd.docker.container.image.v1+json", "size": JSON(config.bytes.count), "digest": .string(configDigest)],
            "layers": [["mediaType": "application/vnd.docker.image.rootfs.diff.tar.gzip", "size": JSON(Self.layer.count), "digest": .string(layerDigest)]],
        ]
        let manifestDigest = "sha256:" + SHA256.hex(manifest.bytes)
        @Sendable func refusal(_ status: Int, _ code: String, _ message: String, _ headers: HTTPHeaders = [:]) -> HTTPReply {
            var headers = headers
            headers["Content-Type"] = "application/json"
            return HTTPReply(status: status, headers: headers, body: .bytes((["errors": [["code": .string(code), "message": .string(message)]]] as JSON).bytes))
        }
        // The engine tries TLS first; its handshake is no head of a request, and mustn't be waited for.
        var limits = HTTPLimits()
        limits.headTimeout = .milliseconds(300)
        server = HTTPServer(loop: loop, limits: limits) { request in
            switch behaviour {
            case .asks(let user, let password):
                let expected = "Basic " + base64URL(Array("\(user):\(password)".utf8)).replacing("-", with: "+").replacing("_", with: "/")
                guard request.headers["Authorization"] == expected else {
                    return refusal(401, "UNAUTHORIZED", "authentication required", ["WWW-Authenticate": "Basic realm=\"registry\""])
                }
            case .limits where request.rawPath.contains("/manifests/"): return refusal(429, "TOOMANYREQUESTS", "You have reached your pull rate limit")
            case .serves, .limits, .stalls: break
            }
            if request.rawPath == "/v2/" {
                return HTTPReply(status: 200, headers: ["Docker-Distribution-Api-Version": "registry/2.0", "Content-Type": "application/json"], body: .bytes(Array("{}".utf8)))
            }
            if request.rawPath.hasSuffix("/manifests/1") || request.rawPath.hasSuffix("/manifests/\(manifestDigest)") {
                return HTTPReply(status: 200, headers: ["Content-Type": media, "Docker-Content-Digest": manifestDigest], body: .bytes(manifest.bytes))
            }
            if request.rawPath.hasSuffix("/blobs/\(configDigest)") { return HTTPReply(status: 200, contentType: "application/octet-stream", config.bytes) }
            if request.rawPath.hasSuffix("/blobs/\(layerDigest)") {
                if case .stalls = behaviour { try? await Task.sleep(for: .seconds(3600)) }
                return HTTPReply(status: 200, contentType: "application/octet-stream", Self.layer)
            }
            return refusal(404, "MANIFEST_UNKNOWN", "manifest unknown")
        }
        host = "127.0.0.1:\(try await server.start())"
        let server = server
        running = Task { await server.run() }
    }

    private func stop() async {
        await server.stop()
        await running.value
        loop.stop()
    }
}
