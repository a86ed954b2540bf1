import COpenSSL
import Glibc
import Kernel

/// A certificate and its private key, both PEM. The key is a secret: files of it have mode 0600.
public struct CertificateIdentity: Sendable {
    public let certificate: String
    public let key: String

    public init(certificate: String, key: String) {
        self.certificate = certificate
        self.key = key
    }
}

/// Makes certificates: an authority of our own, and under it server and client certificates (ECDSA P-256, SHA-256).
public final class CertificateAuthority: Sendable {
    /// The authority's own certificate, PEM: what clients and servers are given to believe.
    public let certificate: String
    private let signing: SigningKey

    /// Takes up an authority that exists.
    public init(_ identity: CertificateIdentity) throws(CryptoFailure) {
        let certificate = try Certificate(pem: identity.certificate)
        let key = try SigningKey(pem: identity.key)
        guard certificate.isAuthority else { throw CryptoFailure("the certificate of \(certificate.commonName) is not an authority's") }
        guard certificate.belongs(to: key) else { throw CryptoFailure("the private key doesn't belong to the certificate of \(certificate.commonName)") }
        self.certificate = certificate.pem
        signing = key
    }

    /// A new authority, signed by itself. Its key must be kept to issue more later.
    public static func create(commonName: String, from: Timestamp, until: Timestamp) throws(CryptoFailure) -> CertificateIdentity {
        let key = try SigningKey.generate()
        let builder = try CertificateBuilder(commonName: commonName, organizations: [], from: from, until: until, key: key)
        try builder.add(NID_basic_constraints, "critical,CA:TRUE")
        try builder.add(NID_key_usage, "critical,keyCertSign,cRLSign,digitalSignature")
        return CertificateIdentity(certificate: try builder.signed(issuer: nil, by: key), key: try key.pem)
    }

    /// For a server that is reached under these names and addresses.
    public func issueServer(
        commonName: String, dnsNames: [String], ipAddresses: [String], from: Timestamp, until: Timestamp
    ) throws(CryptoFailure) -> CertificateIdentity {
        var names: [String] = []
        for name in dnsNames {
            guard !name.isEmpty, name.utf8.allSatisfy({ (0x61...0x7A).contains($0 | 0x20) || (0x30...0x39).contains($0) || [0x2A, 0x2D, 0x2E, 0x5F].contains($0) })
            else { throw CryptoFailure("\(name.debugDescription) is not a DNS name") }
            names.append("DNS:\(name)")
        }
        for address in ipAddresses {
            var room = in6_addr()
            guard inet_pton(AF_INET, address, &room) == 1 || inet_pton(AF_INET6, address, &room) == 1 else {
                throw CryptoFailure("\(address.debugDescription) is not an IP address")
            }
            names.append("IP:\(address)")
        }
        return try issue(commonName, [], from, until, usage: "serverAuth", names: names)
    }

    /// For a client: Kubernetes takes the common name as the user and each organisation as a group.
    public func issueClient(commonName: String, organizations: [String], from: Timestamp, until: Timestamp) throws(CryptoFailure) -> CertificateIdentity {
        try issue(commonName, organizations, from, until, usage: "clientAuth", names: [])
    }

    private func issue(
        _ commonName: String, _ organizations: [String], _ from: Timestamp, _ until: Timestamp, usage: String, names: [String]
    ) throws(CryptoFailure) -> CertificateIdentity {
        let key = try SigningKey.generate()
        let builder = try CertificateBuilder(commonName: commonName, organizations: organizations, from: from, until: until, key: key)
        try builder.add(NID_basic_constraints, "critical,CA:FALSE")
        try builder.add(NID_key_usage, "critical,digitalSignature")
        try builder.add(NID_ext_key_usage, usage)
        if !names.isEmpty { try builder.add(NID_subject_alt_name, names.joined(separator: ",")) }
        return CertificateIdentity(certificate: try builder.signed(issuer: certificate, by: signing), key: try key.pem)
    }
}
