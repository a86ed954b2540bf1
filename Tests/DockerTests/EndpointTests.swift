import Testing

@testable import Docker

@Suite struct EndpointTests {
    @Test(arguments: [
        ("", DockerEndpoint.Address.unix(path: "/var/run/docker.sock")), ("unix:///run/user/1/docker.sock", .unix(path: "/run/user/1/docker.sock")),
        ("tcp://10.0.0.5", .tcp(host: "10.0.0.5", port: 2375)), ("tcp://engine.example.com:4000/", .tcp(host: "engine.example.com", port: 4000)),
        ("http://h:1", .tcp(host: "h", port: 1)), ("tcp://[::1]:2375", .tcp(host: "::1", port: 2375)), ("tcp://[fe80::1]", .tcp(host: "fe80::1", port: 2375)),
    ])
    func whatDockerTakesIsTaken(text: String, address: DockerEndpoint.Address) throws {
        let endpoint = try DockerEndpoint(text)
        #expect(endpoint.address == address && endpoint.tls == nil)
    }

    @Test(arguments: [
        "docker", "unix://docker.sock", "unix://", "tcp://", "tcp://h:0", "tcp://h:65536", "tcp://h:x", "ssh://h", "npipe://x", "tcp://a b", "tcp://h/path", "tcp://u@h",
        "tcp://[::1", "fd://", "unix:///" + String(repeating: "x", count: 200),
    ])
    func whatItDoesNotTakeIsExplained(text: String) {
        let error = #expect(throws: DockerEndpointError.self) { try DockerEndpoint(text) }
        #expect(error?.message.contains(text) == true)
    }

    @Test func certificatesAreWhereDockerKeepsThem() throws {
        let missing = #expect(throws: DockerEndpointError.self) { try DockerEndpoint("tcp://h", environment: ["DOCKER_CERT_PATH": "/nowhere"]) }
        #expect(missing?.message.contains("/nowhere/ca.pem") == true)
        let endpoint = try DockerEndpoint(environment: ["DOCKER_HOST": "tcp://h", "DOCKER_TLS_VERIFY": "1", "HOME": "/nowhere"])
        #expect(endpoint.address == .tcp(host: "h", port: 2376) && endpoint.tls == DockerEndpoint.TLS(authority: nil, certificate: nil, key: nil))
        #expect(try DockerEndpoint("https://h", environment: ["HOME": "/nowhere"]).tls != nil)
        #expect(try DockerEndpoint(environment: [:]).description == "unix:///var/run/docker.sock")
    }

    @Test func aKeyIsNeverPrinted() {
        let tls = DockerEndpoint.TLS(authority: "ca", certificate: "cert", key: "s3cret")
        let endpoint = DockerEndpoint(address: .tcp(host: "h", port: 1), tls: tls)
        #expect(!"\(tls) \(String(reflecting: tls)) \(endpoint) \(String(reflecting: endpoint)) \(Optional(tls) as Any)".contains("s3cret"))
    }

    @Test func whatIsLocal() throws {
        for text in ["", "tcp://127.0.0.1", "tcp://localhost", "tcp://[::1]"] { #expect(try DockerEndpoint(text).isLocal) }
        #expect(try DockerEndpoint("tcp://10.0.0.1").isLocal == false)
    }
}
