import HTTPMessages
import Kernel
import Telemetry

/// Health, metrics, and what this port serves.
struct SystemRoutes {
    let metrics: Metrics
    /// What stands between this process and readiness; empty when it is ready.
    let missing: @Sendable () async -> [String]

    var routes: [HTTPPort.Route] {
        [
            HTTPPort.Route("GET", "/healthz", right: nil) { _, _ in HTTPReply(status: 200, contentType: "text/plain", Array("ok\n".utf8)) },
            HTTPPort.Route("GET", "/readyz", right: nil) { _, _ in
                let missing = await missing()
                guard missing.isEmpty else {
                    throw Problem(503, "not ready", missing.joined(separator: "; "), fix: "wait; if it stays so, 'millwright doctor' says what is wrong")
                }
                return HTTPReply(status: 200, contentType: "text/plain", Array("ok\n".utf8))
            },
            HTTPPort.Route("GET", "/metrics", right: { _ in .path(verb: "get", path: "/metrics") }) { _, _ in
                HTTPReply(status: 200, contentType: "text/plain; version=0.0.4; charset=utf-8", Array(metrics.rendered().utf8))
            },
        ]
    }

    /// The route that lists the others, made from them.
    static func openAPI(of routes: [HTTPPort.Route]) -> HTTPPort.Route {
        var paths = JSONObject()
        for route in routes {
            let path = "/" + route.pattern.map { $0.hasPrefix(":") ? "{\($0.dropFirst())}" : $0 }.joined(separator: "/")
            var operation: JSON = ["responses": ["default": ["description": "application/problem+json when it fails"]]]
            let parameters = route.pattern.filter { $0.hasPrefix(":") }.map { name -> JSON in
                ["name": .string(String(name.dropFirst())), "in": "path", "required": true, "schema": ["type": "string"]]
            }
            if !parameters.isEmpty { operation["parameters"] = .array(parameters) }
            if !route.media.isEmpty {
                var content = JSONObject()
                for media in route.media { content[media] = .object(["schema": .object([:])]) }
                operation["requestBody"] = ["content": .object(content)]
            }
            var methods = paths[path] ?? .object([:])
            methods[route.method.lowercased()] = operation
            paths[path] = methods
        }
        let document: JSON = ["openapi": "3.0.3", "info": ["title": "Millwright", "version": .string(Millwright.version)], "paths": .object(paths)]
        let bytes = document.bytes
        return HTTPPort.Route("GET", "/openapi.json", right: { _ in .path(verb: "get", path: "/openapi.json") }) { _, _ in
            HTTPReply(status: 200, contentType: "application/json", bytes)
        }
    }
}
