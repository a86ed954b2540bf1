/// Copies a few bytes in blocks of 32: most cells are shorter, and a call to memcpy costs more than they do.
///
/// The caller guarantees 32 readable bytes behind the source's range and 32 writable ones behind the target's.
@inline(__always)
func copyShort(_ target: UnsafeMutablePointer<UInt8>, _ source: UnsafePointer<UInt8>, _ count: Int) {
    let (to, from) = (UnsafeMutableRawPointer(target), UnsafeRawPointer(source))
    to.storeBytes(of: from.loadUnaligned(as: SIMD32<UInt8>.self), as: SIMD32<UInt8>.self)
    if count > 32 { (to + 32).copyMemory(from: from + 32, byteCount: count - 32) }
}
