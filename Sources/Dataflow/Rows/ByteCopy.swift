/// Copies a few bytes in blocks of 32: most cells are shorter than two of them, and a call to memcpy costs more than they do.
///
/// The caller guarantees 64 readable bytes behind the source's range, as there are behind all text of batches, and 64 writable ones
/// behind the target's.
@inlinable @inline(__always)
public func copyShort(_ target: UnsafeMutablePointer<UInt8>, _ source: UnsafePointer<UInt8>, _ count: Int) {
    let (to, from) = (UnsafeMutableRawPointer(target), UnsafeRawPointer(source))
    to.storeBytes(of: from.loadUnaligned(as: SIMD32<UInt8>.self), as: SIMD32<UInt8>.self)
    guard count > 32 else { return }
    (to + 32).storeBytes(of: (from + 32).loadUnaligned(as: SIMD32<UInt8>.self), as: SIMD32<UInt8>.self)
    if count > 64 { (to + 64).copyMemory(from: from + 64, byteCount: count - 64) }
}
