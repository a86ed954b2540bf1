import Kernel
import Testing

@testable import APIServerCore

struct ProtobufDecoderTests {
    private func body(_ apiVersion: String, _ kind: String, _ write: (inout ProtobufWriter) -> Void) -> [UInt8] {
        var envelope = ProtobufWriter()
        envelope.message(1) {
            $0.string(1, apiVersion)
            $0.string(2, kind)
        }
        envelope.message(2, write)
        envelope.string(3, "")
        return ProtobufDecoder.magic + envelope.bytes
    }

    /// What kubectl 1.32 sends for `create namespace x`, byte for byte: empty strings, an unset time, an empty spec.
    @Test func readsKubectlsNamespace() throws {
        let hex =
            "6b387300 0a0f0a02 76311209 4e616d65 73706163 6512190a 110a0178 12001a00 22002a00 32003800 42001200 1a020a00 1a002200"
        let digits = Array(hex.utf8.filter { $0 != 0x20 })
        let bytes = stride(from: 0, to: digits.count, by: 2).compactMap { UInt8(String(decoding: digits[$0...$0 + 1], as: UTF8.self), radix: 16) }
        #expect(try ProtobufDecoder.decode(bytes).text == #"{"apiVersion":"v1","kind":"Namespace","metadata":{"name":"x"}}"#)
    }

