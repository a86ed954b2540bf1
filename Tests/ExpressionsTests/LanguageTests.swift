import Expressions
import Kernel
import Testing

@Suite struct LanguageTests {
    @Test func literals() {
        expectTrue([
            "1 == 1", "-1 < 0", "0x10 == 16", "-0xF == -15", "1u < 2u", "0xFFu == 255u", "1.5 == 3.0 / 2.0", ".5 == 0.5", "1e3 == 1000.0", "1.5e-3 == 0.0015",
            "-9223372036854775808 < 9223372036854775807", "18446744073709551615u > 0u", "--1 == 1", "---1 == -1", "!!true", "!(-1 == 1)",
            "'a' == \"a\"", "'''a'b\n''' == 'a\\'b\\n'", "\"\"\"a\"b\"\"\" == 'a\"b'", "r'\\n' == '\\\\n'", "R\"\\d\" == '\\\\d'",
            "'\\x41\\u00e9\\U0001F600\\101' == 'A\u{E9}\u{1F600}A'", "'\\a\\b\\f\\n\\r\\t\\v\\\\\\?\\'\\\"\\`'.size() == 12",
            "b'abc' == bytes('abc')", "b'\\xff\\377' == b'\\377\\xff'", "B\"\u{E9}\" == bytes('\u{E9}')", "br'\\x'.size() == 2", "b'\\xff'.size() == 1",
            "null == null", "[1, 2, 3,] == [1, 2, 3]", "{'a': 1, 'b': 2,} == {'b': 2, 'a': 1}", "[] == [,]", "{}.size() == 0",
            "1 // a comment\n == 1", "true ? true : false", "'\u{1F600}'.size() == 1", "'''a\r\nb''' == 'a\\nb'",
        ])
        expectProblems([
            ("9223372036854775808", "invalid int literal"), ("18446744073709551616u", "invalid uint literal"), ("1e999", "invalid double literal"),
            ("'\\q'", "Syntax error: token recognition error at: ''\\q'"), ("'\\ud800'", "invalid unicode code point"), ("b'\\u0041'", "unable to unescape string"),
            ("'\\8'", "Syntax error: token recognition error at: ''\\8'"), ("'\\18'", "Syntax error: token recognition error at: ''\\18'"),
            ("'abc", "Syntax error: token recognition error at: ''abc'"), ("1 @ 2", "Syntax error: token recognition error at: '@'"),
            ("a.while", "undeclared reference to 'a' (in container '')"), ("while", "reserved identifier: while"), ("for(1)", "reserved identifier: for"),
            ("1 2", "Syntax error: extraneous input '2' expecting <EOF>"), ("(1", "Syntax error: missing ')' at '<EOF>'"),
            ("a.in", "Syntax error: no viable alternative at input '.in'"),
        ])
    }

    @Test func arithmetic() {
        expectTrue([
            "1 + 2 * 3 == 7", "(1 + 2) * 3 == 9", "7 / 2 == 3", "-7 / 2 == -3", "-7 % 3 == -1", "7u % 4u == 3u", "1 - 2 - 3 == -4", "2.0 * 3.5 == 7.0",
            "1.0 / 0.0 > 1e308", "'a' + 'b' == 'ab'", "b'a' + b'b' == b'ab'", "[1] + [2, 3] == [1, 2, 3]", "-(1 + 2) == -3", "-1.5 == -(1.5)",
            "1 + dyn(2) == 3",
        ])
        expectProblems([
            ("9223372036854775807 + 1", "integer overflow"), ("-9223372036854775808 - 1", "integer overflow"), ("-(-9223372036854775808)", "integer overflow"),
            ("9223372036854775807 * 2", "integer overflow"), ("-9223372036854775808 / -1", "integer overflow"), ("1 / 0", "division by zero"),
            ("1 % 0", "modulus by zero"), ("0u - 1u", "unsigned integer overflow"), ("1u / 0u", "division by zero"),
            ("1 + 1.0", "found no matching overload for '_+_' applied to '(int, double)'"), ("dyn(1) + dyn('a')", "no such overload"),
            ("-'a'", "found no matching overload for '-_' applied to '(string)'"), ("1.5 % 1.0", "found no matching overload for '_%_' applied to '(double, double)'"),
        ])
    }

