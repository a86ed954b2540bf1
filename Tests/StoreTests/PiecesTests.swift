import Crypto
import Glibc
import Kernel
import TestSupport
import Testing

@testable import Store

/// The small pieces of the store, each against a simple model of it.
@Suite struct PiecesTests {
    private func object(_ name: String, _ revision: Int64, namespace: String = "n") throws -> StoredObject {
        try #require(
            StoredObject(
                key: StoreKey(resource: "r", namespace: namespace, name: name), revision: revision,
                unversioned: Array(#"{"metadata":{"name":"\#(name)"}}"#.utf8)))
    }

    @Test func sortedObjectsBehaveLikeADictionary() throws {
        var random = SeededRandom(seed: 7)
        var sorted = SortedObjects()
        var model: [StoreKey: StoredObject] = [:]
        for step in 0..<6000 {
            let new = try object(
                "o\(Int.random(in: 0..<1500, using: &random))", Int64(step + 1),
                namespace: ["a", "ab", "b"].randomElement(using: &random) ?? "a")
            let removes = Int.random(in: 0..<3, using: &random) == 0
            let previous = removes ? sorted.remove(new.key) : sorted.put(new)
            #expect(previous === model[new.key])
            model[new.key] = removes ? nil : new
            if step % 500 == 0 {
                #expect(sorted.items(resource: "r", namespace: nil).map(\.key) == model.keys.sorted())
                #expect(sorted.items(resource: "r", namespace: "ab").map(\.key) == model.keys.filter { $0.namespace == "ab" }.sorted())
            }
        }
        #expect(sorted.count == model.count)
        #expect(sorted.items(resource: "r", namespace: nil).map(\.revision) == model.values.sorted { $0.key < $1.key }.map(\.revision))
        for (key, value) in model { #expect(sorted[key] === value) }
        #expect(sorted[StoreKey(resource: "r", namespace: "zzz", name: "")] == nil)
    }

    @Test func appendingInOrderEqualsPutting() throws {
        var appended = SortedObjects()
        var put = SortedObjects()
        for number in 1000..<3000 {
            appended.append(try object("o\(number)", 1))
            put.put(try object("o\(number)", 1))
        }
        appended.append(try object("a", 1))
        put.put(try object("a", 1))
        #expect(appended.count == 2001)
        #expect(appended.items(resource: "r", namespace: "n").map(\.key) == put.items(resource: "r", namespace: "n").map(\.key))
    }

    @Test func windowKeepsTheLatestWithinItsBounds() throws {
        var window = EventWindow(evictedThrough: 0)
        for revision in 1...100 {
            window.append(
                StoreEvent(kind: .added, object: try object("o", Int64(revision)), previous: nil), limits: WindowLimits(events: 10, bytes: .max))
        }
        #expect(window.evictedThrough == 90)
        #expect(window.events(after: 95).map(\.revision) == [96, 97, 98, 99, 100])
        #expect(window.events(after: 100).isEmpty)
        window.evict(through: 93)
        #expect(window.evictedThrough == 93)
        window.evict(through: 93)
        #expect(window.count == 7)

        var small = EventWindow(evictedThrough: 0)
        for revision in 1...5 {
            small.append(
                StoreEvent(kind: .added, object: try object("o", Int64(revision)), previous: nil), limits: WindowLimits(events: 100, bytes: 1))
        }
        #expect(small.count == 1, "an event larger than the bound is still kept, or its watch could never see it")
        #expect(small.evictedThrough == 4)
    }

    @Test(arguments: [
        (
            #"{"apiVersion":"v1","kind":"X","metadata":{"name":"a"},"spec":1}"#,
            #"{"apiVersion":"v1","kind":"X","metadata":{"resourceVersion":"42","name":"a"},"spec":1}"#
        ),
        (#"{"metadata":{}}"#, #"{"metadata":{"resourceVersion":"42"}}"#),
        (
            #"{"spec":{"metadata":{"x":"}"}},"a":["metadata",{"metadata":{}}],"metadata":{"name":"b"}}"#,
            #"{"spec":{"metadata":{"x":"}"}},"a":["metadata",{"metadata":{}}],"metadata":{"resourceVersion":"42","name":"b"}}"#
        ),
        (
            #"{"a\"metadata":1,"b":"metadata","metadata":{"name":"\\"}}"#,
            #"{"a\"metadata":1,"b":"metadata","metadata":{"resourceVersion":"42","name":"\\"}}"#
        ),
    ])
    func versionGoesIntoTheTopLevelMetadataAndOutAgain(_ plain: String, _ expected: String) throws {
        let spliced = try #require(VersionSplice.insert(42, into: Array(plain.utf8)))
        #expect(String(decoding: spliced, as: UTF8.self) == expected)
        #expect(try JSONParser.parse(spliced)[path: ["metadata", "resourceVersion"]] == "42")
        #expect(String(decoding: VersionSplice.remove(42, from: spliced), as: UTF8.self) == plain)
    }

    @Test(arguments: [
        "", "{", "[]", "{}", #"{"metadata":1}"#, #"{"metadata""#, #"{"metadata":"#, #"{"spec":{"metadata":{}}}"#, #"{"a"#, #"{"a\"#,
    ])
    func whatHasNoMetadataIsRefused(_ text: String) {
        #expect(VersionSplice.insert(1, into: Array(text.utf8)) == nil)
    }

    @Test func keysAreOrderedByBytesAndNotAsTextIs() {
        let composed = StoreKey(resource: "r", namespace: "", name: "\u{E9}")
        let decomposed = StoreKey(resource: "r", namespace: "", name: "e\u{301}")
        #expect(composed != decomposed)
        #expect(decomposed < composed)
        #expect(StoreKey(resource: "a", namespace: "z", name: "z") < StoreKey(resource: "b", namespace: "", name: ""))
        #expect(StoreKey(resource: "a", namespace: "a", name: "z") < StoreKey(resource: "a", namespace: "ab", name: ""))
    }

    @Test func sealedBytesOpenOnlyWithTheirKeyAndInTheirPlace() throws {
        let cipher = try AESGCM(key: Array(repeating: 1, count: 32))
        let other = try AESGCM(key: Array(repeating: 2, count: 32))
        for plain in [[], [7], Array("a secret".utf8), [UInt8](repeating: 9, count: 100_000)] {
            let sealed = try cipher.seal(plain, context: [1, 2])
            #expect(try cipher.open(sealed, context: [1, 2]) == plain)
            #expect(throws: AESGCM.Failure.notAuthentic) { try cipher.open(sealed, context: [1, 3]) }
            #expect(throws: AESGCM.Failure.notAuthentic) { try other.open(sealed, context: [1, 2]) }
            var changed = sealed
            changed[sealed.count / 2] ^= 1
            #expect(throws: AESGCM.Failure.notAuthentic) { try cipher.open(changed, context: [1, 2]) }
            #expect(throws: AESGCM.Failure.notAuthentic) { try cipher.open(Array(sealed.dropLast()), context: [1, 2]) }
            #expect(try cipher.seal(plain, context: [1, 2]) != sealed, "the nonce must be fresh each time")
        }
        #expect(throws: AESGCM.Failure.notAuthentic) { try cipher.open([1, 2, 3], context: []) }
        #expect(throws: AESGCM.Failure.keyLength(3)) { try AESGCM(key: [1, 2, 3]) }
    }

    @Test func keyFileIsMadeOnceForItsOwnerAlone() throws {
        let directory = try TemporaryDirectory()
        defer { directory.remove() }
        let path = directory.path + "/encryption.key"
        let first = try KeyRing.load(file: path)
        #expect(try KeyRing.load(file: path).keys.map(\.id) == first.keys.map(\.id))
        var info = stat()
        #expect(stat(path, &info) == 0 && info.st_mode & 0o777 == 0o600)
        chmod(path, 0o640)
        #expect { try KeyRing.load(file: path) } throws: { "\($0)".contains("chmod 600 \(path)") }
    }

    @Test func keyRingTakesSeveralKeysAndNeverShowsThem() throws {
        let hex = String(repeating: "ab", count: 32)
        let ring = try KeyRing(text: "\(hex)\n# the old one\n\(Base64.encode([UInt8](repeating: 3, count: 32)))\n", source: "test")
        #expect(ring.keys.count == 2)
        #expect(!"\(ring)".contains("abab"))
        var dumped = ""
        dump(ring, to: &dumped)
        #expect(!dumped.contains("171"))
        #expect(throws: StoreError.self) { try KeyRing(text: "short", source: "test") }
        #expect(throws: StoreError.self) { try KeyRing(text: "\n", source: "test") }
    }

    @Test func codecFindsOlderKeysAndSaysWhichOneIsMissing() throws {
        let key = StoreKey(resource: "secrets", namespace: "n", name: "s")
        let (old, new) = (String(repeating: "01", count: 32), String(repeating: "02", count: 32))
        let before = ObjectCodec(keyRing: try KeyRing(text: old, source: ""), encryptedResources: ["secrets"])
        let after = ObjectCodec(keyRing: try KeyRing(text: new + "\n" + old, source: ""), encryptedResources: ["secrets"])
        let without = ObjectCodec(keyRing: try KeyRing(text: new, source: ""), encryptedResources: ["secrets"])
        let sealed = try before.seal([1, 2, 3], for: key)
        let id = try #require(sealed.keyID)
        #expect(try after.open(sealed.value, keyID: id, for: key) == [1, 2, 3])
        #expect(try after.seal([1], for: key).keyID != id)
        #expect { try without.open(sealed.value, keyID: id, for: key) } throws: { "\($0)".contains(id) }
        #expect(throws: StoreError.self) {
            try before.open(sealed.value, keyID: id, for: StoreKey(resource: "secrets", namespace: "n", name: "other"))
        }
        #expect(try before.seal([1], for: StoreKey(resource: "configmaps", namespace: "n", name: "s")).keyID == nil)
    }
}

/// The same numbers for the same seed (SplitMix64).
struct SeededRandom: RandomNumberGenerator {
    private var state: UInt64
    init(seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }
}
