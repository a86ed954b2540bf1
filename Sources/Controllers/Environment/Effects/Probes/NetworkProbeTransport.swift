import EventLoop
import HTTPClient
import HTTPMessages
import Kernel
import Platform
import Resources

/// Probes over the machine's own network.
struct NetworkProbeTransport: ProbeTransport {
    let loop: EventLoop
    let clocks: any WaitingClocks

    func http(_ way: ProbeSubject.Way, path: String, scheme: Probe.Scheme, headers: [Probe.Header], timeout: Duration) async -> ProbeAnswer? {
        let tls = scheme == .https ? ClientTLS(skipsVerification: true) : nil
        let client = HTTPClient(
            loop: loop, endpoint: .tcp(host: way.host, port: way.port, tls: tls), connectTimeout: timeout, maximumReplyBytes: 1 << 20,
            idleConnections: 1, userAgent: "millwright-probe")
        var fields: HTTPHeaders = ["Connection": "close", "Accept": "*/*"]
        for header in headers { fields[header.name] = header.value }
        do throws(HTTPClientError) {
            let reply = try await client.send(HTTPRequest("GET", path, headers: fields), timeout: timeout)
            guard !(200..<400).contains(reply.status) else { return .passed }
            return .failed("HTTP status \(reply.status) from \(scheme.rawValue.lowercased())://\(way.host):\(way.port)\(path)")
        } catch {
            switch error {
            case .unreachable(let detail): return Self.isRefusal(detail) ? .failed("connection refused by \(way.host):\(way.port)") : nil
            case .timeout: return .failed("no answer from \(way.host):\(way.port) within \(timeout.manifest)")
            case .connectionLost(let detail): return .failed("connection lost: \(detail)")
            case .tls(let detail): return .failed("TLS: \(detail)")
            case .replyTooLarge: return .passed
            case .cancelled: return .unknown
            case .invalidRequest(let detail): return .failed("the request can't be sent: \(detail)")
            case .notUpgraded(let reply): return .failed("HTTP status \(reply.status)")
            }
        }
    }

    private static func isRefusal(_ detail: String) -> Bool { detail.lowercased().contains("refused") || detail.contains("Failed to connect") }

    func connect(_ way: ProbeSubject.Way, isPublished: Bool, timeout: Duration) async -> ProbeAnswer? {
        guard let socket = TCPProbe(host: way.host, port: way.port) else { return nil }
        defer { socket.close() }
        let deadline = clocks.monotonic + timeout
        // The loopback and a bridge answer within microseconds; the pauses grow for what doesn't.
        var pause = Duration.milliseconds(1)
        while true {
            switch socket.state {
            case .connected:
                guard isPublished else { return .passed }
                return await staysOpen(socket, way)
            case .refused: return .failed("connection refused by \(way.host):\(way.port)")
            case .unreachable: return nil
            case .connecting: break
            }
            guard clocks.monotonic < deadline else { return .failed("no connection to \(way.host):\(way.port) within \(timeout.manifest)") }
            do { try await clocks.sleep(for: pause) } catch { return .unknown }
            pause = min(pause * 2, .milliseconds(50))
        }
    }

    /// Docker's proxy takes every connection, and closes it at once when nothing listens behind.
    private func staysOpen(_ socket: TCPProbe, _ way: ProbeSubject.Way) async -> ProbeAnswer {
        for _ in 0..<10 {
            do { try await clocks.sleep(for: .milliseconds(5)) } catch { return .unknown }
            if socket.isClosedByPeer { return .failed("connection closed at once by \(way.host):\(way.port)") }
        }
        return .passed
    }
}
