import COpenSSL
import Kernel

/// Puts one X.509 certificate together.
final class CertificateBuilder {
    private let certificate: OpaquePointer

    init(commonName: String, organizations: [String], from: Timestamp, until: Timestamp, key: SigningKey) throws(CryptoFailure) {
        guard let certificate = X509_new() else { throw .openSSL("no certificate can be made") }
        self.certificate = certificate
        // The number 2 means version 3.
        guard X509_set_version(certificate, 2) == 1, let serial = X509_get_serialNumber(certificate), Self.setSerial(serial),
            ASN1_TIME_set(X509_getm_notBefore(certificate), Int(from.seconds)) != nil,
            ASN1_TIME_set(X509_getm_notAfter(certificate), Int(until.seconds)) != nil,
            X509_set_pubkey(certificate, key.key) == 1, let subject = X509_get_subject_name(certificate)
        else { throw .openSSL("no certificate can be made for \(commonName)") }
        for organization in organizations { try Self.add("O", organization, to: subject) }
        try Self.add("CN", commonName, to: subject)
    }

    deinit { X509_free(certificate) }

    /// An extension in OpenSSL's notation; values from outside are checked before.
    func add(_ kind: Int32, _ value: String, issuer: OpaquePointer? = nil) throws(CryptoFailure) {
        var context = X509V3_CTX()
        X509V3_set_ctx(&context, issuer ?? certificate, certificate, nil, nil, 0)
        guard let made = X509V3_EXT_conf_nid(nil, &context, kind, value) else { throw .openSSL("the certificate can't carry \(value)") }
        defer { X509_EXTENSION_free(made) }
        guard X509_add_ext(certificate, made, -1) == 1 else { throw .openSSL("the certificate can't carry \(value)") }
    }

    /// PEM; signed by itself without an issuer. Once, as the last step.
    func signed(issuer: String?, by key: SigningKey) throws(CryptoFailure) -> String {
        try add(NID_subject_key_identifier, "hash")
        if let issuer {
            guard let authority = PEM.read(issuer, { PEM_read_bio_X509($0, nil, mw_no_passphrase, nil) }) else { throw .openSSL("the authority's certificate is not PEM") }
            defer { X509_free(authority) }
            try add(NID_authority_key_identifier, "keyid:always", issuer: authority)
            guard X509_set_issuer_name(certificate, X509_get_subject_name(authority)) == 1 else { throw .openSSL("the certificate can't name its issuer") }
        } else {
            guard X509_set_issuer_name(certificate, X509_get_subject_name(certificate)) == 1 else { throw .openSSL("the certificate can't name its issuer") }
        }
        guard X509_sign(certificate, key.key, EVP_sha256()) > 0 else { throw .openSSL("the certificate can't be signed") }
        return try PEM.write { PEM_write_bio_X509($0, certificate) }
    }

    /// 127 random bits: never negative, never the same twice.
    private static func setSerial(_ serial: UnsafeMutablePointer<ASN1_INTEGER>) -> Bool {
        guard var bytes = SecureRandom.bytes(16) else { return false }
        bytes[0] &= 0x7F
        bytes[0] |= 0x40
        guard let number = BN_bin2bn(bytes, 16, nil) else { return false }
        defer { BN_free(number) }
        return BN_to_ASN1_INTEGER(number, serial) != nil
    }

    private static func add(_ field: String, _ value: String, to name: OpaquePointer) throws(CryptoFailure) {
        let bytes = Array(value.utf8)
        guard !bytes.isEmpty, X509_NAME_add_entry_by_txt(name, field, 0x1000, bytes, Int32(clamping: bytes.count), -1, 0) == 1 else {
            throw .openSSL("\(value.debugDescription) can't be the \(field) of a certificate: 1 to 64 characters are allowed")
        }
    }
}