    @Test func comparisons() {
        expectTrue([
            "1 < 2", "2 >= 2", "1 < 1.5", "2u > 1", "1.0 <= 1u", "'a' < 'b'", "'Z' < 'a'", "b'a' < b'b'", "false < true", "1 != 2",
            "dyn(1) == 1.0", "dyn(1u) == dyn(1)", "dyn('1') != dyn(1)", "[1, 2] == [1.0, 2u] || true", "[1, [2]] == [1, [2]]", "{'a': [1]} == {'a': [1]}", "{'a': 1} != {'a': 2}",
            "dyn({1: 'a'}) == dyn({1u: 'a'})", "timestamp('2026-01-01T00:00:00Z') < timestamp('2026-01-02T00:00:00Z')", "duration('1h') > duration('59m')",
            "dyn(null) == null", "type(1) == int", "type(1u) != int", "type('') == string", "type(type(1)) == type", "type([]) == list", "type({}) == map",
            "type(null) == null_type", "type(timestamp(0)) == google.protobuf.Timestamp", "2 in [1, 2, 3]", "!(4 in [1, 2, 3])", "'a' in {'a': 1}", "1.0 in [dyn(1)]",
            "dyn(1) in {1u: 2}", "dyn(0.0) == -0.0", "dyn(double('NaN')) != double('NaN')",
        ])
        expectProblems([
            ("1 == 'a'", "found no matching overload for '_==_' applied to '(int, string)'"), ("1 < 'a'", "found no matching overload for '_<_' applied to '(int, string)'"),
            ("[1] < [2]", "found no matching overload for '_<_' applied to '(list(int), list(int))'"), ("dyn([1]) < dyn([2])", "no such overload: _<_"),
            ("'a' in 'abc'", "found no matching overload for '@in' applied to '(string, string)'"),
        ])
    }

    @Test func errorsAreSwallowedWhereTheOtherSideDecides() {
        expectTrue([
            "true || 1 / 0 > 0", "1 / 0 > 0 || true", "!(false && 1 / 0 > 0)", "!(1 / 0 > 0 && false)", "1 / 0 > 0 || false || true", "true ? true : 1 / 0 > 0",
            "[1, 0].exists(x, 1 / x == 1)", "[0, 1].exists(x, 1 / x == 1)", "![0, 2].all(x, 1 / x == 1)",
        ])
        expectProblems([
            ("1 / 0 > 0 || false", "division by zero"), ("1 / 0 > 0 && true", "division by zero"), ("1 / 0 > 0 ? 1 : 2", "division by zero"),
            ("[0, 1].all(x, 1 / x == 1)", "division by zero"), ("[0, 2].exists(x, 1 / x == 1)", "division by zero"),
            ("1 && true", "expected type 'bool' but found 'int'"), ("true || 'a'", "expected type 'bool' but found 'string'"),
            ("dyn(1) && true", "no such overload"),
        ])
    }

    @Test func macros() {
        expectTrue(
            [
                "[1, 2].all(x, x > 0)", "[].all(x, false)", "[1, 2].exists(x, x == 2)", "![].exists(x, true)", "[1, 2, 3].exists_one(x, x > 2)",
                "![1, 2, 3].existsOne(x, x > 1)", "[1, 2].map(x, x * 2) == [2, 4]", "[1, 2, 3].map(x, x > 1, x * 2) == [4, 6]", "[1, 2, 3].filter(x, x > 1) == [2, 3]",
                "{'a': 1, 'b': 2}.all(k, k in ['a', 'b'])", "{'a': 1}.map(k, k) == ['a']", "{'a': 1, 'b': 2}.filter(k, k > 'a') == ['b']",
                "[1, 2].all(i, v, i + 1 == v)", "{'a': 1}.exists(k, v, k == 'a' && v == 1)", "[3, 4].existsOne(i, v, i == 0)",
                "[3, 4].transformList(i, v, i * v) == [0, 4]", "[3, 4].transformList(i, v, i > 0, v) == [4]", "['a'].transformMap(i, v, v) == {0: 'a'}",
                "{'a': 1, 'b': 2}.transformMap(k, v, v > 1, v * 2) == {'b': 4}", "{'a': 'x'}.transformMapEntry(k, v, {v: k}) == {'x': 'a'}",
                "cel.bind(x, 2 + 3, x * x) == 25", "cel.bind(x, 1 / 0, true)", "cel.bind(x, [1, 2], x.map(y, cel.bind(z, y + 1, z * z))) == [4, 9]",
                "[[1, 2], [3]].map(l, l.map(x, x + l.size())) == [[3, 4], [4]]", "has({'a': 1}.a)", "!has({'a': 1}.b)", "has(o.a)", "!has(o.c)", "has(o.a.b)",
                "[1, 2].map(x, [x].map(x, x + 1)) == [[2], [3]]", "cel.bind(a, 1, cel.bind(b, [2, 3].map(x, x + a), b.map(x, x + a))) == [4, 5]",
            ], ["o": ["a": ["b": 1]]])
        expectProblems(
            [
                ("[1].all(1, true)", "argument must be a simple name"), ("[1].map(a.b, true)", "argument is not an identifier"), ("has(1)", "invalid argument to has() macro"),
                ("[1].all(x, x)", "expected type 'bool' but found 'int'"), ("1.all(x, true)", "expression of type 'int' cannot be range of a comprehension (must be list, map, or dynamic)"),
                ("(1).all(x, true)", "expression of type 'int' cannot be range of a comprehension (must be list, map, or dynamic)"),
                ("[1].all(x, x, true)", "duplicate variable name: x"), ("o.nosuch.a", "no such key: nosuch"), ("has(o.nosuch.a)", "no such key: nosuch"),
                ("[1].filter(x, x + 1)", "found no matching overload for '_?_:_' applied to '(int, list(int), list(int))'"),
                ("['a', 'a'].transformMapEntry(i, v, {v: i})", "insert failed: key a already exists"), ("cel.bind(1, 2, 3)", "cel.bind() variable names must be simple identifiers"),
            ], ["o": ["a": 1]])
    }

