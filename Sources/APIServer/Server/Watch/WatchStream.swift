import APIServerCore
import HTTPMessages
import Kernel
import Store

/// One running watch: turns the store's events into the lines that its client asked for.
struct WatchStream: Sendable {
    let resource: ServedResource
    let filter: ObjectFilter
    let sendsBookmarks: Bool
    /// Whether the end of the initial events is marked with a bookmark of its own.
    let marksInitialEnd: Bool
    let encoder: WatchEncoder
    /// Lines are sent together up to about this many bytes.
    private static let flushBytes = 64 * 1024

    func run(initial: StoreList?, watch: StoreWatch, writer: any HTTPBodyWriter) async throws {
        var encoder = encoder
        var lines: [UInt8] = []
        if let initial {
            for object in initial.items where filter.isEmpty || filter.matches(object, resource) {
                encoder.append(.added, object, to: &lines)
                if lines.count > Self.flushBytes {
                    try await writer.write(lines)
                    lines.removeAll(keepingCapacity: true)
                }
            }
            if marksInitialEnd { encoder.appendBookmark(initial.revision, endsInitialEvents: true, to: &lines) }
        }
        // An empty write sends the head, so that the client knows that its watch runs.
        try await writer.write(lines)
        lines = []
        var announced = initial?.revision ?? 0
        while true {
            let batch: StoreBatch
            do throws(StoreError) {
                batch = try await watch.next()
            } catch {
                if case .compacted(let oldest) = error {
                    try await writer.write(WatchEncoder.error(.tooOldResourceVersion(requested: announced, oldest: oldest)))
                }
                return
            }
            for event in batch.events { append(event, &encoder, &lines) }
            if sendsBookmarks, batch.events.isEmpty, batch.revision > announced {
                encoder.appendBookmark(batch.revision, endsInitialEvents: false, to: &lines)
            }
            announced = max(announced, batch.revision)
            guard !lines.isEmpty else { continue }
            try await writer.write(lines)
            lines.removeAll(keepingCapacity: lines.capacity <= Self.flushBytes)
        }
    }

    /// An object that comes to match is added for this client, one that ceases to is deleted.
    private func append(_ event: StoreEvent, _ encoder: inout WatchEncoder, _ lines: inout [UInt8]) {
        guard !filter.isEmpty else {
            encoder.append(event.kind, event.object, to: &lines)
            return
        }
        let matched = event.previous.map { filter.matches($0, resource) } ?? false
        let matches = event.kind != .deleted && filter.matches(event.object, resource)
        switch (matched, matches) {
        case (false, true): encoder.append(.added, event.object, to: &lines)
        case (true, true): encoder.append(.modified, event.object, to: &lines)
        case (true, false):
            if event.kind == .deleted {
                encoder.append(.deleted, event.object, to: &lines)
            } else if let previous = event.previous {
                // As it was when it last matched, at the revision at which it ceased to.
                encoder.append(.deleted, previous, at: event.revision, to: &lines)
            }
        case (false, false): break
        }
    }
}
