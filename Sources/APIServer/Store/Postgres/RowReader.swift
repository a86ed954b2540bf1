import Postgres

/// Makes objects of rows.
enum RowReader {
    /// - Throws: `StoreError.invalid` for what can't be decrypted or is no object.
    static func object(
        _ rows: PostgresRows, _ row: Int, key: StoreKey, revision: Int64, keyID: Int, value: Int, codec: ObjectCodec
    ) throws -> StoredObject {
        let object: StoredObject?
        if let id = rows.text(row, keyID) {
            let plain = try codec.open(rows.bytes(row, value) ?? [], keyID: id, for: key)
            object = StoredObject(key: key, revision: revision, unversioned: plain)
        } else {
            object = rows.withBytes(row, value) { bytes in
                bytes.flatMap { StoredObject(key: key, revision: revision, unversioned: $0.bindMemory(to: UInt8.self)) }
            }
        }
        guard let object else {
            throw StoreError.invalid(
                "\(key) in the database is not an object; restore the database from a backup, or delete that row of millwright.objects")
        }
        return object
    }
}