    @Test func optionals() {
        expectTrue(
            [
                "optional.of(1).hasValue()", "!optional.none().hasValue()", "optional.of(1).value() == 1", "optional.of(1) == optional.of(1)", "optional.none() == optional.none()",
                "optional.of(1) != optional.none()", "!optional.ofNonZeroValue('').hasValue()", "optional.none().orValue(2) == 2", "optional.of(1).or(optional.of(2)).value() == 1",
                "o.?a.?b.orValue(0) == 1", "o.?x.?b.orValue(7) == 7", "o.?a.b.value() == 1", "o[?'a'].hasValue()", "![1][?3].hasValue()", "[1, 2][?1].value() == 2",
                "[?optional.of(1), ?optional.none(), 2] == [1, 2]", "{?'a': optional.of(1), ?'b': optional.none()} == {'a': 1}", "o.?a.optMap(x, x.b + 1).value() == 2",
                "!o.?zz.optMap(x, x.b).hasValue()", "o.?a.optFlatMap(x, x.?b).value() == 1", "[1, 2].first().value() == 1", "[1, 2].last().value() == 2",
                "optional.unwrap([optional.of(1), optional.none()]) == [1]", "has(o.?a.b)", "!has(o.?z.b)", "optional.of({'a': 1})['a'].value() == 1",
                "optional.of(1).orValue(1 / 0) == 1",
            ], ["o": ["a": ["b": 1]]])
        expectProblems([("optional.none().value()", "optional.none() dereference"), ("[?1]", "expected type 'optional_type(int)' but found 'int'")])
    }

    /// What they are worth is the moment; the offset is only how they read.
    @Test func timestampsKeepTheOffsetTheyWereWrittenWith() throws {
        let type = ObjectType(name: "T", fields: [.init("at", .timestamp), .init("day", .timestamp), .init("odd", .timestamp)])
        let environment = Environment(variables: [Variable("o", .object(type))])
        let object = Value(["at": "2026-11-20T06:00:00.120+01:30", "day": "2020-02-29", "odd": "2026-11-20t06:00:00z"], as: .object(type))
        for (source, expected) in [
            ("timestamp('2024-01-01T00:00:00+01:00')", "2024-01-01T00:00:00+01:00"), ("timestamp('2024-01-01T00:00:00-00:00')", "2024-01-01T00:00:00Z"),
            ("timestamp('2024-01-01T00:00:00.100-08:30')", "2024-01-01T00:00:00.1-08:30"), ("timestamp('2024-01-01T00:00:00.000000001Z')", "2024-01-01T00:00:00.000000001Z"),
            ("timestamp('2024-01-01T1:00:00,1234567899+01:00')", "2024-01-01T01:00:00.123456789+01:00"),
            ("timestamp('2023-12-31T23:30:00+01:00') + duration('1h')", "2024-01-01T00:30:00+01:00"), ("duration('-1h') + timestamp('2024-01-01T00:30:00+01:00')", "2023-12-31T23:30:00+01:00"),
            ("timestamp('2024-01-01T00:30:00-01:00') - duration('1h')", "2023-12-31T23:30:00-01:00"), ("timestamp(1704063600)", "2023-12-31T23:00:00Z"),
            ("timestamp(string(o.at))", "2026-11-20T06:00:00.12+01:30"), ("o.at", "2026-11-20T06:00:00.12+01:30"), ("o.day", "2020-02-29T00:00:00Z"),
            ("[timestamp('2024-01-01T00:00:00+01:00')][0]", "2024-01-01T00:00:00+01:00"), ("timestamp('0001-01-01T00:00:00Z') + duration('0s')", "0001-01-01T00:00:00Z"),
        ] {
            #expect(try environment.compile("string(\(source))").evaluate(Bindings([object])).plainText == expected, "\(source)")
            #expect(try environment.compile(source).evaluate(Bindings([object])).json == .string(expected), "\(source)")
            #expect(try environment.compile("timestamp(string(\(source))) == \(source)").evaluateCondition(Bindings([object])), "\(source)")
        }
        expectTrue([
            "timestamp('2024-01-01T00:00:00+01:00') == timestamp('2023-12-31T23:00:00Z')", "timestamp('2024-01-01T00:00:00+01:00') < timestamp('2024-01-01T00:00:00Z')",
            "timestamp('2024-01-01T00:00:00+01:00') in [timestamp('2023-12-31T23:00:00Z')]", "timestamp('2024-01-01T00:00:00+01:00').getHours() == 23",
            "timestamp('2024-01-01T00:00:00+01:00').getHours('+01:00') == 0", "timestamp('2024-01-01T00:00:00+01:00').getFullYear() == 2023",
            "timestamp('2024-01-01T00:00:00+01:00') - timestamp('2024-01-01T00:00:00Z') == duration('-1h')", "int(timestamp('2024-01-01T00:00:00+01:00')) == 1704063600",
            // Which can't be read again.
            "string(timestamp('2024-01-01T00:00:00+24:60')) == '2024-01-01T00:00:00+25:00'", "!optional.ofNonZeroValue(timestamp('0001-01-01T01:00:00+01:00')).hasValue()",
        ])
        expectProblems([
            ("timestamp('' + '2024-01-01T00:00:00+24:61')", "type conversion error from 'string' to 'google.protobuf.Timestamp'"),
            ("timestamp('' + '2024-01-01t00:00:00Z')", "type conversion error from 'string' to 'google.protobuf.Timestamp'"), ("timestamp('' + '0001-01-01T00:00:00+01:00')", "timestamp overflow"),
        ])
        let failure = #expect(throws: EvaluationError.self) { try environment.compile("has(o.odd)").evaluate(Bindings([object])) }
        #expect(failure?.message == "Invalid date-time formatted string 2026-11-20t06:00:00z: parsing time \"2026-11-20t06:00:00z\" as \"2006-01-02T15:04:05\": cannot parse \"t06:00:00z\" as \"T\"")
    }

