import Kernel

/// A port a container listens on, as v1.ContainerPort.
public struct ContainerPort: Sendable, Equatable {
    public enum Transport: String, Sendable, CaseIterable { case tcp = "TCP", udp = "UDP" }

    public var name: String?
    public var containerPort: Int
    /// 0: a free one, chosen once and kept.
    public var hostPort: Int
    /// nil: the runtime's default, 127.0.0.1 on Docker.
    public var hostIP: String?
    public var transport: Transport

    public init(name: String? = nil, containerPort: Int, hostPort: Int = 0, hostIP: String? = nil, transport: Transport = .tcp) {
        self.name = name
        self.containerPort = containerPort
        self.hostPort = hostPort
        self.hostIP = hostIP
        self.transport = transport
    }

    /// What status.endpoints calls it.
    public var label: String { name ?? String(containerPort) }

    static let fields = ["name", "containerPort", "hostPort", "hostIP", "protocol"]

    init(_ reader: FieldReader) {
        name = reader.string("name", length: 1...15, .label)
        if !reader.has("containerPort") { reader.fail("containerPort", "is required") }
        containerPort = Int(reader.int("containerPort", 1...65535) ?? 0)
        hostPort = Int(reader.int("hostPort", 0...65535) ?? 0)
        hostIP = reader.string("hostIP", length: 0...45, .address)
        transport = reader.choice("protocol", Transport.self) ?? .tcp
    }
}

/// A port by its name or its number inside the container.
public enum PortReference: Sendable, Equatable, CustomStringConvertible {
    case name(String)
    case number(Int)

    public var description: String {
        switch self {
        case .name(let name): name
        case .number(let number): String(number)
        }
    }

    init(_ reader: FieldReader, _ key: String) {
        self = .number(0)
        switch reader.raw(key) {
        case .int(let number)?:
            if (1...65535).contains(number) { self = .number(Int(number)) } else { reader.fail(key, "must be from 1 to 65535; found \(number)") }
        case .string(let text)?:
            if let number = Int(text), (1...65535).contains(number) { self = .number(number) }
            else if text.count <= 15, TextRule.label.accepts(text) { self = .name(text) }
            else { reader.fail(key, "must be the number or the name of a port; found \(JSON.string(String(text.prefix(40))))") }
        case let other?: reader.fail(key, "must be the number or the name of a port; found \(other.typeName)")
        case nil: reader.fail(key, "is required")
        }
    }
}
