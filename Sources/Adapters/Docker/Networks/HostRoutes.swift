import Glibc

/// The subnets this host routes: what a local engine's networks must keep clear of.
public enum HostRoutes {
    /// From the kernel's table of IPv4 routes; empty where there is none. The default route is left out.
    public static func current() -> [Subnet] { parse(readFile("/proc/net/route") ?? []) }

    /// Source: proc(5); destination and mask are little-endian hexadecimal words in columns 2 and 8.
    static func parse(_ table: [UInt8]) -> [Subnet] {
        String(decoding: table, as: UTF8.self).split(separator: "\n").dropFirst().compactMap { line in
            let columns = line.split(whereSeparator: { $0 == "\t" || $0 == " " })
            guard columns.count >= 8, let destination = UInt32(columns[1], radix: 16), let mask = UInt32(columns[7], radix: 16),
                mask != 0
            else { return nil }
            return Subnet(address: destination.byteSwapped, prefix: mask.nonzeroBitCount)
        }
    }
}

/// A whole small file; nil when it can't be read or is larger than a mebibyte.
func readFile(_ path: String) -> [UInt8]? {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { return nil }
    defer { close(descriptor) }
    var result: [UInt8] = []
    var chunk = [UInt8](repeating: 0, count: 65_536)
    while result.count <= 1 << 20 {
        let count = read(descriptor, &chunk, chunk.count)
        if count < 0, errno == EINTR { continue }
        guard count >= 0 else { return nil }
        if count == 0 { return result }
        result += chunk.prefix(count)
    }
    return nil
}
