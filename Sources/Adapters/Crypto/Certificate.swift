import COpenSSL
import Glibc
import Kernel

/// What an X.509 certificate says. A value; it proves nothing by itself.
public struct Certificate: Sendable, Equatable {
    public let pem: String
    public let commonName: String
    public let organizations: [String]
    public let issuerCommonName: String
    public let notBefore: Timestamp
    public let notAfter: Timestamp
    public let dnsNames: [String]
    public let ipAddresses: [String]
    public let isAuthority: Bool
    /// SHA-256 of the DER form, hexadecimal.
    public let fingerprint: String

    /// Reads the first certificate of the text.
    public init(pem text: String) throws(CryptoFailure) {
        guard let certificate = PEM.read(text, { PEM_read_bio_X509($0, nil, mw_no_passphrase, nil) }) else { throw .openSSL("this is no PEM certificate") }
        defer { X509_free(certificate) }
        try self.init(certificate)
    }

    init(_ certificate: OpaquePointer) throws(CryptoFailure) {
        guard let subject = X509_get_subject_name(certificate), let issuer = X509_get_issuer_name(certificate),
            let notBefore = Self.time(X509_get0_notBefore(certificate)), let notAfter = Self.time(X509_get0_notAfter(certificate))
        else { throw .openSSL("the certificate has no subject, issuer or validity") }
        pem = try PEM.write { PEM_write_bio_X509($0, certificate) }
        commonName = SubjectName.entries(subject, NID_commonName).last ?? ""
        organizations = SubjectName.entries(subject, NID_organizationName)
        issuerCommonName = SubjectName.entries(issuer, NID_commonName).last ?? ""
        self.notBefore = notBefore
        self.notAfter = notAfter
        (dnsNames, ipAddresses) = Self.alternativeNames(certificate)
        isAuthority = X509_check_ca(certificate) == 1
        var digest = [UInt8](repeating: 0, count: 32)
        var count: UInt32 = 0
        guard X509_digest(certificate, EVP_sha256(), &digest, &count) == 1, count == 32 else { throw .openSSL("the certificate has no fingerprint") }
        fingerprint = Hex.encode(digest)
        ERR_clear_error()
    }

    /// Whether the private key is this certificate's.
    public func belongs(to key: SigningKey) -> Bool {
        guard let certificate = PEM.read(pem, { PEM_read_bio_X509($0, nil, mw_no_passphrase, nil) }) else { return false }
        defer { X509_free(certificate); ERR_clear_error() }
        return X509_check_private_key(certificate, key.key) == 1
    }

    private static func time(_ time: UnsafePointer<ASN1_TIME>?) -> Timestamp? {
        var parts = tm()
        guard let time, ASN1_TIME_to_tm(time, &parts) == 1 else { return nil }
        return Timestamp(seconds: Int64(timegm(&parts)))
    }

    private static func alternativeNames(_ certificate: OpaquePointer) -> (dns: [String], ip: [String]) {
        guard let raw = X509_get_ext_d2i(certificate, NID_subject_alt_name, nil, nil) else { return ([], []) }
        let names = OpaquePointer(raw)
        defer { mw_sk_general_names_free(names) }
        var dns: [String] = []
        var ip: [String] = []
        for index in 0..<mw_general_name_count(names) {
            var bytes: UnsafePointer<UInt8>?
            var count: Int32 = 0
            let kind = mw_general_name(names, index, &bytes, &count)
            guard let bytes, count >= 0 else { continue }
            if kind == 0 { dns.append(String(decoding: UnsafeBufferPointer(start: bytes, count: Int(count)), as: UTF8.self)) }
            if kind == 1 { ip.append(address(UnsafeBufferPointer(start: bytes, count: Int(count)))) }
        }
        return (dns, ip)
    }

    private static func address(_ bytes: UnsafeBufferPointer<UInt8>) -> String {
        var text = [CChar](repeating: 0, count: 64)
        let family = bytes.count == 4 ? AF_INET : AF_INET6
        guard bytes.count == 4 || bytes.count == 16, inet_ntop(family, bytes.baseAddress, &text, socklen_t(text.count)) != nil else { return "" }
        return String(decoding: text.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }
}