    @Test func macrosGoThroughFieldsThatAreNull() throws {
        let type = ObjectType(name: "o", fields: [.init("a", .int), .init("b", .nullable(.int)), .init("c", .nullable(.int))])
        let environment = Environment(variables: [Variable("o", .object(type)), Variable("p", .object(type))])
        func evaluate(_ source: String) throws -> Value {
            try environment.compile(source).evaluate(Bindings([Value(["a": 1, "b": .null], as: .object(type)), Value(["a": 1], as: .object(type))]))
        }
        for source in [
            "dyn(o).map(k, k) == ['a', 'b']", "!dyn(o).all(k, k in dyn(o))", "dyn(p).map(k, k) == ['a']", "dyn(o).transformList(k, v, k) == ['a', 'b']", "!has(o.b)",
            "dyn(o).exists(k, v, v == 1)", "dyn(o).all(k, v, k == 'b' || v == 1)", "o != p", "dyn(p) == dyn({'a': 1})",
        ] {
            #expect(try evaluate(source).equals(.bool(true)), "\(source)")
        }
        for source in ["dyn(o).transformList(k, v, v) == []", "dyn(o).all(k, dyn(o)[k] == 1)", "dyn(o).transformMap(k, v, v) == {}"] {
            let failure = #expect(throws: EvaluationError.self) { try evaluate(source) }
            #expect(failure?.message == "no such key: b", "\(source)")
        }
    }

    @Test func namesOfTypesThatOnlyKubernetesCheckerKnows() throws {
        var options = Environment.Options()
        options.comparesAsKubernetes = true
        let environment = Environment(options: options)
        for (source, message) in [
            ("timestamp == google.protobuf.Timestamp", "reference to undefined type: timestamp"), ("type(duration('1s')) != .duration", "reference to undefined type: duration"),
            ("true || [1].all(x, type(x) == timestamp) || duration == duration", "reference to undefined type: timestamp"),
        ] {
            let program = try environment.compile(source, expecting: .bool)
            #expect(program.conversionFailure?.message == message)
        }
        #expect(try environment.compile("[1].all(duration, duration == 1)").conversionFailure == nil)
        for (source, message) in [
            ("timestamp == 1", "found no matching overload for '_==_' applied to '(type(timestamp), int)'"), ("duration.seconds", "type 'type(duration)' does not support field selection"),
        ] {
            let mistake = #expect(throws: ExpressionError.self) { try environment.compile(source) }
            #expect(mistake?.issues.map(\.message) == [message])
        }
        // Without Kubernetes' schemas there are no such names.
        expectProblems([("timestamp == 1", "undeclared reference to 'timestamp' (in container '')")])
    }

