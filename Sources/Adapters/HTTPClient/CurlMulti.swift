import CCurl
import CEvent
import EventLoop
import HTTPMessages
import Kernel
import Platform

/// libcurl's multi handle on the event loop: libcurl says which sockets and times to watch, the loop says what happened.
///
/// Every handle here is used on the loop's thread only. libcurl's callbacks run inside calls that this actor makes, or that the
/// loop makes for it.
actor CurlMulti {
    private struct Watch {
        let event: OpaquePointer
        let interest: Int16
    }

    nonisolated var unownedExecutor: UnownedSerialExecutor { loop.asUnownedSerialExecutor() }
    nonisolated let loop: EventLoop
    nonisolated let settings: CurlSettings
    private var multi: UnsafeMutableRawPointer?
    private var timer: OpaquePointer?
    private var watches: [Int32: Watch] = [:]
    private var transfers: [UnsafeMutableRawPointer: Transfer] = [:]
    var rawConnections: [ObjectIdentifier: RawConnection] = [:]
    /// Handles that finished, for the next requests.
    private var spare: [UnsafeMutableRawPointer] = []
    private let clocks = SystemClocks()

    private static let maximumSpare = 16
    private static let isLibraryReady = curl_global_init(Int(CURL_GLOBAL_ALL)) == CURLE_OK

    init(loop: EventLoop, settings: CurlSettings) {
        self.loop = loop
        self.settings = settings
    }

    // MARK: Transfers

    func begin(_ transfer: Transfer, _ request: HTTPRequest, timeout: Duration?) -> HTTPClientError? {
        if Task.isCancelled { return .cancelled }
        if let flaw = Transfer.flaw(request) { return .invalidRequest(flaw) }
        guard let multi = prepared(), let easy = spare.popLast() ?? curl_easy_init() else { return .unreachable("libcurl has no memory for a request") }
        transfer.easy = easy
        transfer.lastActivity = clocks.monotonic
        transfer.configure(easy, request, settings, timeout: timeout)
        transfers[easy] = transfer
        guard curl_multi_add_handle(multi, easy) == CURLM_OK else {
            release(transfer)
            return .unreachable("libcurl refused the request")
        }
        // Starts it now instead of in the loop's next round.
        perform(CURL_SOCKET_TIMEOUT, 0)
        return nil
    }

    /// Ends a transfer once: with its result, or given up.
    func end(_ transfer: Transfer, _ result: Result<Void, HTTPClientError>) {
        guard transfer.result == nil else { return }
        transfer.result = result
        transfer.idleTimer?.cancel()
        transfer.idleTimer = nil
        // A raw connection needs its handle, in the multi handle, until it is closed.
        if case (.connection, .success) = (transfer.mode, result) {} else { release(transfer) }
        transfer.waitingForConnection?.resume(returning: result)
        transfer.waitingForConnection = nil
        transfer.upload?.finish()
        transfer.waitingForAll?.resume(returning: result.map { transfer.response })
        transfer.waitingForAll = nil
        if let waiting = transfer.waitingForHead {
            waiting.resume(returning: result.map { transfer.open })
            transfer.waitingForHead = nil
        }
        transfer.waitingForPiece?.resume(returning: result.map { nil })
        transfer.waitingForPiece = nil
        // A stream that was given up is not read on; one that ended by itself still is.
        if case .failure(.cancelled) = result { transfer.pieces = [] }
    }

    func release(_ transfer: Transfer) {
        guard let easy = transfer.easy else { return }
        transfer.easy = nil
        if let multi { curl_multi_remove_handle(multi, easy) }
        transfers[easy] = nil
        if spare.count < Self.maximumSpare {
            curl_easy_reset(easy)
            spare.append(easy)
        } else {
            curl_easy_cleanup(easy)
        }
        transfer.freeLists()
    }

    /// Lets a paused reply come on.
    func resume(_ transfer: Transfer) {
        guard transfer.isPaused, let easy = transfer.easy else { return }
        transfer.isPaused = false
        transfer.lastActivity = clocks.monotonic
        curl_easy_pause(easy, CURLPAUSE_CONT)
    }

    func watchIdle(_ transfer: Transfer, headTimeout: Duration, idleTimeout: Duration?) {
        guard transfer.result == nil else { return }
        let limit = transfer.hasHead ? idleTimeout : headTimeout
        guard let limit else { return }
        let left = transfer.lastActivity + limit - clocks.monotonic
        if left <= .zero, !transfer.isPaused {
            let what = transfer.hasHead ? "nothing came for \(limit.manifest)" : "no reply within \(limit.manifest)"
            let detail = "\(settings.place): \(what)"
            return end(transfer, .failure(transfer.attempts == 0 ? .unreachable(detail) : .timeout(detail)))
        }
        transfer.idleTimer = loop.schedule(after: min(left <= .zero ? limit : left, idleTimeout ?? limit)) { [weak transfer] in
            guard let transfer else { return }
            self.assumeIsolated { $0.watchIdle(transfer, headTimeout: headTimeout, idleTimeout: idleTimeout) }
        }
    }

    // MARK: libcurl and the loop

    private func prepared() -> UnsafeMutableRawPointer? {
        if let multi { return multi }
        guard Self.isLibraryReady, let multi = curl_multi_init() else { return nil }
        let this = Unmanaged.passUnretained(self).toOpaque()
        // Not retained: `shutDown` takes multi handle and events away before the last reference goes.
        guard let timer = event_new(loop.base, -1, 0, { _, _, context in
            guard let context else { return }
            Unmanaged<CurlMulti>.fromOpaque(context).takeUnretainedValue().assumeIsolated { $0.perform(CURL_SOCKET_TIMEOUT, 0) }
        }, this) else {
            curl_multi_cleanup(multi)
            return nil
        }
        mw_curl_multi_callbacks(multi, { _, socket, what, context, _ in
            guard let context else { return 0 }
            Unmanaged<CurlMulti>.fromOpaque(context).takeUnretainedValue().assumeIsolated { $0.watch(socket, what) }
            return 0
        }, { _, milliseconds, context in
            guard let context else { return 0 }
            Unmanaged<CurlMulti>.fromOpaque(context).takeUnretainedValue().assumeIsolated { $0.setTimer(milliseconds) }
            return 0
        }, this)
        mw_curl_multi_long(multi, CURLMOPT_MAXCONNECTS, settings.idleConnections)
        self.multi = multi
        self.timer = timer
        return multi
    }

    private func watch(_ socket: Int32, _ what: Int32) {
        var interest = Int16(0)
        if what & CURL_POLL_IN != 0, what != CURL_POLL_REMOVE { interest |= Int16(EV_READ) }
        if what & CURL_POLL_OUT != 0, what != CURL_POLL_REMOVE { interest |= Int16(EV_WRITE) }
        if let old = watches[socket] {
            if old.interest == interest { return }
            watches[socket] = nil
            event_free(old.event)
        }
        guard interest != 0 else { return }
        let this = Unmanaged.passUnretained(self).toOpaque()
        let event = event_new(loop.base, socket, interest | Int16(EV_PERSIST), { socket, what, context in
            guard let context else { return }
            var happened: Int32 = 0
            if Int32(what) & EV_READ != 0 { happened |= CURL_CSELECT_IN }
            if Int32(what) & EV_WRITE != 0 { happened |= CURL_CSELECT_OUT }
            let bits = happened
            Unmanaged<CurlMulti>.fromOpaque(context).takeUnretainedValue().assumeIsolated { $0.perform(socket, bits) }
        }, this)
        guard let event else { return }
        event_add(event, nil)
        watches[socket] = Watch(event: event, interest: interest)
    }

    private func setTimer(_ milliseconds: Int) {
        guard let timer else { return }
        guard milliseconds >= 0 else {
            event_del(timer)
            return
        }
        var time = timeval(.milliseconds(milliseconds))
        event_add(timer, &time)
    }

    private func perform(_ socket: Int32, _ bits: Int32) {
        guard let multi else { return }
        var running: Int32 = 0
        curl_multi_socket_action(multi, socket, bits, &running)
        var left: Int32 = 0
        while let message = curl_multi_info_read(multi, &left) {
            guard message.pointee.msg == CURLMSG_DONE, let easy = message.pointee.easy_handle, let transfer = transfers[easy] else { continue }
            let code = mw_curl_result(message)
            end(transfer, code == CURLE_OK ? .success(()) : .failure(transfer.failure(code, settings.place)))
        }
    }

    /// Gives back everything; the owner is gone, so no transfer is left.
    func shutDown() {
        for transfer in Array(transfers.values) { end(transfer, .failure(.cancelled)) }
        for easy in spare { curl_easy_cleanup(easy) }
        spare = []
        if let multi { curl_multi_cleanup(multi) }
        multi = nil
        for watch in watches.values { event_free(watch.event) }
        watches = [:]
        if let timer { event_free(timer) }
        timer = nil
    }
}
