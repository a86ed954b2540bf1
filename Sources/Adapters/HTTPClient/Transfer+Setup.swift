import CCurl
import HTTPMessages
import Kernel

extension Transfer {
    /// Why a request can't be sent as it is; nil when it can.
    static func flaw(_ request: HTTPRequest) -> String? {
        guard !request.method.isEmpty, request.method.utf8.allSatisfy({ (0x41...0x5A).contains($0) || $0 == 0x2D }) else {
            return "the method must be upper case letters"
        }
        guard request.target.hasPrefix("/"), request.target.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F }) else {
            return "the target must begin with / and be percent-encoded"
        }
        for (name, value) in request.headers.fields {
            guard !name.isEmpty, name.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F && $0 != UInt8(ascii: ":") }) else { return "a header's name is not a word" }
            guard value.utf8.allSatisfy({ $0 >= 0x20 && $0 != 0x7F || $0 == 0x09 }) else { return "the header \(name) has a control character in its value" }
        }
        return nil
    }

    /// Sets the options of this request on a handle.
    func configure(_ easy: UnsafeMutableRawPointer, _ request: HTTPRequest, _ settings: CurlSettings, timeout: Duration?) {
        settings.apply(to: easy)
        let this = Unmanaged.passUnretained(self).toOpaque()
        mw_curl_pointer(easy, CURLOPT_ERRORBUFFER, errorBuffer)
        if case .connection = mode {
            mw_curl_long(easy, CURLOPT_CONNECT_ONLY, 1)
            configureConnectTo(easy, settings)
            return
        }
        mw_curl_on_header(easy, { bytes, size, count, context in
            guard let bytes, let context else { return 0 }
            Unmanaged<Transfer>.fromOpaque(context).takeUnretainedValue().header(UnsafeRawBufferPointer(start: bytes, count: size * count))
            return size * count
        }, this)
        mw_curl_on_write(easy, { bytes, size, count, context in
            guard let bytes, let context else { return 0 }
            return Unmanaged<Transfer>.fromOpaque(context).takeUnretainedValue().received(UnsafeRawBufferPointer(start: bytes, count: size * count))
        }, this)
        // Called when a connection is there, just before the request goes out, and again when libcurl would repeat it by itself on a
        // new connection because a kept one was dead: for what must not happen twice the answer is no.
        mw_curl_before_request(easy, { context, _, _, _, _ in
            guard let context else { return CURL_PREREQFUNC_ABORT }
            let transfer = Unmanaged<Transfer>.fromOpaque(context).takeUnretainedValue()
            transfer.attempts += 1
            return transfer.attempts == 1 || transfer.isRepeatable ? CURL_PREREQFUNC_OK : CURL_PREREQFUNC_ABORT
        }, this)
        mw_curl_string(easy, CURLOPT_REQUEST_TARGET, request.target)
        if let timeout { mw_curl_long(easy, CURLOPT_TIMEOUT_MS, max(1, Int(timeout.wholeMilliseconds))) }
        configureBody(easy, request)
        configureHeaders(easy, request, settings)
    }

    private func configureBody(_ easy: UnsafeMutableRawPointer, _ request: HTTPRequest) {
        if let upload {
            mw_curl_long(easy, CURLOPT_UPLOAD, 1)
            let length = request.headers["Content-Length"].flatMap { Int($0) }
            mw_curl_size(easy, CURLOPT_INFILESIZE_LARGE, length ?? -1)
            mw_curl_on_read(easy, { buffer, size, count, context in
                guard let buffer, let context else { return Int(CURL_READFUNC_ABORT) }
                return Unmanaged<UploadQueue>.fromOpaque(context).takeUnretainedValue().take(into: UnsafeMutableRawBufferPointer(start: buffer, count: size * count))
            }, Unmanaged.passUnretained(upload).toOpaque())
        } else if request.method == "HEAD" {
            mw_curl_long(easy, CURLOPT_NOBODY, 1)
            return
        } else if !request.body.isEmpty || ["POST", "PUT", "PATCH"].contains(request.method) {
            mw_curl_long(easy, CURLOPT_POST, 1)
            mw_curl_size(easy, CURLOPT_POSTFIELDSIZE_LARGE, request.body.count)
            request.body.withUnsafeBytes { bytes in
                _ = bytes.isEmpty ? mw_curl_string(easy, CURLOPT_POSTFIELDS, "") : mw_curl_pointer(easy, CURLOPT_COPYPOSTFIELDS, bytes.baseAddress)
            }
        } else {
            mw_curl_long(easy, CURLOPT_HTTPGET, 1)
        }
        mw_curl_string(easy, CURLOPT_CUSTOMREQUEST, request.method)
    }

    private func configureHeaders(_ easy: UnsafeMutableRawPointer, _ request: HTTPRequest, _ settings: CurlSettings) {
        var list: UnsafeMutablePointer<curl_slist>?
        func add(_ line: String) { list = curl_slist_append(list, line) ?? list }
        for (name, value) in request.headers.fields {
            // libcurl frames the body by itself, and doubles what is set twice.
            let lowered = name.lowercased()
            if lowered == "content-length" || lowered == "transfer-encoding" { continue }
            add(value.isEmpty ? "\(name);" : "\(name): \(value)")
        }
        // What libcurl would add by itself.
        if request.headers["Accept"] == nil { add("Accept:") }
        if request.headers["Content-Type"] == nil { add("Content-Type:") }
        if request.headers["Expect"] == nil { add("Expect:") }
        if upload != nil, request.headers["Content-Length"] == nil { add("Transfer-Encoding: chunked") }
        if let list {
            lists.append(list)
            mw_curl_pointer(easy, CURLOPT_HTTPHEADER, list)
        }
        configureConnectTo(easy, settings)
    }

    private func configureConnectTo(_ easy: UnsafeMutableRawPointer, _ settings: CurlSettings) {
        if let connectTo = settings.connectTo, let list = curl_slist_append(nil, connectTo) {
            lists.append(list)
            mw_curl_pointer(easy, CURLOPT_CONNECT_TO, list)
        }
    }

    func freeLists() {
        for list in lists { curl_slist_free_all(list) }
        lists = []
    }

    /// What libcurl's code means for the caller.
    func failure(_ code: CURLcode, _ place: String) -> HTTPClientError {
        let message = String(cString: errorBuffer)
        let detail = "\(place): \(message.isEmpty ? String(cString: curl_easy_strerror(code)) : message)"
        if limitExceeded, case .whole(let limit) = mode { return .replyTooLarge(limit: limit) }
        if let reason = upload?.failure { return .invalidRequest("the body broke off: \(reason)") }
        switch code {
        case CURLE_PEER_FAILED_VERIFICATION, CURLE_SSL_CONNECT_ERROR, CURLE_SSL_CERTPROBLEM, CURLE_SSL_CIPHER, CURLE_SSL_CACERT_BADFILE,
            CURLE_SSL_ISSUER_ERROR, CURLE_SSL_CLIENTCERT, CURLE_SSL_INVALIDCERTSTATUS:
            return .tls(detail)
        case CURLE_OPERATION_TIMEDOUT: return attempts == 0 ? .unreachable(detail) : .timeout(detail)
        case CURLE_URL_MALFORMAT, CURLE_UNSUPPORTED_PROTOCOL, CURLE_BAD_FUNCTION_ARGUMENT:
            // After sending it is said of the reply.
            if attempts == 0 { return .invalidRequest(detail) }
        default: break
        }
        guard attempts > 0 else { return .unreachable(detail) }
        // Under TLS 1.3 a server refuses the client's certificate only after the handshake.
        if status == 0, message.contains("SSL routines"), message.contains(" alert ") { return .tls(detail) }
        return .connectionLost(code == CURLE_ABORTED_BY_CALLBACK ? "\(place): the kept connection was closed under the request" : detail)
    }
}
