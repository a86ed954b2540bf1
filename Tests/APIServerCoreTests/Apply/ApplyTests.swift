import Kernel
import Testing

@testable import APIServerCore

/// A server of one object, as far as server-side apply is concerned.
struct ApplyWorld {
    static let management = FieldManagement(schema: Samples.gadget, kind: Samples.gadgetKind)

    var live: JSON?
    var clock = Timestamp(seconds: 1_700_000_000)

    @discardableResult
    mutating func apply(_ manager: String, _ spec: String, force: Bool = false) throws -> JSON {
        try apply(manager, object: Samples.object(spec), force: force)
    }

    @discardableResult
    mutating func apply(_ manager: String, object: JSON, force: Bool = false, scope: FieldManagement.Scope = .object(hasStatus: true)) throws -> JSON {
        clock = clock + .seconds(10)
        var result = try Self.management.apply(object, to: live, manager: manager, force: force, scope: scope, now: clock)
        Samples.gadget.applyDefaults(&result)
        live = result
        return result
    }

    mutating func update(_ manager: String, subresource: String = "", _ change: (inout JSON) -> Void) {
        clock = clock + .seconds(10)
        var new = live ?? Samples.object("{}")
        change(&new)
        Samples.gadget.applyDefaults(&new)
        live = Self.management.update(new, from: live, manager: manager, subresource: subresource, now: clock)
    }

    mutating func create(_ manager: String, _ spec: String) {
        live = nil
        update(manager) { $0 = Samples.object(spec) }
    }

    var spec: JSON { live?["spec"] ?? .null }

    /// The fields of a manager, as paths.
    func fields(_ manager: String, operation: String? = nil, subresource: String = "") -> [String] {
        let entry = (live?["metadata"]?["managedFields"]?.array ?? []).first { entry in
            guard entry["manager"]?.string == manager, entry["subresource"]?.string ?? "" == subresource else { return false }
            return operation == nil || entry["operation"]?.string == operation
        }
        return entry.flatMap { FieldSet(fieldsV1: $0["fieldsV1"] ?? .null) }?.paths ?? []
    }

    var managers: [String] { (live?["metadata"]?["managedFields"]?.array ?? []).compactMap { $0["manager"]?.string } }
}