    @Test func wellKnownMessagesOfProtobufBecomePlainValues() {
        expectTrue([
            "google.protobuf.Int64Value{value: 1} == 1", "google.protobuf.BoolValue{} == false", "google.protobuf.StringValue{value: 'a'} + 'b' == 'ab'",
            "google.protobuf.FloatValue{value: 1.333} != 1.333", "google.protobuf.Timestamp{seconds: 1, nanos: -1} == timestamp('1970-01-01T00:00:00.999999999Z')",
            "google.protobuf.Duration{seconds: 1, nanos: 500000000} == duration('1.5s')", "google.protobuf.Struct{fields: {'a': 1, 'b': [b'abc', null]}} == {'a': 1.0, 'b': ['YWJj', null]}",
            "google.protobuf.ListValue{values: [timestamp(0)]}[0] == '1970-01-01T00:00:00Z'", "google.protobuf.Value{} == null", "google.protobuf.Value{null_value: google.protobuf.NullValue.NULL_VALUE} == null",
            "google.protobuf.Int64Value{?value: optional.none()} == 0", ".google.protobuf.UInt32Value{value: 7u} == 7u", "google.protobuf.Struct{fields: {'n': 9007199254740993}}.n == '9007199254740993'",
        ])
        expectProblems([
            ("google.protobuf.Int32Value{value: 2147483648}", "field type conversion error for google.protobuf.Int32Value.value value type: integer overflow"),
            ("google.protobuf.Int64Value{value: 'a'}", "expected type of field 'value' is 'int' but provided type is 'string'"), ("google.protobuf.Int64Value{v: 1}", "undefined field 'v'"),
            ("google.protobuf.Int64Value{value: 1}.value", "type 'wrapper(int)' does not support field selection"), ("zz.Foo{a: 1}", "undeclared reference to 'zz.Foo' (in container '')"),
            ("google.protobuf.Struct{fields: dyn({1: 'a'})}", "field type conversion error for google.protobuf.Struct.fields value type: unsupported type conversion from 'int' to string"),
            ("google.protobuf.Any{}", "unsupported conversion to ref.Val: (*dynamicpb.Message)"),
            ("google.protobuf.Any{value: b'\\x01\\xc3\\xa9\\xff\"', type_url: 'a\\n'}", #"unsupported conversion to ref.Val: (*dynamicpb.Message)type_url:"a\n" value:"\x01é\xff\"""#),
            ("google.protobuf.Timestamp{seconds: 253402300800}", "timestamp overflow"),
        ])
    }

    @Test func messagesHoldTimesBeyondTheCalendarInKubernetesRules() throws {
        var options = Environment.Options()
        options.comparesAsKubernetes = true
        let environment = Environment(options: options)
        let far = "google.protobuf.Timestamp{seconds: 253402300800}"
        for source in [
            "string(\(far)) == '10000-01-01T00:00:00Z'", "\(far).getFullYear() == 10000", "int(\(far)) == 253402300800", "\(far) > timestamp('9999-12-31T23:59:59Z')",
            "\(far) - duration('1s') == timestamp('9999-12-31T23:59:59Z')", "\(far) - timestamp('9999-12-31T23:59:59Z') == duration('1s')",
            "string(google.protobuf.Timestamp{seconds: -62198755200}) == '-0001-01-01T00:00:00Z'", "google.protobuf.Timestamp{seconds: -62135596801}.getFullYear() == 0",
            "google.protobuf.Timestamp{seconds: 253402300799, nanos: 1000000000} == \(far)", "google.protobuf.Timestamp{seconds: 36028797018963968}.getFullYear() == 1141709097",
            "google.protobuf.Timestamp{seconds: -36028797018963968, nanos: -1}.getHours('+14:00') >= 0",
        ] {
            #expect(try environment.compile(source).evaluate(Bindings([])).equals(.bool(true)), "\(source)")
        }
        for source in ["\(far) + duration('1s')", "google.protobuf.Timestamp{seconds: 36028797018963969}", "google.protobuf.Timestamp{seconds: -9223372036854775808, nanos: -1}"] {
            let failure = #expect(throws: EvaluationError.self) { try environment.compile(source).evaluate(Bindings([])) }
            #expect(failure?.message == "timestamp overflow", "\(source)")
        }
        // Elsewhere times have an end.
        expectProblems([(far, "timestamp overflow"), ("google.protobuf.Timestamp{seconds: 253402300799, nanos: 1000000000}", "timestamp overflow")])
    }

    @Test func theEmptyMessageIsAValueOfItsOwn() {
        expectTrue([
            "google.protobuf.Empty{} == google.protobuf.Empty{}", "type(google.protobuf.Empty{}) == google.protobuf.Empty", "dyn(google.protobuf.Empty{}) != null",
            "[google.protobuf.Empty{}, google.protobuf.Empty{}].all(x, x in [google.protobuf.Empty{}])", "dyn(google.protobuf.Empty{}) != dyn({})",
            "google.protobuf.Struct{fields: {'e': google.protobuf.Empty{}}} == {'e': {}}", "!optional.ofNonZeroValue(google.protobuf.Empty{}).hasValue()",
        ])
        expectProblems([
            ("google.protobuf.Empty{a: 1}", "undefined field 'a'"), ("google.protobuf.Empty{}.a", "undefined field 'a'"), ("dyn(google.protobuf.Empty{}).a", "no such field 'a'"),
            ("has(dyn(google.protobuf.Empty{}).a)", "no such field 'a'"),
            ("dyn(google.protobuf.Empty{})[0]", "no such overload"), ("dyn(google.protobuf.Empty{})[?0]", "no such overload"), ("dyn(google.protobuf.Empty{})['a']", "no such field 'a'"),
            ("google.protobuf.Int64Value{value: dyn(google.protobuf.Empty{})}", "field type conversion error for google.protobuf.Int64Value.value value type: type conversion error from '*dynamicpb.Message' to 'int64'"),
        ])
    }

    @Test func whatDoesntFitAFieldOfAMessageIsToldAsGoTellsIt() {
        for (type, value, problem) in [
            ("Int64", "1u", "unsupported type conversion from 'uint' to int64"), ("UInt64", "1", "unsupported type conversion from 'int' to uint64"),
            ("Int64", "1.5", "type conversion error from Double to 'int64'"), ("Bool", "'a'", "unsupported native conversion from string to 'bool'"),
            ("Float", "b'a'", "type conversion error from Bytes to 'float32'"), ("Int32", "true", "type conversion error from bool to 'int32'"),
            ("Bytes", "'a'", "unsupported native conversion from string to '[]uint8'"), ("Bytes", "[1]", "unsupported type conversion from 'int' to uint8"),
            ("Bytes", "[256u]", "unsigned integer overflow"), ("String", "null", "type conversion error from 'null_type' to 'string'"),
            ("String", "timestamp(0)", "type conversion error from 'Timestamp' to 'string'"), ("Double", "duration('1s')", "type conversion error from 'Duration' to 'float64'"),
            ("UInt32", "[1u]", "type conversion error from list to 'uint32'"), ("UInt32", "4294967296u", "unsigned integer overflow"), ("Double", "{'a': 1}", "type conversion error from map to 'float64'"),
            ("Int64", "int", "type conversion not supported for 'type'"), ("Int64", "optional.none()", "optional.none() dereference"),
        ] {
            expectProblems([("google.protobuf.\(type)Value{value: dyn(\(value))}", "field type conversion error for google.protobuf.\(type)Value.value value type: \(problem)")])
        }
        expectProblems([
            ("google.protobuf.Value{struct_value: dyn([1])}", "field type conversion error for google.protobuf.Value.struct_value value type: type conversion error from list to '*structpb.Struct'"),
            ("google.protobuf.Value{struct_value: dyn(null)}", "field type conversion error for google.protobuf.Value.struct_value value type: type conversion error from 'null_type' to '*structpb.Struct'"),
            ("google.protobuf.Value{list_value: dyn({'a_bC': 1})}", "field type conversion error for google.protobuf.Value.list_value value type: type conversion error, no such field 'ABC' in type 'structpb.ListValue'"),
            ("google.protobuf.Value{null_value: dyn('a')}", "field type conversion error for google.protobuf.Value.null_value value type: unsupported native conversion from string to 'protoreflect.EnumNumber'"),
            ("google.protobuf.Struct{fields: dyn(1)}", "unsupported field type for google.protobuf.Struct.fields: int"),
            ("google.protobuf.ListValue{values: dyn({})}", "unsupported field type for google.protobuf.ListValue.values: map(dyn, dyn)"),
            ("google.protobuf.ListValue{values: [int]}", "field type conversion error for google.protobuf.ListValue.values value type: type conversion not supported for 'type'"),
            ("google.protobuf.Struct{fields: dyn({true: 1})}", "field type conversion error for google.protobuf.Struct.fields value type: type conversion error from bool to 'string'"),
        ])
        expectTrue([
            "google.protobuf.Int64Value{value: dyn(optional.of(3))} == 3", "google.protobuf.BytesValue{value: dyn([97u, 98u])} == b'ab'", "google.protobuf.Value{list_value: dyn({})} == []",
            "google.protobuf.ListValue{values: [optional.of(1)]} == [1.0]",
        ])
    }

    @Test func conversions() {
        expectTrue([
            "int('42') == 42", "int('-7') == -7", "int(3.99) == 3", "int(-3.99) == -3", "int(7u) == 7", "int(timestamp('1970-01-01T00:01:00Z')) == 60", "uint(3) == 3u",
            "uint('3') == 3u", "double(1) == 1.0", "double('1e3') == 1000.0", "double('.5') == 0.5", "string(1) == '1'", "string(1u) == '1'", "string(true) == 'true'",
            "string(1.5) == '1.5'", "string(1.0) == '1'", "string(1e21) == '1e+21'", "string(1000000.0) == '1e+06'", "string(123456.0) == '123456'", "string(0.0001) == '0.0001'",
            "string(0.00001) == '1e-05'", "string(1.0 / 3.0) == '0.3333333333333333'", "string(-0.0) == '-0'", "string(double('inf')) == '+Inf'", "string(123456789.0) == '1.23456789e+08'",
            "string(b'abc') == 'abc'", "bytes('\u{E9}') == b'\\303\\251'", "bool('true') && bool('1') && !bool('F')", "string(duration('1h1.5s')) == '3601.5s'", "string(duration('1ms')) == '0.001s'",
            "string(timestamp('2026-01-02T03:04:05.006Z')) == '2026-01-02T03:04:05.006Z'", "string(timestamp('2026-01-02T03:04:05+01:00')) == '2026-01-02T03:04:05+01:00'",
            "timestamp(0) == timestamp('1970-01-01T00:00:00Z')", "duration('-1.5h') == duration('-90m')", "duration('1us') == duration('1\u{B5}s')", "duration('0') == duration('0s')",
            "string('a') == 'a'", "dyn(1) == 1", "type(dyn(1)) == int", "timestamp('0001-01-01T00:00:00Z') < timestamp('9999-12-31T23:59:59.999999999Z')",
        ])
        expectProblems([
            ("int('a')", "type conversion error from 'string' to 'int'"), ("int(1e99)", "integer overflow"), ("int(double('NaN'))", "integer overflow"),
            ("uint(-1)", "unsigned integer overflow"), ("uint('-1')", "type conversion error from 'string' to 'uint'"), ("bool('yes')", "type conversion error from 'string' to 'bool'"),
            ("string(b'\\xff')", "invalid UTF-8 in bytes, cannot convert to string"), ("timestamp('2026-13-01T00:00:00Z')", "type conversion error from 'string' to 'google.protobuf.Timestamp'"),
            ("duration('-320000000000s')", "type conversion error from 'string' to 'google.protobuf.Duration'"), ("timestamp(253402300800)", "timestamp overflow"),
            ("int(9223372036854775808u)", "integer overflow"), ("int([1])", "found no matching overload for 'int' applied to '(list(int))'"),
        ])
    }

    @Test func times() {
        expectTrue([
            "timestamp('2026-11-20T06:30:15.250Z').getFullYear() == 2026", "timestamp('2026-11-20T06:30:15.250Z').getMonth() == 10", "timestamp('2026-11-20T06:30:15Z').getDate() == 20",
            "timestamp('2026-11-20T06:30:15Z').getDayOfMonth() == 19", "timestamp('2026-11-20T06:30:15Z').getDayOfWeek() == 5", "timestamp('2026-11-20T06:30:15Z').getDayOfYear() == 323",
            "timestamp('2024-12-31T00:00:00Z').getDayOfYear() == 365", "timestamp('2024-03-01T00:00:00Z').getDayOfYear() == 60", "timestamp('2023-03-01T00:00:00Z').getDayOfYear() == 59",
            "timestamp('2026-01-01T00:00:00Z').getDayOfYear() == 0", "timestamp('1969-12-31T23:59:59Z').getDayOfWeek() == 3", "timestamp('2026-11-20T06:30:15.250Z').getMilliseconds() == 250",
            "timestamp('2026-11-20T06:30:15Z').getHours() == 6", "timestamp('2026-11-20T06:30:15Z').getHours('+02:00') == 8", "timestamp('2026-11-20T06:30:15Z').getMinutes('-00:31') == 59",
            "timestamp('2026-11-20T06:30:15Z').getHours('UTC') == 6", "timestamp('2026-11-20T23:30:15Z').getDate('01:00') == 21", "duration('90m').getHours() == 1", "duration('90m').getMinutes() == 90",
            "duration('1.5s').getMilliseconds() == 1500", "duration('-90s').getMinutes() == -1", "timestamp('2026-01-01T00:00:00Z') + duration('24h') == timestamp('2026-01-02T00:00:00Z')",
            "timestamp('2026-01-01T00:00:00Z') - timestamp('2025-12-31T00:00:00Z') == duration('24h')", "duration('1h') + duration('1m') == duration('61m')", "timestamp('1970-01-01T00:00:00.5Z') - duration('1s') == timestamp('1969-12-31T23:59:59.5Z')",
        ])
        expectProblems([
            ("timestamp('9999-12-31T23:59:59Z') + duration('1s')", "timestamp overflow"), ("duration('2562047h') + duration('2562047h')", "integer overflow"),
            ("timestamp('9999-12-31T00:00:00Z') - timestamp('0001-01-01T00:00:00Z')", "integer overflow"), ("timestamp(0).getHours('Nowhere/None')", "unknown time zone Nowhere/None"),
            ("timestamp(0).getHours('+01:99')", "timezone offset minutes out of range [0, 59]: +01:99"),
        ])
    }

    @Test func texts() {
        expectTrue([
            "'hello'.contains('ell')", "'hello'.startsWith('he')", "'hello'.endsWith('lo')", "!'hello'.contains('x')", "''.contains('')", "'a'.startsWith('')", "'hello'.matches('^h.*o$')",
            "matches('hello', 'l+')", "size('abc') == 3", "'abc'.size() == 3", "size([1, 2]) == 2", "{'a': 1}.size() == 1", "b'abc'.size() == 3", "'e\u{301}'.size() == 2", "'ab'.contains('b')",
        ])
        expectProblems([
            ("'a'.matches('[')", "error parsing regexp: missing closing ]: `[`"), ("'a'.startsWith(1)", "found no matching overload for 'startsWith' applied to 'string.(int)'"),
            ("nosuch('a')", "undeclared reference to 'nosuch' (in container '')"), ("'a'.nosuch()", "undeclared reference to 'nosuch' (in container '')"), ("dyn(1).startsWith('a')", "no such overload"),
        ])
    }

    @Test func selectionAndIndexing() {
        expectTrue(
            ["o.a == 1", "o['a'] == 1", "o.l[0] == 'x'", "o.m.n.p == true", "o.l.size() == 2", "o['l'][1] == 'y'", "[1, 2][dyn(1.0)] == 2", "[1, 2][dyn(1u)] == 2", "{1: 'a'}[1] == 'a'", "{true: 1}[true] == 1"],
            ["o": ["a": 1, "l": ["x", "y"], "m": ["n": ["p": true]]]])
        expectProblems(
            [
                ("o.b", "no such key: b"), ("o['b']", "no such key: b"), ("o.l[2]", "index out of bounds: 2"), ("o.l[-1]", "index out of bounds: -1"), ("o.a.b", "no such key: b"),
                ("[1]['a']", "found no matching overload for '_[_]' applied to '(list(int), string)'"), ("dyn([1])['a']", "unsupported index type 'string' in list"),
                ("'a'.b", "type 'string' does not support field selection"), ("{'a': 1, 'a': 2}", "Failed with repeated key"), ("{1.0: 1}", "unsupported key type: double"),
                ("o.l[dyn(0.5)]", "unsupported index type 'double' in list"),
            ], ["o": ["a": 1, "l": ["x", "y"]]])
    }

    @Test func objectTypesAreChecked() {
        let type = ObjectType(name: "Widget", fields: [.init("name", .string), .init("weights", .list(.double)), .init("count", .int), .init("a__dash__b", .string, property: "a-b"), .init("at", .timestamp)])
        let types = ["self": ValueType.object(type)]
        let object: JSON = ["name": "w", "weights": [1, 2], "a-b": "x", "at": "2026-01-01T00:00:00Z"]
        expectTrue(
            ["self.name == 'w'", "self.weights == [1.0, 2.0]", "self.weights.all(w, w > 0.5)", "!has(self.count)", "has(self.name)", "self.a__dash__b == 'x'", "self.at.getFullYear() == 2026", "self.?count.orValue(3) == 3"],
            ["self": object], types: types)
        expectProblems(
            [("self.nme", "undefined field 'nme'"), ("self.count", "no such key: count"), ("self.name + 1", "found no matching overload for '_+_' applied to '(string, int)'"), ("self['name']", "found no matching overload for '_[_]' applied to '(Widget, string)'")],
            ["self": object], types: types)
    }

    @Test func structuresOfMessagesAreRefusedClearly() throws {
        expectProblems([("Foo{a: 1}", "undeclared reference to 'Foo' (in container '')"), ("a.b.Foo{}", "undeclared reference to 'a.b.Foo' (in container '')")])
    }

    @Test func nestingIsBounded() {
        expectProblems([
            (String(repeating: "(", count: 260) + "1" + String(repeating: ")", count: 260), "expression recursion limit exceeded: 250"),
            ("1" + String(repeating: " + 1", count: 300), "max recursion depth exceeded"), ("a" + String(repeating: ".b", count: 300), "max recursion depth exceeded"),
            (String(repeating: "[", count: 300), "expression recursion limit exceeded: 250"), (String(repeating: "a?b:", count: 300) + "c", "expression recursion limit exceeded: 250"),
            (String(repeating: " ", count: 100_001), "expression code point size exceeds limit: size: 100001, limit 100000"),
        ])
        expectTrue([String(repeating: "!", count: 1000) + "true", String(repeating: "true && ", count: 5000) + "true", String(repeating: "(", count: 240) + "true" + String(repeating: ")", count: 240)])
    }
}
