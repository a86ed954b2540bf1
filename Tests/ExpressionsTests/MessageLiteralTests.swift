import Expressions
import Kernel
import Testing

/// Messages of protobuf beside what Kubernetes gives: packed ones, ones of the object's own lists and maps, and types that are no messages.
@Suite struct MessageLiteralTests {
    private func packed(_ name: String, _ bytes: String) -> String { "google.protobuf.Any{type_url: 'type.googleapis.com/google.protobuf.\(name)', value: b'\(bytes)'}" }

    @Test func packedMessagesAreWhatTheyHold() {
        for (name, bytes, expected) in [
            ("Int64Value", #"\x08\x07"#, "7"), ("Int64Value", #"\x08\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01"#, "-1"), ("Int64Value", "", "0"),
            ("Int64Value", #"\x08\x01\x08\x02"#, "2"), ("Int32Value", #"\x08\xfe\xff\xff\xff\x1f"#, "-2"),
            ("Int64Value", #"\x08\x01\x0a\x01a\x15\x00\x00\x00\x00\x13\x1b\x08\x00\x1c\x14"#, "1"), ("UInt32Value", #"\x08\x05"#, "5u"), ("UInt64Value", #"\x08\x80\x01"#, "128u"),
            ("BoolValue", #"\x08\x02"#, "true"), ("StringValue", #"\x0a\x02\xc3\xa9"#, "'é'"), ("BytesValue", #"\x0a\x01\xff"#, #"b'\xff'"#), ("FloatValue", #"\x0d\x00\x00\xc0\x3f"#, "1.5"),
            ("DoubleValue", #"\x09\x00\x00\x00\x00\x00\x00\xf8\xbf"#, "-1.5"), ("Timestamp", #"\x08\x3c"#, "timestamp('1970-01-01T00:01:00Z')"),
            ("Duration", #"\x08\x01\x10\x80\xca\xb5\xee\x01"#, "duration('1.5s')"), ("Empty", "", "google.protobuf.Empty{}"), ("Value", "", "null"), ("Value", #"\x08\x00"#, "null"),
            ("Value", #"\x20\x01"#, "true"), ("Value", #"\x1a\x01a\x20\x00"#, "false"), ("ListValue", #"\x0a\x03\x1a\x01a\x0a\x00"#, "['a', null]"),
            ("Struct", #"\x0a\x0e\x0a\x01a\x12\x09\x11\x00\x00\x00\x00\x00\x00\xf0\x3f"#, "{'a': 1.0}"), ("Struct", #"\x0a\x00"#, "{'': null}"),
            // What stands twice in a row is one list.
            ("Value", #"\x32\x04\x0a\x02\x20\x01\x32\x04\x0a\x02\x20\x00"#, "[true, false]"), ("Value", #"\x32\x04\x0a\x02\x20\x01\x08\x00\x32\x04\x0a\x02\x20\x00"#, "[false]"),
            ("Any", #"\x0a\x1bx/google.protobuf.BoolValue\x12\x02\x08\x01"#, "true"),
        ] {
            expectTrue(["dyn(\(packed(name, bytes))) == dyn(\(expected))"])
        }
        expectTrue(["google.protobuf.Any{type_url: 'google.protobuf.BoolValue'} == false", "google.protobuf.Any{type_url: 'a/b/google.protobuf.UInt32Value', value: b'\\x08\\x01'} == 1u"])
    }

    @Test func whatIsNoPackedMessageIsAnError() {
        for (name, bytes, shown) in [
            ("Nothing", "", ""), ("Int64Value", #"\x08"#, #" value:"\x08""#), ("Int64Value", #"\x00\x01"#, #" value:"\x00\x01""#), ("Empty", #"\x0c"#, #" value:"\x0c""#),
            ("Empty", #"\x0b"#, #" value:"\x0b""#), ("Empty", #"\x0b\x14"#, #" value:"\x0b\x14""#), ("Empty", #"\x0e\x01"#, #" value:"\x0e\x01""#), ("Empty", #"\x0a\x02a"#, #" value:"\n\x02a""#),
            ("Int64Value", #"\x08\xff\xff\xff\xff\xff\xff\xff\xff\xff\x02"#, #" value:"\x08\xff\xff\xff\xff\xff\xff\xff\xff\xff\x02""#),
            ("StringValue", #"\x0a\x01\xff"#, #" value:"\n\x01\xff""#), ("Value", #"\x1a\x01\xff\x20\x00"#, #" value:"\x1a\x01\xff \x00""#),
            ("Value", #"\x32\x01a\x20\x00"#, #" value:"2\x01a \x00""#),
        ] {
            expectProblems([(packed(name, bytes), "unsupported conversion to ref.Val: (*dynamicpb.Message)type_url:\"type.googleapis.com/google.protobuf.\(name)\"\(shown)")])
        }
    }

    /// As deep as anyone writes; deeper ones are refused, and no stack overflows.
    @Test func packedMessagesLieWithinEachOtherToADepth() throws {
        func nested(_ depth: Int) -> JSON {
            var bytes: [UInt8] = [0x20, 0x01]
            for _ in 0..<depth {
                for tag in [UInt8(0x0A), 0x32] {
                    let count = bytes.count
                    bytes = [tag] + (count < 128 ? [UInt8(count)] : count < 16_384 ? [UInt8(count & 127) | 128, UInt8(count >> 7)] : [UInt8(count & 127) | 128, UInt8(count >> 7 & 127) | 128, UInt8(count >> 14)]) + bytes
                }
            }
            return .string(Base64.encode(bytes).replacing("/", with: "_").replacing("+", with: "-"))
        }
        let source = "google.protobuf.Any{type_url: 'google.protobuf.Value', value: b} != null"
        #expect(try evaluate(source, ["b": nested(40)], types: ["b": .bytes]).equals(.bool(true)))
        #expect(problem(source, ["b": nested(3000)], types: ["b": .bytes])?.hasPrefix("unsupported conversion to ref.Val: ") == true)
    }

    @Test func theObjectsOwnListsAndMapsStandInMessagesButNotWithinOthers() throws {
        let object = ObjectType(name: "o", fields: [.init("a", .int)])
        let type = ObjectType(
            name: "self", fields: [.init("m", .map(.string, .int)), .init("l", .list(.int)), .init("mm", .map(.string, .map(.string, .int))), .init("ll", .list(.list(.int))), .init("o", .object(object))])
        let value: JSON = ["m": ["a": 1], "l": [1, 2], "mm": ["a": ["b": 1]], "ll": [[1]], "o": ["a": 1]]
        let types = ["self": ValueType.object(type)]
        expectTrue(
            [
                "google.protobuf.Struct{fields: self.m} == {'a': 1.0}", "google.protobuf.ListValue{values: self.l} == [1.0, 2.0]", "google.protobuf.Struct{fields: dyn(self.o)} == {'a': 1.0}",
                "google.protobuf.Value{struct_value: {'a': self.l[0]}} == {'a': 1.0}", "google.protobuf.ListValue{values: self.l.map(x, x)} == [1.0, 2.0]",
                "google.protobuf.ListValue{values: self.l + self.l} == [1.0, 2.0, 1.0, 2.0]",
            ], ["self": value], types: types)
        func words(_ field: String, _ from: String, _ to: String) -> String {
            "field type conversion error for google.protobuf.\(field) value type: type conversion error from '\(from)' to '*structpb.\(to)'"
        }
        expectProblems(
            [
                ("google.protobuf.Struct{fields: self.mm}", words("Struct.fields", "map(dyn, dyn)", "Value")), ("google.protobuf.ListValue{values: self.ll}", words("ListValue.values", "list(dyn)", "Value")),
                ("google.protobuf.ListValue{values: [self.o]}", words("ListValue.values", "map(dyn, dyn)", "Value")), ("google.protobuf.Struct{fields: {'a': [self.l]}}", words("Struct.fields", "list(dyn)", "Value")),
                ("google.protobuf.Value{struct_value: self.m}", words("Value.struct_value", "map(dyn, dyn)", "Struct")),
                ("google.protobuf.Value{list_value: self.l}", words("Value.list_value", "list(dyn)", "ListValue")), ("google.protobuf.Value{list_value: dyn(self.m)}", words("Value.list_value", "map(dyn, dyn)", "ListValue")),
                ("google.protobuf.Value{list_value: {'values': [1]}}", "expected type of field 'list_value' is 'list(dyn)' but provided type is 'map(string, list(int))'"),
            ], ["self": value], types: types)
    }

    @Test func whatIsNoMessageIsNotWrittenOut() throws {
        var options = Environment.Options()
        options.comparesAsKubernetes = true
        let (o, p) = (ObjectType(name: "selfType.o", fields: []), ObjectType(name: "selfType.p", fields: []))
        let type = ObjectType(name: "selfType", fields: [.init("o", .object(o)), .init("p", .object(p))])
        let environment = Environment(libraries: Library.kubernetes, variables: [Variable("self", .object(type))], options: options)
        for (source, messages) in [
            ("int{} == 1", ["'int' is not a message type"]), ("list{a: 1} == []", ["'list' is not a message type", "undefined field 'a'"]), ("type{} == 1", ["'type' is not a message type"]),
            ("self{} == self", ["'selfType' is not a type"]), ("self{a: 1} == self", ["'selfType' is not a type", "unexpected failed resolution of 'self'"]),
            ("[1].all(x, x{} == 1)", ["'int' is not a type"]), ("timestamp{a: 1} == timestamp(0)", ["undefined field 'a'"]), ("zz.Foo{a: x} == 1", ["undeclared reference to 'zz.Foo' (in container '')"]),
            ("timestamp{seconds: 'a'} == timestamp(0)", ["expected type of field 'seconds' is 'int' but provided type is 'string'"]), ("[1].all(timestamp, timestamp{} == 1)", ["'int' is not a type"]),
            ("self.o == self.p", ["found no matching overload for '_==_' applied to '(selfType.o, selfType.p)'"]),
        ] {
            let mistake = #expect(throws: ExpressionError.self) { try environment.compile(source) }
            #expect(mistake?.issues.map(\.message) == messages, "\(source)")
        }
        for (source, message) in [
            ("timestamp{seconds: 1} == timestamp(1)", "unknown type 'timestamp'"), ("duration{} == .duration{}", "unknown type 'duration'"), ("null_type{} == null", "unknown type 'null_type'"),
            ("timestamp{seconds: 1 / 0} == timestamp(1)", "division by zero"),
        ] {
            let program = try environment.compile(source, expecting: .bool)
            #expect(program.conversionFailure == nil)
            let failure = #expect(throws: EvaluationError.self) { try program.evaluate(Bindings([.null])) }
            #expect(failure?.message == message, "\(source)")
        }
        #expect(try environment.compile("true || timestamp{} == timestamp(0)").evaluate(Bindings([.null])).equals(.bool(true)))
        // Elsewhere it is a mistake.
        expectProblems([("timestamp{}", "undeclared reference to 'timestamp' (in container '')"), ("null_type{}", "'null_type' is not a message type")])
    }

    /// What comes out of an optional has no schema in Kubernetes: a number that is whole is one, a time is a text.
    @Test func whatComesOutOfAnOptionalIsWhatTheObjectHolds() throws {
        var options = Environment.Options()
        options.comparesAsKubernetes = true
        let type = ObjectType(
            name: "selfType",
            fields: [.init("x", .double), .init("y", .double), .init("n", .int), .init("d", .timestamp), .init("z", .nullable(.int)), .init("a__dash__b", .int, property: "a-b"), .init("l", .list(.double))])
        let environment = Environment(libraries: Library.kubernetes, variables: [Variable("oldSelf", .optional(.object(type)))], options: options)
        let old: JSON = ["x": 1, "y": 2.5, "n": 1, "d": "2020-02-29", "z": .null, "a-b": 1, "l": [1, 2.5]]
        let activation = Bindings([.optional(Value(old, as: .object(type)))])
        for source in [
            "oldSelf.value().x < 2.0", "2.0 > oldSelf.value().x", "oldSelf.value().x <= oldSelf.value().y", "oldSelf.value().x == 1.0", "oldSelf.value().x >= oldSelf.value().x",
            "oldSelf.value().l.all(e, e > 0.5)", "oldSelf.value().y + 1.0 == 3.5", "oldSelf.value().x + oldSelf.value().x == 2.0", "oldSelf.value().n + 1 > 1", "type(oldSelf.value().d) == string",
            "oldSelf.optMap(o, o.x < 2.0).value()", "oldSelf.orValue(oldSelf.value()).x < 2.0", "oldSelf.x.value() < 2.0",
        ] {
            #expect(try environment.compile(source).evaluate(activation).equals(.bool(true)), "\(source)")
        }
        for (source, message) in [
            ("oldSelf.value().x + 1.0 > 0.0", "no such overload"), ("oldSelf.value().z < 1", "no such overload: _<_"), ("oldSelf.value().a__dash__b == 1", "no such key: a__dash__b"),
            ("string(oldSelf.value().d) == ''", "no such overload: string(string)"), ("{'a': 1}[string(oldSelf.value().d)] == 1", "no such overload: string(string)"),
            ("oldSelf.value().d < timestamp(0)", "no such overload"), ("oldSelf.value().d.getFullYear() == 2020", "no such overload: getFullYear(string)"),
        ] {
            let failure = #expect(throws: EvaluationError.self) { try environment.compile(source).evaluate(activation) }
            #expect(failure?.message == message, "\(source)")
        }
    }
}
