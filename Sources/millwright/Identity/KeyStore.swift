import Crypto
import Kernel
import Platform

/// The keys and certificates of an installation, made on first start and kept in `<data-dir>/keys`, each readable by its owner alone.
///
/// Certificates are issued again when they end within a month or no longer fit (another address is listened on); the authority
/// lives for ten years.
struct KeyStore: Sendable {
    /// Our own controllers, as any API server knows them: by the name of their service account.
    static let controllerUser = "system:serviceaccount:\(SystemObjects.namespace):\(SystemObjects.serviceAccount)"
    static let adminUser = "admin"
    static let adminGroup = "system:masters"

    let authority: CertificateIdentity
    let server: CertificateIdentity
    let admin: CertificateIdentity
    let controllers: CertificateIdentity
    /// EC P-256, PEM: signs service account tokens.
    let tokenKey: String

    private static let authorityLife: Duration = .seconds(10 * 365 * 86400)
    private static let certificateLife: Duration = .seconds(365 * 86400)
    private static let renewBefore: Duration = .seconds(30 * 86400)

    /// - Parameters:
    ///   - names: DNS names that clients reach the server by.
    ///   - addresses: numeric addresses, likewise.
    init(directory: String, names: [String], addresses: [String], now: Timestamp) throws {
        // A clock that was a little fast on first start must not lock anyone out.
        let from = now + .seconds(-300)
        let end = now + Self.certificateLife
        let authority = try Self.kept(directory, "ca") { $0.notAfter > now } make: {
            try CertificateAuthority.create(commonName: "millwright-ca", from: from, until: now + Self.authorityLife)
        }
        let issuer = try CertificateAuthority(authority)
        func isGood(_ certificate: Certificate) -> Bool {
            certificate.notAfter > now + Self.renewBefore && certificate.issuerCommonName == "millwright-ca"
        }
        self.authority = authority
        server = try Self.kept(directory, "server") { certificate in
            isGood(certificate) && Set(names).isSubset(of: certificate.dnsNames) && Set(addresses).isSubset(of: certificate.ipAddresses)
        } make: {
            try issuer.issueServer(commonName: "millwright", dnsNames: names, ipAddresses: addresses, from: from, until: end)
        }
        admin = try Self.kept(directory, "admin", isGood) {
            try issuer.issueClient(commonName: Self.adminUser, organizations: [Self.adminGroup], from: from, until: end)
        }
        controllers = try Self.kept(directory, "controllers", isGood) {
            try issuer.issueClient(commonName: Self.controllerUser, organizations: [], from: from, until: end)
        }
        let tokenPath = "\(directory)/tokens.key"
        if Files.exists(tokenPath) {
            let pem = try Self.secret(tokenPath)
            _ = try Self.readable(tokenPath) { () throws(CryptoFailure) in try SigningKey(pem: pem) }
            tokenKey = pem
        } else {
            tokenKey = try SigningKey.generate().pem
            try Files.write(Array(tokenKey.utf8), to: tokenPath, mode: 0o600)
        }
    }

    /// A key that others could read is no secret any more: whoever has it is the administrator, or makes anyone one.
    private static func secret(_ path: String) throws -> String {
        if let mode = try Files.modeOpenToOthers(path) {
            throw CommandFailure(
                ExitStatus.configuration,
                "others may read the private key in \(path) (mode \(mode)); allow only its owner: chmod 600 \(path). If somebody may have read it, remove it together with the other files of its directory but encryption.key: all are made anew, and every token and kubeconfig issued before ends")
        }
        return try Files.text(path)
    }

    /// A damaged file is not made anew unasked: somebody may have the good one elsewhere, and clients trust it.
    private static func readable<Value>(_ path: String, _ read: () throws(CryptoFailure) -> Value) throws -> Value {
        do throws(CryptoFailure) { return try read() } catch {
            throw CommandFailure(
                ExitStatus.configuration,
                "\(path) is damaged: \(error). Put a good copy back; or remove all files of its directory but encryption.key: they are made anew, and every token and kubeconfig issued before ends")
        }
    }

    /// The pair from its files when it is there and good, else a new one, written. The key goes first: a certificate without its key is
    /// never found.
    private static func kept(
        _ directory: String, _ name: String, _ isGood: (Certificate) -> Bool, make: () throws -> CertificateIdentity
    ) throws -> CertificateIdentity {
        let (keyPath, certificatePath) = ("\(directory)/\(name).key", "\(directory)/\(name).crt")
        if Files.exists(keyPath), Files.exists(certificatePath) {
            let pair = CertificateIdentity(certificate: try Files.text(certificatePath), key: try secret(keyPath))
            let certificate = try readable(certificatePath) { () throws(CryptoFailure) in try Certificate(pem: pair.certificate) }
            let key = try readable(keyPath) { () throws(CryptoFailure) in try SigningKey(pem: pair.key) }
            if isGood(certificate), certificate.belongs(to: key) { return pair }
        }
        let fresh = try make()
        try Files.write(Array(fresh.key.utf8), to: keyPath, mode: 0o600)
        try Files.write(Array(fresh.certificate.utf8), to: certificatePath, mode: 0o600)
        return fresh
    }
}