@Suite struct ApplyTests {
    /// Found by fuzzing: managed fields written by hand claim what nobody can own, and the next apply took it out of the object.
    @Test func aHandWrittenClaimOnTheKindDoesNotRemoveIt() throws {
        var world = ApplyWorld()
        world.create("c", #"{"image": "a"}"#)
        world.update("c") { object in
            object[path: ["metadata", "managedFields"]] = [
                [
                    "manager": "b", "operation": "Apply", "apiVersion": "example.com/v1", "fieldsType": "FieldsV1",
                    "fieldsV1": ["f:kind": [:], "f:apiVersion": [:], "f:metadata": ["f:name": [:], "f:uid": [:]], "f:spec": ["f:mode": [:]]],
                ]
            ]
        }
        let after = try world.apply("b", #"{"image": "a"}"#, force: true)
        #expect(after["kind"] == "Gadget" && after["apiVersion"] == "example.com/v1" && after["metadata"]?["name"] == "a")
    }

    @Test func `an apply creates, and owns what it said, not the defaults`() throws {
        var world = ApplyWorld()
        try world.apply("me", #"{"image": "x", "env": [{"name": "A", "value": "1"}], "labels": {"l": "1"}, "args": ["a"], "limits": {"cpu": "1"}}"#)
        #expect(world.spec["replicas"] == 1)
        #expect(
            world.fields("me") == [".spec.args", #".spec.env[name="A"]"#, #".spec.env[name="A"].name"#, #".spec.env[name="A"].value"#, ".spec.image", ".spec.labels.l", ".spec.limits"])
        let entry = world.live?["metadata"]?["managedFields"]?[0]
        #expect(entry?["operation"] == "Apply")
        #expect(entry?["apiVersion"] == "example.com/v1")
        #expect(entry?["fieldsType"] == "FieldsV1")
        #expect(entry?["time"] == "2023-11-14T22:13:30Z")
    }

    @Test func `an apply that changes nothing gives back the very same object, times and all`() throws {
        var world = ApplyWorld()
        let first = try world.apply("me", #"{"image": "x", "tags": ["a"], "free": {"deep": {"x": 1}}, "probe": {}}"#)
        let second = try world.apply("me", #"{"image": "x", "tags": ["a"], "free": {"deep": {"x": 1}}, "probe": {}}"#)
        #expect(first == second)
        #expect(first.text == second.text)
    }

    @Test func `another's field is a conflict, named with manager and path`() throws {
        var world = ApplyWorld()
        world.create("kubectl-client-side-apply", #"{"image": "x", "replicas": 2}"#)
        #expect {
            try world.apply("me", #"{"image": "x", "replicas": 3}"#)
        } throws: { error in
            guard let error = error as? ApplyError, case .conflict(let message, let causes) = error else { return false }
            return message == #"Apply failed with 1 conflict: conflict with "kubectl-client-side-apply" using example.com/v1: .spec.replicas"#
                && causes == [
                    StatusCause(reason: .fieldManagerConflict, message: #"conflict with "kubectl-client-side-apply" using example.com/v1"#, field: ".spec.replicas")
                ] && error.status.code == 409
        }
        #expect {
            try world.apply("me", #"{"image": "y", "replicas": 3}"#)
        } throws: {
            "\($0)" == "Apply failed with 2 conflicts: conflicts with \"kubectl-client-side-apply\" using example.com/v1:\n- .spec.image\n- .spec.replicas"
        }
    }

    @Test func `force takes the field away`() throws {
        var world = ApplyWorld()
        try world.apply("a", #"{"image": "x", "replicas": 2}"#)
        #expect { try world.apply("b", #"{"replicas": 3}"#) } throws: { "\($0)" == #"Apply failed with 1 conflict: conflict with "a": .spec.replicas"# }
        try world.apply("b", #"{"replicas": 3}"#, force: true)
        #expect(world.spec["replicas"] == 3)
        #expect(world.fields("a") == [".spec.image"])
        #expect(world.fields("b") == [".spec.replicas"])
    }

    @Test func `the same value is owned together, and goes with the last owner`() throws {
        var world = ApplyWorld()
        try world.apply("a", #"{"image": "x", "step": 5}"#)
        try world.apply("b", #"{"step": 5}"#)
        #expect(world.fields("a").contains(".spec.step") && world.fields("b").contains(".spec.step"))
        try world.apply("a", #"{"image": "x"}"#)
        #expect(world.spec["step"] == 5)
        try world.apply("b", #"{}"#)
        #expect(world.spec["step"] == nil)
        #expect(world.fields("b") == [".spec"])  // which it applied empty
    }

    @Test func `what isn't applied any more goes, but not what someone updated`() throws {
        var world = ApplyWorld()
        try world.apply("a", #"{"image": "x", "step": 5, "size": 2, "labels": {"a": "1", "b": "2"}, "probe": {"path": "/"}}"#)
        world.update("other") { $0[path: ["spec", "size"]] = 3 }
        #expect(world.fields("a").contains(".spec.size") == false)
        try world.apply("a", #"{"image": "x", "labels": {"b": "2"}}"#)
        #expect(world.spec["step"] == nil)
        #expect(world.spec["size"] == 3)
        #expect(world.spec["labels"] == ["b": "2"])
        #expect(world.spec["probe"] == nil)
    }

    @Test func `others' parts of what isn't applied any more stay`() throws {
        var world = ApplyWorld()
        world.create("other", #"{"image": "x", "labels": {"o": "1"}}"#)
        try world.apply("a", #"{"step": 5, "labels": {"a": "1"}, "probe": {"period": 5}, "env": [{"name": "A", "value": "1"}]}"#)
        world.update("other") { $0[path: ["spec", "probe", "path"]] = "/" }
        try world.apply("a", #"{"labels": {}}"#)
        #expect(world.spec == Samples.json(#"{"image": "x", "replicas": 1, "mode": "Fast", "labels": {"o": "1"}, "probe": {"path": "/", "period": 10}}"#))
        var bare = Samples.object("{}")
        bare["spec"] = nil
        try world.apply("a", object: bare)
        #expect(world.spec["image"] == "x")
        #expect(!world.managers.contains("a"))
    }

    @Test func `an empty map that fills up keeps what fills it`() throws {
        var world = ApplyWorld()
        try world.apply("a", #"{"image": "x", "labels": {}, "tags": []}"#)
        #expect(world.spec["labels"] == [:])
        try world.apply("a", #"{"image": "x", "labels": {"l": "1"}, "tags": ["t"]}"#)
        #expect(world.spec["labels"] == ["l": "1"])
        try world.apply("a", #"{"image": "x", "labels": {}, "tags": []}"#)
        #expect(world.spec["labels"] == [:])
        #expect(world.spec["tags"] == [])
    }

    @Test func `a field that is no longer applied gets its default back`() throws {
        var world = ApplyWorld()
        try world.apply("a", #"{"image": "x", "replicas": 5}"#)
        try world.apply("a", #"{"image": "x"}"#)
        #expect(world.spec["replicas"] == 1)
    }

    @Test func `elements of list maps merge by their keys, defaults among them`() throws {
        var world = ApplyWorld()
        try world.apply("a", #"{"image": "x", "ports": [{"containerPort": 80, "name": "http"}]}"#)
        try world.apply("b", #"{"ports": [{"containerPort": 80, "protocol": "UDP"}, {"containerPort": 80, "protocol": "TCP", "hostPort": 1}]}"#)
        #expect(
            world.spec["ports"]
                == Samples.json(#"[{"containerPort": 80, "protocol": "UDP"}, {"containerPort": 80, "name": "http", "protocol": "TCP", "hostPort": 1}]"#))
        #expect(world.fields("a").contains(#".spec.ports[containerPort=80,protocol="TCP"].name"#))
        try world.apply("b", #"{"ports": [{"containerPort": 80, "protocol": "TCP", "hostPort": 1}]}"#)
        #expect(world.spec["ports"]?.array?.count == 1)
        try world.apply("b", "{}")
        #expect(world.spec["ports"] == Samples.json(#"[{"containerPort": 80, "name": "http", "protocol": "TCP"}]"#))
    }

    @Test(arguments: [
        (["a", "b", "c"], ["c", "a"], ["b", "c", "a"]),
        (["a", "b"], ["x", "a"], ["x", "a", "b"]),
        (["a", "b"], ["b", "x"], ["a", "b", "x"]),
        (["a", "b", "c"], ["a", "x", "c"], ["a", "b", "x", "c"]),
        ([], ["a"], ["a"]),
        (["a"], [], ["a"]),
    ])
    func `sets keep the configuration's order, and others their place`(live: [String], config: [String], merged: [String]) throws {
        var world = ApplyWorld()
        try world.apply("a", object: Samples.object(#"{"image": "x", "tags": \#(JSON(live).text)}"#))
        try world.apply("b", object: Samples.object(#"{"tags": \#(JSON(config).text)}"#))
        #expect(world.spec["tags"] == JSON(merged))
    }

    @Test func `atomic lists and maps are one field`() throws {
        var world = ApplyWorld()
        try world.apply("a", #"{"image": "x", "args": ["1"], "limits": {"cpu": "1"}}"#)
        #expect { try world.apply("b", #"{"args": ["1", "2"], "limits": {"memory": "1"}}"#) } throws: {
            "\($0)" == "Apply failed with 2 conflicts: conflicts with \"a\":\n- .spec.args\n- .spec.limits"
        }
        try world.apply("b", #"{"args": ["1", "2"], "limits": {"memory": "1"}}"#, force: true)
        #expect(world.spec["args"] == ["1", "2"])
        #expect(world.spec["limits"] == ["memory": "1"])
        #expect(world.fields("a") == [".spec.image"])
    }

    @Test func `free parts are owned member by member, lists in them as a whole`() throws {
        var world = ApplyWorld()
        try world.apply("a", #"{"image": "x", "free": {"deep": {"x": 1, "l": [1, {"y": 2}]}}}"#)
        try world.apply("b", #"{"free": {"deep": {"z": 3}}}"#)
        #expect(world.spec["free"] == ["deep": ["x": 1, "l": [1, ["y": 2]], "z": 3]])
        #expect(world.fields("a").filter { $0.hasPrefix(".spec.free") } == [".spec.free.deep", ".spec.free.deep.l", ".spec.free.deep.x"])
    }

    @Test func `status is a book of its own`() throws {
        var world = ApplyWorld()
        try world.apply("a", #"{"image": "x"}"#)
        var status = Samples.object("{}")
        status["status"] = ["phase": "Running"]
        try world.apply("ctl", object: status, scope: .status)
        #expect(world.live?["status"]?["phase"] == "Running")
        #expect(world.spec["image"] == "x")
        #expect(world.fields("ctl", subresource: "status") == [".status.phase"])
        // The main resource has no say in it, and neither owns nor removes it.
        var both = Samples.object(#"{"image": "x"}"#)
        both["status"] = ["phase": "Nonsense"]
        try world.apply("a", object: both)
        #expect(world.live?["status"]?["phase"] == "Running")
        #expect(world.fields("a") == [".spec.image"])
        world.update("ctl", subresource: "status") { $0[path: ["status", "replicas"]] = 2 }
        #expect(world.fields("ctl", operation: "Update", subresource: "status") == [".status.replicas"])
        #expect { try world.apply("x", object: { var object = Samples.object("{}"); object["status"] = ["replicas": 3]; return object }(), scope: .status) } throws: {
            "\($0)" == #"Apply failed with 1 conflict: conflict with "ctl" with subresource "status" using example.com/v1: .status.replicas"#
        }
    }

    @Test func `an update owns what it changed, with the maps it made`() throws {
        var world = ApplyWorld()
        world.create("kubectl-create", #"{"image": "x", "labels": {"a": "1"}}"#)
        #expect(world.fields("kubectl-create") == [".spec", ".spec.image", ".spec.labels", ".spec.labels.a", ".spec.mode", ".spec.replicas"])
        let before = world.live
        world.update("other") { _ in }
        #expect(world.live == before)
        world.update("other") { $0[path: ["spec", "labels", "b"]] = "2" }
        #expect(world.fields("other") == [".spec.labels.b"])
        world.update("other") { $0[path: ["spec", "labels", "c"]] = "3" }
        #expect(world.fields("other") == [".spec.labels.b", ".spec.labels.c"])
        world.update("third") { $0[path: ["spec", "labels", "b"]] = nil }
        #expect(world.fields("other") == [".spec.labels.c"])
        #expect(!world.managers.contains("third"))
    }

    @Test func `objects from before anyone applied belong to before-first-apply`() throws {
        var world = ApplyWorld()
        world.live = Samples.object(#"{"image": "x", "step": 5}"#)
        world.update("other") { $0[path: ["spec", "step"]] = 10 }
        #expect(world.managers == [])
        #expect { try world.apply("me", #"{"step": 15}"#) } throws: {
            "\($0)" == #"Apply failed with 1 conflict: conflict with "before-first-apply" using example.com/v1: .spec.step"#
        }
        try world.apply("me", #"{"step": 15}"#, force: true)
        #expect(world.managers == ["me", "before-first-apply"])
    }

    @Test func `kubectl goes over from client-side apply without conflicts`() throws {
        var world = ApplyWorld()
        world.create("kubectl-client-side-apply", #"{"image": "x", "replicas": 2}"#)
        world.update("kubectl-client-side-apply") {
            $0[path: ["metadata", "annotations", FieldManagement.lastAppliedAnnotation]] = .string(Samples.object(#"{"image": "x", "replicas": 2}"#).text)
        }
        try world.apply("kubectl", #"{"image": "y", "replicas": 3}"#)
        #expect(world.spec["image"] == "y")
        #expect(world.live?["metadata"]?["annotations"]?[FieldManagement.lastAppliedAnnotation]?.string?.contains(#""image":"y""#) == true)
    }

    @Test func `managedFields can be patched and reset, but not applied`() throws {
        var world = ApplyWorld()
        try world.apply("a", #"{"image": "x"}"#)
        // kubectl's migration: the client-side manager becomes the server-side one.
        let renamed = (world.live?["metadata"]?["managedFields"]?[0] ?? .null).replacing("manager", "b")
        world.update("kubectl") { $0[path: ["metadata", "managedFields"]] = [renamed] }
        #expect(world.managers == ["b"])
        world.update("kubectl") { $0[path: ["metadata", "managedFields"]] = [] }
        #expect(world.managers == ["b"])
        world.update("kubectl") { $0[path: ["metadata", "managedFields"]] = [["operation": "Nope"]] }
        #expect(world.managers == ["b"])
        world.update("kubectl") { $0[path: ["metadata", "managedFields"]] = [[:]] }
        #expect(world.managers == [])
        var config = Samples.object(#"{"image": "x"}"#)
        config[path: ["metadata", "managedFields"]] = [["manager": "x"]]
        #expect { try world.apply("a", object: config) } throws: { ($0 as? ApplyError) == .badRequest("metadata.managedFields must be nil") }
    }

    @Test(arguments: [
        (#"{"image": "x", "env": [{"value": "1"}]}"#,
            #".spec.env: element 0: associative list with keys has an element that omits key field "name" (and doesn't have default value)"#),
        (#"{"image": "x", "env": [{"name": "A"}, {"name": "A"}]}"#, #".spec.env: duplicate entries for key [name="A"]"#),
        (#"{"image": "x", "tags": ["a", "a"]}"#, #".spec.tags: duplicate entries for key [="a"]"#),
        (#"{"image": "x", "nope": 1}"#, ".spec.nope: field not declared in schema"),
    ])
    func `what can't be owned can't be applied`(spec: String, message: String) {
        var world = ApplyWorld()
        #expect { try world.apply("a", spec) } throws: {
            ($0 as? ApplyError) == .badRequest("failed to create typed patch object (default/a; example.com/v1, Kind=Gadget): " + message)
        }
    }

    @Test func `another version is refused`() {
        var world = ApplyWorld()
        #expect { try world.apply("a", object: Samples.object("{}").replacing("apiVersion", "example.com/v2")) } throws: {
            ($0 as? ApplyError) == .badRequest("Incorrect version specified in apply patch. Specified patch version: example.com/v2, expected: example.com/v1")
        }
    }

    @Test func `old update managers are put together when there are too many`() {
        var world = ApplyWorld()
        world.create("m0", #"{"image": "x"}"#)
        for number in 1...15 { world.update("m\(number)") { $0[path: ["spec", "labels", "l\(number)"]] = "1" } }
        #expect(world.managers.count == 10)
        #expect(world.managers.first == "ancient-changes")
        #expect(world.managers.contains("m15"))
        #expect(world.fields("ancient-changes").contains(".spec.image"))
    }

    @Test func `metadata that the server sees to belongs to nobody`() throws {
        var world = ApplyWorld()
        world.update("a") { $0 = Samples.object(#"{"image": "x"}"#); $0[path: ["metadata", "uid"]] = "1"; $0[path: ["metadata", "labels"]] = ["x": "1"]; $0[path: ["metadata", "finalizers"]] = ["f/f"] }
        #expect(world.fields("a").filter { $0.hasPrefix(".metadata") } == [".metadata.finalizers", #".metadata.finalizers[="f/f"]"#, ".metadata.labels", ".metadata.labels.x"])
    }
}

extension JSON {
    fileprivate func replacing(_ name: String, _ value: JSON) -> JSON {
        var copy = self
        copy[name] = value
        return copy
    }
}
