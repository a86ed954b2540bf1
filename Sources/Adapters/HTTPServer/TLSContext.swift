import COpenSSL
import Crypto
import Glibc
import HTTPMessages
import Kernel

/// OpenSSL's context of one server identity; freed when the server and its last connection let go of it.
///
/// `@unchecked Sendable`: `context` is set up in `init` and afterwards only read by `SSL_new`, which is safe from many threads.
final class TLSContext: @unchecked Sendable {
    private let context: OpaquePointer

    init(_ tls: ServerTLS) throws(HTTPServerFailure) {
        guard let context = SSL_CTX_new(TLS_server_method()) else { throw Self.failure("OpenSSL gave no context") }
        self.context = context
        guard mw_ssl_ctx_minimum_tls12(context) == 1 else { throw Self.failure("TLS 1.2 can't be made the minimum") }
        // Idle watches keep no record buffers; a partly sent record may come back from another buffer.
        _ = mw_ssl_ctx_set_mode(
            context, Int(SSL_MODE_RELEASE_BUFFERS | SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER))
        // No resumption: every connection proves its client certificate anew, and no session takes memory.
        mw_ssl_ctx_no_resumption(context)
        mw_ssl_ctx_alpn_http11(context)
        try useChain(tls.certificateChain)
        try useKey(tls.key)
        if let authority = tls.clientCA { try useClientAuthority(authority) }
    }

    deinit { SSL_CTX_free(context) }

    /// A session for an accepted connection; the caller frees it. nil when memory is short.
    func accept(_ descriptor: Int32) -> OpaquePointer? {
        guard let session = SSL_new(context) else { return nil }
        guard SSL_set_fd(session, descriptor) == 1 else {
            SSL_free(session)
            return nil
        }
        SSL_set_accept_state(session)
        return session
    }

    private func useChain(_ pem: String) throws(HTTPServerFailure) {
        let certificates = try Self.certificates(pem, what: "certificate")
        defer { certificates.forEach { X509_free($0) } }
        for (index, certificate) in certificates.enumerated() {
            // The first is the server's own; the context takes its own reference of each.
            let done = index == 0 ? SSL_CTX_use_certificate(context, certificate) : Int32(SSL_CTX_ctrl(context, SSL_CTRL_CHAIN_CERT, 1, UnsafeMutableRawPointer(certificate)))
            guard done == 1 else { throw Self.failure("the certificate is not accepted") }
        }
    }

    private func useKey(_ pem: String) throws(HTTPServerFailure) {
        var pem = pem
        let key = pem.withUTF8 { bytes -> OpaquePointer? in
            guard let bio = mw_bio_memory(bytes.baseAddress, Int32(clamping: bytes.count)) else { return nil }
            defer { BIO_free(bio) }
            return PEM_read_bio_PrivateKey(bio, nil, mw_no_passphrase, nil)
        }
        guard let key else { throw Self.failure("the private key is not a PEM key without passphrase") }
        defer { EVP_PKEY_free(key) }
        guard SSL_CTX_use_PrivateKey(context, key) == 1, SSL_CTX_check_private_key(context) == 1 else {
            throw Self.failure("the private key doesn't belong to the certificate")
        }
    }

    private func useClientAuthority(_ pem: String) throws(HTTPServerFailure) {
        let certificates = try Self.certificates(pem, what: "client authority")
        defer { certificates.forEach { X509_free($0) } }
        guard let store = SSL_CTX_get_cert_store(context) else { throw Self.failure("there is no certificate store") }
        for certificate in certificates {
            guard X509_STORE_add_cert(store, certificate) == 1, SSL_CTX_add_client_CA(context, certificate) == 1 else {
                throw Self.failure("the client authority's certificate is not accepted")
            }
        }
        SSL_CTX_set_verify(context, SSL_VERIFY_PEER, nil)
    }

    private static func certificates(_ pem: String, what: String) throws(HTTPServerFailure) -> [OpaquePointer] {
        var pem = pem
        let found = pem.withUTF8 { bytes -> [OpaquePointer] in
            guard let bio = mw_bio_memory(bytes.baseAddress, Int32(clamping: bytes.count)) else { return [] }
            defer { BIO_free(bio) }
            var found: [OpaquePointer] = []
            while let certificate = PEM_read_bio_X509(bio, nil, mw_no_passphrase, nil) { found.append(certificate) }
            return found
        }
        ERR_clear_error()
        guard !found.isEmpty else { throw failure("the \(what) is not PEM") }
        return found
    }

    private static func failure(_ what: String) -> HTTPServerFailure {
        let code = ERR_get_error()
        ERR_clear_error()
        guard code != 0, let reason = ERR_reason_error_string(code) else { return HTTPServerFailure(description: "TLS can't be set up: \(what)") }
        return HTTPServerFailure(description: "TLS can't be set up: \(what) (\(String(cString: reason)))")
    }
}

extension TLSContext {
    /// The subject of the certificate that the client proved and when it ends, nil when it showed none.
    static func verifiedSubject(_ session: OpaquePointer) -> (subject: CertificateSubject, end: Timestamp)? {
        guard SSL_get_verify_result(session) == X509_V_OK, let certificate = SSL_get1_peer_certificate(session) else { return nil }
        defer { X509_free(certificate) }
        var end = tm()
        guard let name = X509_get_subject_name(certificate), let notAfter = X509_get0_notAfter(certificate), ASN1_TIME_to_tm(notAfter, &end) == 1 else { return nil }
        let subject = CertificateSubject(commonName: SubjectName.entries(name, NID_commonName).last ?? "", organizations: SubjectName.entries(name, NID_organizationName))
        return (subject: subject, end: Timestamp(seconds: Int64(timegm(&end))))
    }
}
