import CCurl
import HTTPMessages
import Kernel

/// What all requests of a client have in common, and how a request becomes options of an easy handle.
struct CurlSettings: Sendable {
    let endpoint: HTTPEndpoint
    let connectTimeout: Duration
    let maximumReplyBytes: Int
    let idleConnections: Int
    let acceptsCompression: Bool
    let userAgent: String
    let proxy: String?

    /// For people: whom we speak to.
    var place: String {
        switch endpoint {
        case .unix(let path): path
        case .tcp(let host, let port, let tls): "\(tls == nil ? "http" : "https")://\(Self.bracketed(host)):\(port)"
        }
    }

    /// The `Host` header.
    var host: String {
        switch endpoint {
        case .unix: "localhost"
        case .tcp(let host, let port, let tls): "\(Self.bracketed(tls?.serverName ?? host)):\(port)"
        }
    }

    /// Options that don't depend on the request.
    func apply(to easy: UnsafeMutableRawPointer) {
        mw_curl_long(easy, CURLOPT_NOSIGNAL, 1)
        mw_curl_close_on_exec(easy)
        mw_curl_long(easy, CURLOPT_HTTP_VERSION, Int(CURL_HTTP_VERSION_1_1))
        mw_curl_string(easy, CURLOPT_PROTOCOLS_STR, "http,https")
        mw_curl_long(easy, CURLOPT_FOLLOWLOCATION, 0)
        mw_curl_long(easy, CURLOPT_PATH_AS_IS, 1)
        mw_curl_long(easy, CURLOPT_TCP_KEEPALIVE, 1)
        mw_curl_long(easy, CURLOPT_TCP_KEEPIDLE, 30)
        mw_curl_long(easy, CURLOPT_TCP_KEEPINTVL, 10)
        mw_curl_long(easy, CURLOPT_CONNECTTIMEOUT_MS, max(1, Int(connectTimeout.wholeMilliseconds)))
        // Servers close idle connections too; one that is older isn't tried.
        mw_curl_long(easy, CURLOPT_MAXAGE_CONN, 60)
        mw_curl_string(easy, CURLOPT_USERAGENT, userAgent)
        if acceptsCompression { mw_curl_string(easy, CURLOPT_ACCEPT_ENCODING, "gzip") }
        if let proxy {
            mw_curl_string(easy, CURLOPT_PROXY, proxy)
        } else {
            mw_curl_string(easy, CURLOPT_PROXY, "")
            mw_curl_string(easy, CURLOPT_NOPROXY, "*")
        }
        switch endpoint {
        case .unix(let path):
            mw_curl_string(easy, CURLOPT_UNIX_SOCKET_PATH, path)
            mw_curl_string(easy, CURLOPT_URL, "http://localhost/")
        case .tcp(let host, let port, let tls): apply(host: host, port: port, tls: tls, to: easy)
        }
    }

    private func apply(host: String, port: Int, tls: ClientTLS?, to easy: UnsafeMutableRawPointer) {
        guard let tls else {
            mw_curl_string(easy, CURLOPT_URL, "http://\(Self.bracketed(host)):\(port)/")
            return
        }
        mw_curl_string(easy, CURLOPT_URL, "https://\(Self.bracketed(tls.serverName ?? host)):\(port)/")
        mw_curl_long(easy, CURLOPT_SSLVERSION, Int(CURL_SSLVERSION_TLSv1_2))
        mw_curl_long(easy, CURLOPT_SSL_VERIFYPEER, tls.skipsVerification ? 0 : 1)
        mw_curl_long(easy, CURLOPT_SSL_VERIFYHOST, tls.skipsVerification ? 0 : 2)
        // Every connection proves the client's certificate anew.
        mw_curl_long(easy, CURLOPT_SSL_SESSIONID_CACHE, 0)
        func blob(_ option: CURLoption, _ text: String?) {
            guard var text else { return }
            text.withUTF8 { _ = mw_curl_blob(easy, option, $0.baseAddress, $0.count) }
        }
        blob(CURLOPT_CAINFO_BLOB, tls.authority)
        if let chain = tls.certificateChain, let key = tls.key {
            mw_curl_string(easy, CURLOPT_SSLCERTTYPE, "PEM")
            mw_curl_string(easy, CURLOPT_SSLKEYTYPE, "PEM")
            blob(CURLOPT_SSLCERT_BLOB, chain)
            blob(CURLOPT_SSLKEY_BLOB, key)
        }
    }

    /// What goes before the connection when the certificate's name isn't the host's: connect to the host all the same.
    var connectTo: String? {
        guard case .tcp(let host, let port, let tls?) = endpoint, tls.serverName != nil else { return nil }
        return "::\(Self.bracketed(host)):\(port)"
    }

    static func bracketed(_ host: String) -> String { host.contains(":") && !host.hasPrefix("[") ? "[\(host)]" : host }
}
