import Kernel

/// How it is found out whether an instance is well, as v1.Probe.
public struct Probe: Sendable, Equatable {
    public enum Scheme: String, Sendable, CaseIterable { case http = "HTTP", https = "HTTPS" }

    public struct Header: Sendable, Equatable {
        public var name: String
        public var value: String

        public init(name: String, value: String) {
            self.name = name
            self.value = value
        }
    }

    public enum Handler: Sendable, Equatable {
        case httpGet(path: String, port: PortReference, scheme: Scheme, headers: [Header])
        case tcpSocket(port: PortReference)
        case exec(command: [String])
    }

    public var handler: Handler
    public var initialDelay: Duration
    public var period: Duration
    public var timeout: Duration
    public var successThreshold: Int
    public var failureThreshold: Int

    public init(
        handler: Handler, initialDelay: Duration = .zero, period: Duration = .seconds(10), timeout: Duration = .seconds(1),
        successThreshold: Int = 1, failureThreshold: Int = 3
    ) {
        self.handler = handler
        self.initialDelay = initialDelay
        self.period = period
        self.timeout = timeout
        self.successThreshold = successThreshold
        self.failureThreshold = failureThreshold
    }

    /// The port it goes to; nil for a command.
    public var port: PortReference? {
        switch handler {
        case .httpGet(_, let port, _, _), .tcpSocket(let port): port
        case .exec: nil
        }
    }

    private static let handlers = ["httpGet", "tcpSocket", "exec"]
    static let fields = handlers + [
        "initialDelaySeconds", "periodSeconds", "timeoutSeconds", "successThreshold", "failureThreshold",
    ]

    init(_ reader: FieldReader, mayNeedSeveralSuccesses: Bool) {
        reader.exactlyOne(of: Self.handlers)
        handler = .exec(command: [])
        if let get = reader.object("httpGet", fields: ["path", "port", "scheme", "httpHeaders"]) {
            handler = .httpGet(
                path: get.string("path", length: 0...4096, .httpPath) ?? "/", port: PortReference(get, "port"),
                scheme: get.choice("scheme", Scheme.self) ?? .http,
                headers: get.objects("httpHeaders", most: 32, fields: ["name", "value"]) { header in
                    if !header.has("value") { header.fail("value", "is required") }
                    return Header(name: header.required("name", length: 1...256, .header), value: header.string("value", length: 0...4096) ?? "")
                })
        }
        if let socket = reader.object("tcpSocket", fields: ["port"]) { handler = .tcpSocket(port: PortReference(socket, "port")) }
        if let exec = reader.object("exec", fields: ["command"]) {
            if !exec.has("command") { exec.fail("command", "is required") }
            handler = .exec(command: exec.strings("command", count: 1...64, length: 0...4096) ?? [])
        }
        initialDelay = .seconds(reader.int("initialDelaySeconds", 0...86400) ?? 0)
        period = .seconds(reader.int("periodSeconds", 1...86400) ?? 10)
        timeout = .seconds(reader.int("timeoutSeconds", 1...3600) ?? 1)
        successThreshold = Int(reader.int("successThreshold", 1...(mayNeedSeveralSuccesses ? 1000 : 1)) ?? 1)
        failureThreshold = Int(reader.int("failureThreshold", 1...1000) ?? 3)
    }
}
