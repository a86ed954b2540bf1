import APIServerCore
import Fuzzing
import Kernel

/// Lines: the stored object, then configurations that two managers apply in turn, by force, and an update between them.
@_cdecl("LLVMFuzzerTestOneInput") public func fuzz(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    guard let documents = FuzzInput(start, count).documents(3) else { return 0 }
    let now = Timestamp(seconds: 1_790_000_000)
    var live = documents[0]
    _ = management.update(documents[1], from: live, manager: "updater", now: now)
    for (manager, config) in [("a", documents[1]), ("b", documents[2]), ("a", documents[2])] {
        let applied: JSON
        do throws(ApplyError) {
            applied = try management.apply(config, to: live, manager: manager, force: true, scope: .object(hasStatus: true), now: now)
        } catch {
            require(!error.description.isEmpty, "an error without words")
            continue
        }
        do throws(ApplyError) {
            let again = try management.apply(config, to: applied, manager: manager, force: false, scope: .object(hasStatus: true), now: now)
            require(again == applied, "applying twice differs:\n\(again.text)\nafter\n\(applied.text)")
        } catch {
            require(false, "\(manager) conflicts with itself: \(error)\n\(applied.text)")
        }
        live = management.update(applied, from: live, manager: "updater", now: now)
        _ = ObjectComparison.isUnchanged(applied, from: live)
        _ = ObjectComparison.changesDesired(applied, from: live)
    }
    return 0
}

private let management = FieldManagement(
    schema: StructuralSchema(openAPI: gadget), kind: GroupVersionKind(group: "example.com", version: "v1", kind: "Gadget"))

/// Maps, sets and lists of each kind.
private let gadget: JSON = [
    "type": "object",
    "properties": [
        "metadata": ["type": "object"],
        "spec": [
            "type": "object",
            "properties": [
                "a": ["type": "string", "default": "x"],
                "s": ["type": "array", "items": ["type": "string"], "x-kubernetes-list-type": "set"],
                "l": ["type": "array", "items": ["type": "integer"]],
                "m": [
                    "type": "array", "x-kubernetes-list-type": "map", "x-kubernetes-list-map-keys": ["k", "p"],
                    "items": [
                        "type": "object", "required": ["k"],
                        "properties": ["k": ["type": "integer"], "p": ["type": "string", "default": "T"], "v": ["type": "string"]],
                    ],
                ],
                "o": ["type": "object", "x-kubernetes-map-type": "atomic", "additionalProperties": ["type": "string"]],
                "f": ["type": "object", "x-kubernetes-preserve-unknown-fields": true],
            ],
        ],
        "status": ["type": "object", "x-kubernetes-preserve-unknown-fields": true],
    ],
]
