import Crypto

/// Between an object's JSON and the bytes in the database: the same, or sealed for the resources that are encrypted.
///
/// What is sealed is bound to its object's key: moved to another row, it doesn't open.
struct ObjectCodec: Sendable {
    let keyRing: KeyRing
    let encryptedResources: Set<String>

    /// - Returns: the key's id, nil for what is stored in the clear.
    func seal(_ bytes: [UInt8], for key: StoreKey) throws(StoreError) -> (keyID: String?, value: [UInt8]) {
        guard encryptedResources.contains(key.resource), let first = keyRing.keys.first else { return (nil, bytes) }
        do { return (first.id, try first.cipher.seal(bytes, context: Self.context(key))) } catch { throw .unavailable("\(key): \(error)") }
    }

    func open(_ value: [UInt8], keyID: String, for key: StoreKey) throws(StoreError) -> [UInt8] {
        guard let entry = keyRing.keys.first(where: { $0.id == keyID }) else {
            throw .invalid(
                "\(key) was encrypted with the key \(keyID), which is not among those given; restore the key file, or put that key into it as a further line"
            )
        }
        do { return try entry.cipher.open(value, context: Self.context(key)) } catch {
            throw .invalid("\(key) in the database: \(error); restore the database from a backup, or delete that row of millwright.objects")
        }
    }

    private static func context(_ key: StoreKey) -> [UInt8] {
        Array("\(key.resource)\u{0}\(key.namespace)\u{0}\(key.name)".utf8)
    }
}
