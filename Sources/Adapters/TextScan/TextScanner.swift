import CTextScan

/// Finds delimiters, line feeds, doubled quotes and escape characters in delimited text, 64 bytes at a time, with the widest instructions the
/// processor has.
///
/// A scan goes forward over memory in pieces; what a piece ends in the middle of is kept. It stops at a quote that opens inside
/// an unquoted cell, where the parity of quotes no longer says what is quoted: the caller reads that row byte by byte and goes
/// on behind it with `restart`.
public struct TextScanner {
    /// The instructions used.
    public enum Variant: Int32, Sendable, CaseIterable {
        case portable = 0
        case sse2 = 1
        case avx2 = 2
        case neon = 3

        /// Whether this processor has them.
        public var isAvailable: Bool { mw_scan_has(rawValue) != 0 }

        /// The fastest one available.
        public static let best: Variant = [.avx2, .neon, .sse2].first { $0.isAvailable } ?? .portable
    }

    private let variant: Int32
    private let dialect: mw_scan_dialect
    private var state = mw_scan_state(inside: 0, opens: 1, closed: 0, escaping: 0, high: 0, stopped: 0)

    /// Room that the positions need beyond one entry for each byte scanned.
    public static let slack = Int(mw_scan_slack)

    /// - Parameters:
    ///   - quote: nil: quotes mean nothing.
    ///   - escape: what takes the next byte's meaning away; nil: nothing does.
    public init(delimiter: UInt8, quote: UInt8?, escape: UInt8? = nil, variant: Variant = .best) {
        self.variant = variant.isAvailable ? variant.rawValue : Variant.portable.rawValue
        dialect = mw_scan_dialect(delimiter: delimiter, quote: quote ?? 0, escape: escape ?? 0, quoting: quote == nil ? 0 : .max, escaping: escape == nil ? 0 : .max)
    }

    /// The next byte scanned is the first one of a row.
    @inline(__always)
    public mutating func restart() {
        state.inside = 0
        state.opens = 1
        state.closed = 0
        state.escaping = 0
    }

    /// Scans `bytes[from ..< to]` and writes the positions (counted from `bytes`) of delimiters and line feeds outside quotes and
    /// of the second of two quotes inside them, and of escape characters that do escape, ascending. Returns how many.
    ///
    /// The caller guarantees: 64 bytes from `to` on may be read, `positions` has room for `to - from + slack`, and `to` is below 2^32.
    @inline(__always)
    public mutating func scan(
        _ bytes: UnsafePointer<UInt8>, from: Int, to: Int, positions: UnsafeMutablePointer<UInt32>
    ) -> Int {
        mw_scan(variant, bytes, from, to, dialect, &state, positions)
    }

    /// Where the last scan stopped: its `to`, or the quote that opens in the middle of a cell.
    public var stopped: Int { state.stopped }

    /// Whether the bytes so far end inside quotes.
    public var isInsideQuotes: Bool { state.inside != 0 }

    /// Whether a byte beyond ASCII was seen since this was last set to false.
    public var sawHighBytes: Bool {
        get { state.high != 0 }
        set { state.high = newValue ? 1 : 0 }
    }
}
