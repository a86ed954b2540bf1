import Kernel
import Testing

@testable import APIServerCore

@Suite struct JSONPathTests {
    static let document = Samples.json(
        #"""
        {"spec": {"replicas": 3, "image": "x", "list": [{"n": 1, "t": "a"}, {"n": 2, "t": "b"}, {"n": 3}], "a.b": "dotted", "a'b": "quoted"},
         "status": {"conditions": [{"type": "Ready", "status": "True"}, {"type": "Stalled", "status": "False"}]}}
        """#)

    @Test(arguments: [
        (".spec.replicas", "3"), ("{.spec.replicas}", "3"), ("$.spec.image", "x"), ("spec.image", "x"), (".spec['image']", "x"), (#".spec["image"]"#, "x"), (#".spec.a\.b"#, "dotted"),
        (".spec['a.b']", "dotted"), (#".spec['a\'b']"#, "quoted"), (".spec.list[0].n", "1"), (".spec.list[-1].n", "3"), (".spec.list[*].n", "1 2 3"), (".spec.list[1:].n", "2 3"),
        (".spec.list[:2].n", "1 2"), (".spec.list[0,2].n", "1 3"), (".spec.list[::2].n", "1 3"), (".spec.list[7].n", ""), (".spec.nope.x", ""),
        (#".status.conditions[?(@.type=="Ready")].status"#, "True"), (".status.conditions[?(@.type == 'Stalled')].status", "False"),
        (".spec.list[?(@.n>1)].n", "2 3"), (".spec.list[?(@.n<=1)].n", "1"), (".spec.list[?(@.t)].n", "1 2"), (".spec.list[?(@.t!='a')].n", "2"), ("..type", "Ready Stalled"),
        (".spec.list[0]", #"{"n":1,"t":"a"}"#), (".spec.list[0]['n','t']", "1 a"),
    ])
    func `paths lead where kubectl's lead`(path: String, result: String) throws {
        #expect(JSONPath.shown(try JSONPath(path).values(in: Self.document)) == result)
    }

    @Test(arguments: [".a[", ".a[?(@.x==1]", ".a['x]", ".a[x]", ".a..", ".a[?(@.x=1)]", ".a]b[", "a[1:2:3:4]"])
    func `what is no path is refused or leads nowhere`(path: String) {
        if let parsed = try? JSONPath(path) { #expect(parsed.values(in: Self.document).isEmpty) }
    }

    @Test(arguments: 0..<20) func `random texts never trap`(seed: UInt64) {
        var random = Seeded(seed)
        for _ in 0..<500 {
            let text = (0..<Int.random(in: 0...9, using: &random)).map { _ in random.pick([".", "[", "]", "?(", ")", "@", "==", "'a'", "a", "*", "0", ":", ",", "..", "\\", "-1"]) }.joined()
            _ = (try? JSONPath(text))?.values(in: Self.document)
        }
    }
}

@Suite struct TableTests {
    private let now = Timestamp(rfc3339: "2026-11-20T06:00:00Z") ?? Timestamp(seconds: 0)

    private let columns = [
        PrinterColumn("Ready", source: .path(#".status.conditions[?(@.type=="Ready")].status"#)),
        PrinterColumn("Replicas", type: "integer", source: .path(".spec.replicas")),
        PrinterColumn("Ratio", type: "number", priority: 1, source: .path(".spec.ratio")),
        PrinterColumn("On", type: "boolean", source: .path(".spec.on")),
        PrinterColumn("Age", type: "date", source: .path(".metadata.creationTimestamp")),
    ]

    private let object = Samples.json(
        #"""
        {"apiVersion": "example.com/v1", "kind": "Gadget", "metadata": {"name": "a", "resourceVersion": "7", "creationTimestamp": "2026-11-20T05:54:30Z"},
         "spec": {"replicas": 3, "ratio": 0.5, "on": true}, "status": {"conditions": [{"type": "Ready", "status": "True"}]}}
        """#)

    @Test func `a row shows what its columns say`() {
        let table = TableRenderer(columns: columns, isBuiltIn: false).table(object, now: now)
        #expect(table["kind"] == "Table")
        #expect(table["apiVersion"] == "meta.k8s.io/v1")
        #expect(table["metadata"] == ["resourceVersion": "7"])
        #expect(table["columnDefinitions"]?.array?.compactMap { $0["name"]?.string } == ["Name", "Ready", "Replicas", "Ratio", "On", "Age"])
        #expect(table["columnDefinitions"]?[3]?["priority"] == 1)
        #expect(table["rows"]?[0]?["cells"] == ["a", "True", 3, 0.5, true, "5m30s"])
        #expect(table["rows"]?[0]?["object"]?["kind"] == "PartialObjectMetadata")
        #expect(table["rows"]?[0]?["object"]?["metadata"] == object["metadata"])
    }

    @Test func `what is missing or of another type leaves its cell empty`() {
        let bare = Samples.json(#"{"metadata": {"name": "a"}, "spec": {"replicas": "many", "on": 1}}"#)
        let table = TableRenderer(columns: columns, isBuiltIn: false).table(bare, now: now)
        #expect(table["rows"]?[0]?["cells"] == ["a", JSON.null, JSON.null, JSON.null, JSON.null, JSON.null])
    }

    @Test func `without columns there are name and age`() {
        let table = TableRenderer(columns: [], isBuiltIn: false).table([object, object], metadata: ["resourceVersion": "9"], withColumns: false, now: now)
        #expect(table["columnDefinitions"]?.isNull == true)
        #expect(table["rows"]?.array?.count == 2)
        #expect(table["rows"]?[1]?["cells"] == ["a", "5m30s"])
    }

    @Test func `the object goes along as asked`() throws {
        func attached(_ query: String) throws -> JSON? {
            TableRenderer(columns: [], isBuiltIn: false, included: try .init(query: query)).table(object, now: now)["rows"]?[0]?["object"]
        }
        #expect(try attached("Object") == object)
        #expect(try attached("None")?.isNull == true)
        #expect(try attached("")?["kind"] == "PartialObjectMetadata")
        #expect(throws: SelectorError(#"includeObject: Invalid value: "Nope": must be 'Metadata', 'Object', 'None', or empty"#)) { try attached("Nope") }
    }

    @Test func `ages read as kubectl's`() {
        #expect(TableCells.age(since: "2026-11-20T05:59:48Z", now: now) == "12s")
        #expect(TableCells.age(since: "2026-11-18T01:00:00Z", now: now) == "2d5h")
        #expect(TableCells.age(since: "2026-11-20T06:00:01Z", now: now) == "0s")
        #expect(TableCells.age(since: "2026-11-20T07:00:00Z", now: now) == "<invalid>")
        #expect(TableCells.age(since: "yesterday", now: now) == "<invalid>")
        #expect(TableCells.age(since: "", now: now) == "<unknown>")
    }

    @Test func `built-in cells`() {
        func cell(_ cell: BuiltInCell, _ text: String) -> JSON { TableCells.builtIn(cell, Samples.json(text), now: now) }
        #expect(cell(.dataCount, #"{"data": {"a": "", "b": ""}, "binaryData": {"c": ""}}"#) == 3)
        #expect(cell(.roleReference, #"{"roleRef": {"kind": "Role", "name": "r"}}"#) == "Role/r")
        #expect(cell(.bindingServiceAccounts, #"{"subjects": [{"kind": "ServiceAccount", "namespace": "n", "name": "s"}, {"kind": "User", "name": "u"}]}"#) == "n/s")
        #expect(cell(.eventObject, #"{"involvedObject": {"kind": "Pod", "name": "p"}}"#) == "pod/p")
        #expect(cell(.eventLastSeen, #"{"lastTimestamp": null, "eventTime": "2026-11-20T05:59:00.000000Z"}"#) == "60s")
        #expect(cell(.eventCount, "{}") == 1)
        #expect(cell(.eventMessage, #"{"message": " hello\n"}"#) == "hello")
    }

    @Test func `partial metadata of a list`() {
        let list = PartialObjectMetadata.list([object], metadata: ["resourceVersion": "9"])
        #expect(list["kind"] == "PartialObjectMetadataList")
        #expect(list["items"]?[0]?["metadata"]?["name"] == "a")
        #expect(list["items"]?[0]?["spec"] == nil)
    }
}
