import COpenSSL
import Glibc

/// A non-blocking connection in the clear or over TLS: what can be done without waiting is done, the rest says what to wait for.
///
/// A plain pair of handles; the connection that holds it closes it once, by `close()`.
///
/// `@unchecked Sendable`: it is passed between the connection and its server only, two actors on the same loop's thread.
struct Socket: @unchecked Sendable {
    enum Outcome {
        case done(Int)
        /// Nothing can be done until the descriptor is readable.
        case waitReadable
        /// Nothing can be done until the descriptor is writable.
        case waitWritable
        /// The peer ended its side.
        case end
        /// The connection is broken.
        case failed
    }

    let descriptor: Int32
    let session: OpaquePointer?

    func handshake() -> Outcome {
        guard let session else { return .done(0) }
        ERR_clear_error()
        return outcome(session, SSL_do_handshake(session))
    }

    func read(into buffer: UnsafeMutableRawBufferPointer) -> Outcome {
        guard let session else {
            while true {
                let count = recv(descriptor, buffer.baseAddress, buffer.count, 0)
                if count > 0 { return .done(count) }
                if count == 0 { return .end }
                if errno == EINTR { continue }
                return errno == EAGAIN ? .waitReadable : .failed
            }
        }
        ERR_clear_error()
        return outcome(session, SSL_read(session, buffer.baseAddress, Int32(clamping: buffer.count)))
    }

    func write(_ buffer: UnsafeRawBufferPointer) -> Outcome {
        guard let session else {
            while true {
                let count = send(descriptor, buffer.baseAddress, buffer.count, Int32(MSG_NOSIGNAL))
                if count >= 0 { return .done(count) }
                if errno == EINTR { continue }
                return errno == EAGAIN ? .waitWritable : .failed
            }
        }
        ERR_clear_error()
        return outcome(session, SSL_write(session, buffer.baseAddress, Int32(clamping: buffer.count)))
    }

    /// Whether TLS holds bytes that the descriptor doesn't show any more.
    var hasBuffered: Bool { session.map { SSL_has_pending($0) == 1 } ?? false }

    /// Tells the peer that nothing more comes; reading goes on.
    func endWriting() {
        if let session, SSL_is_init_finished(session) == 1 {
            ERR_clear_error()
            SSL_shutdown(session)
        }
        shutdown(descriptor, Int32(SHUT_WR))
    }

    func close() {
        if let session {
            ERR_clear_error()
            SSL_free(session)
        }
        Glibc.close(descriptor)
    }

    private func outcome(_ session: OpaquePointer, _ result: Int32) -> Outcome {
        if result > 0 { return .done(Int(result)) }
        switch SSL_get_error(session, result) {
        case SSL_ERROR_WANT_READ: return .waitReadable
        case SSL_ERROR_WANT_WRITE: return .waitWritable
        case SSL_ERROR_ZERO_RETURN: return .end
        default: return .failed
        }
    }
}