    @Test func readsEveryKindOfField() throws {
        let lease = body("coordination.k8s.io/v1", "Lease") { writer in
            writer.message(1) { meta in
                meta.string(1, "l")
                meta.message(8) { $0.varint(1, 1_795_154_400) }
                for (key, value) in [("app", "x"), ("empty", "")] {
                    meta.message(11) {
                        $0.string(1, key)
                        $0.string(2, value)
                    }
                }
                meta.message(13) {
                    $0.string(1, "Pod")
                    $0.string(3, "p")
                    $0.string(4, "u")
                    $0.string(5, "v1")
                    $0.varint(6, 0)
                }
                meta.string(14, "a/b")
                meta.string(14, "c/d")
            }
            writer.message(2) { spec in
                spec.string(1, "")
                spec.varint(2, 0)
                spec.message(4) {
                    $0.varint(1, 1_795_154_400)
                    $0.varint(2, 5000)
                }
                spec.message(3) { _ in }
            }
        }
        let read = try ProtobufDecoder.decode(lease)
        #expect(
            read == [
                "apiVersion": "coordination.k8s.io/v1", "kind": "Lease",
                "metadata": [
                    "name": "l", "creationTimestamp": "2026-11-20T06:00:00Z", "labels": ["app": "x", "empty": ""],
                    "ownerReferences": [["kind": "Pod", "name": "p", "uid": "u", "apiVersion": "v1", "controller": false]],
                    "finalizers": ["a/b", "c/d"],
                ],
                // Zero values of optional fields stay; a time that isn't set doesn't.
                "spec": ["holderIdentity": "", "leaseDurationSeconds": 0, "renewTime": "2026-11-20T06:00:00.000005Z"],
            ], "\(read)")
    }

    @Test func readsBytesAsBase64AndWrappedStrings() throws {
        let secret = body("v1", "Secret") { writer in
            writer.message(2) {
                $0.string(1, "k")
                $0.string(2, "hunter2")
            }
            writer.varint(5, 1)
        }
        let read = try ProtobufDecoder.decode(secret)
        #expect(read["data"] == ["k": "aHVudGVyMg=="] && read["immutable"] == true)
        let review = body("authorization.k8s.io/v1", "SubjectAccessReview") { writer in
            writer.message(2) { spec in
                spec.string(3, "u")
                spec.message(5) { entry in
                    entry.string(1, "scopes")
                    entry.message(2) {
                        $0.string(1, "a")
                        $0.string(1, "b")
                    }
                }
            }
            writer.message(3) { $0.varint(1, 0) }
        }
        let asked = try ProtobufDecoder.decode(review)
        #expect(asked["spec"]?["extra"] == ["scopes": ["a", "b"]] && asked["status"] == ["allowed": false])
    }

    @Test func readsNegativeNumbersAndDeleteOptionsOfAnyGroup() throws {
        let options = body("apps/v1", "DeleteOptions") { writer in
            writer.varint(1, UInt64(bitPattern: -1))
            writer.message(2) { $0.string(1, "u") }
            writer.string(4, "Foreground")
        }
        let read = try ProtobufDecoder.decode(options)
        #expect(read["gracePeriodSeconds"] == -1 && read["preconditions"] == ["uid": "u"] && read["propagationPolicy"] == "Foreground")
    }

    @Test func readsSchemasOfDefinitions() throws {
        var writer = ProtobufWriter()
        writer.string(5, "object")
        writer.message(29) {
            $0.string(1, "a")
            $0.message(2) { inner in
                inner.string(5, "array")
                inner.message(24) { $0.message(1) { $0.string(5, "string") } }
                inner.message(8) { $0.string(1, "[\"x\"]") }
            }
        }
        writer.message(30) { $0.varint(1, 1) }
        writer.double(9, 1.5)
        writer.varint(40, 1)
        let read = try ProtobufDecoder.decode(writer.bytes, as: try #require(APITypes.named(DefinitionTypes.prefix + "JSONSchemaProps")))
        #expect(
            read == [
                "type": "object", "properties": ["a": ["type": "array", "items": ["type": "string"], "default": ["x"]]],
                "additionalProperties": true, "maximum": 1.5, "x-kubernetes-int-or-string": true,
            ], "\(read)")
    }

    @Test func unknownFieldsAreSkipped() throws {
        let map = body("v1", "ConfigMap") { writer in
            writer.string(900, "later")
            writer.varint(901, 7)
            writer.double(902, 1)
            writer.message(2) {
                $0.string(1, "a")
                $0.string(2, "b")
                $0.string(3, "c")
            }
        }
        #expect(try ProtobufDecoder.decode(map)["data"] == ["a": "b"])
    }

    @Test(arguments: [
        ([], ProtobufError.truncated(offset: 4)), ([0x0A, 0x7F], .truncated(offset: 6)), ([0x0A], .truncated(offset: 5)),
        ([0x08] + [UInt8](repeating: 0xFF, count: 10) + [0x01], .overlong(offset: 5)), ([0x0B], .wireType(3, offset: 4)), ([0x00], .overlong(offset: 4)),
        ([0x09, 0x01], .truncated(offset: 5)), ([0x0A] + [UInt8](repeating: 0xFF, count: 8) + [0x7F], .truncated(offset: 14)),
    ] as [([UInt8], ProtobufError)])
    func hostileBytesAreRefused(rest: [UInt8], error: ProtobufError) {
        let expected = rest.isEmpty ? ProtobufError.unknownKind(" ") : error
        #expect(throws: expected) { try ProtobufDecoder.decode(ProtobufDecoder.magic + rest) }
        #expect(throws: ProtobufError.notKubernetes) { try ProtobufDecoder.decode(Array("{}".utf8)) }
    }

    @Test func deepNestingIsRefused() throws {
        var inner: [UInt8] = []
        for _ in 0..<2000 {
            var writer = ProtobufWriter()
            writer.message(28) { $0.append(inner) }
            inner = writer.bytes
        }
        let type = try #require(APITypes.named(DefinitionTypes.prefix + "JSONSchemaProps"))
        #expect(throws: ProtobufError.tooDeep) { try ProtobufDecoder.decode(inner, as: type) }
    }

    /// Random damage never traps, whatever it yields.
    @Test func damagedBodiesNeverTrap() {
        var seed: UInt64 = 42
        func random(_ bound: Int) -> Int {
            seed = seed &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return Int(seed >> 33) % bound
        }
        let good = body("rbac.authorization.k8s.io/v1", "ClusterRole") { writer in
            writer.message(1) { $0.string(1, "r") }
            for _ in 0..<5 {
                writer.message(2) {
                    $0.string(1, "get")
                    $0.string(2, "")
                    $0.string(3, "pods")
                }
            }
        }
        var refused = 0
        for _ in 0..<20_000 {
            var bad = good
            for _ in 0...random(3) { bad[random(bad.count)] = UInt8(random(256)) }
            if random(4) == 0 { bad.removeLast(random(bad.count)) }
            do throws(ProtobufError) { _ = try ProtobufDecoder.decode(bad) } catch { refused += 1 }
        }
        #expect(refused > 1000)
    }
}
