import Expressions
import Kernel
import Testing

/// What people and clients are shown.
@Suite struct MessageTests {
    private func errors(_ source: String) -> ExpressionError? {
        let item = ObjectType(name: "item", fields: [.init("name", .string), .init("port", .int)])
        let type = ObjectType(name: "object", fields: [.init("replicas", .int), .init("name", .string), .init("items", .list(.object(item)))])
        let environment = Environment(libraries: Library.kubernetes, variables: [Variable("self", .object(type)), Variable("oldSelf", .object(type))])
        do { _ = try environment.compile(source) } catch { return error }
        return nil
    }

    @Test func peopleAreToldWhatToDo() {
        for (source, expected) in [
            ("self.replcas > 1", "line 1, column 6: there is no field 'replcas'; did you mean 'replicas'?\n  | self.replcas > 1\n  |      ^"),
            ("slef.replicas > 1", "line 1, column 1: there is no 'slef' here; did you mean 'self'?\n  | slef.replicas > 1\n  | ^"),
            ("true &&\n  x > 1", "line 2, column 3: there is no 'x' here; the variables are self, oldSelf\n  |   x > 1\n  |   ^"),
            ("self.replicas + 1.5 > 2.0", "line 1, column 15: '+' doesn't go with int and double; convert one of them, as double(…)\n  | self.replicas + 1.5 > 2.0\n  |               ^"),
            ("self.name.startWith('a')", "line 1, column 11: there is no function 'startWith'; did you mean 'startsWith'?\n  | self.name.startWith('a')\n  |           ^"),
            ("startsWith(self.name, 'a')", "line 1, column 1: 'startsWith' can't be called with (string, string); call it as value.startsWith(…)\n  | startsWith(self.name, 'a')\n  | ^"),
            ("self.name.startsWith(1)", "line 1, column 11: 'startsWith' can't be called with string.(int); it is string.startsWith(string)\n  | self.name.startsWith(1)\n  |           ^"),
            ("self.items.all(i, i.port)", "line 1, column 21: the macro needs a condition that is true or false, and this is int\n  | self.items.all(i, i.port)\n  |                     ^"),
            ("self.name == 'a", "line 1, column 14: this text has no closing quote on its line\n  | self.name == 'a\n  |              ^"),
            ("(self.replicas > 1", "line 1, column 1: this '(' is never closed: the expression ends where ')' is expected\n  | (self.replicas > 1\n  | ^"),
            ("true ? (1 : 2", "line 1, column 8: this '(' is never closed: ':' stands where ')' is expected\n  | true ? (1 : 2\n  |        ^"),
            ("size([1, 2) > 1", "line 1, column 6: this '[' is never closed: ')' stands where ']' is expected\n  | size([1, 2) > 1\n  |      ^"),
            ("size((self.name) > 1", "line 1, column 5: this '(' is never closed: the expression ends where ')' is expected\n  | size((self.name) > 1\n  |     ^"),
            ("self.name == '(' && (true", "line 1, column 21: this '(' is never closed: the expression ends where ')' is expected\n  | self.name == '(' && (true\n  |                     ^"),
            ("true and false", "line 1, column 6: 'and' is written && in an expression\n  | true and false\n  |      ^"),
            ("(true OR false)", "line 1, column 7: 'OR' is written || in an expression\n  | (true OR false)\n  |       ^"),
            ("true && not false", "line 1, column 9: 'not' is written ! in an expression, as in !(a == b)\n  | true && not false\n  |         ^"),
            ("not (1 == 2)", "line 1, column 1: 'not' is written ! in an expression, as in !(a == b)\n  | not (1 == 2)\n  | ^"),
            ("1 <> 2", "line 1, column 3: '<>' is written != in an expression\n  | 1 <> 2\n  |   ^"),
            ("self.replicas > 1 self", "line 1, column 19: 'self' can't stand here: the expression is complete before it\n  | self.replicas > 1 self\n  |                   ^"),
            ("self.name.matches('[')", "line 1, column 19: this is no regular expression: error parsing regexp: missing closing ]: `[`\n  | self.name.matches('[')\n  |                   ^"),
            ("1 & 2", "line 1, column 3: '&' means nothing in an expression; && is 'and'\n  | 1 & 2\n  |   ^"),
            ("\u{E9} == 1", "line 1, column 1: '\u{E9}' means nothing in an expression\n  | \u{E9} == 1\n  | ^"),
        ] {
            #expect(errors(source)?.description == expected)
        }
    }

    @Test func theServersWordsAreAtHandToo() {
        for (source, expected) in [
            ("x == 1", "ERROR: <input>:1:1: undeclared reference to 'x' (in container '')\n | x == 1\n | ^"),
            ("self.nosuch == 1", "ERROR: <input>:1:5: undefined field 'nosuch'\n | self.nosuch == 1\n | ....^"),
            ("self.name == 1", "ERROR: <input>:1:11: found no matching overload for '_==_' applied to '(string, int)'\n | self.name == 1\n | ..........^"),
            ("'\u{E9}' + 1 > 0", "ERROR: <input>:1:5: found no matching overload for '_+_' applied to '(string, int)'\n | '\u{E9}' + 1 > 0\n | .\u{FF0E}..^"),
            ("[1, 'a']", "ERROR: <input>:1:5: expected type 'int' but found 'string'\n | [1, 'a']\n | ....^"),
            ("self.name.matches('[')", "ERROR: <input>:1:19: invalid matches argument\n | self.name.matches('[')\n | ..................^"),
            ("1 +", "ERROR: <input>:1:4: Syntax error: mismatched input '<EOF>' expecting {'[', '{', '(', '.', '-', '!', 'true', 'false', 'null', NUM_FLOAT, NUM_INT, NUM_UINT, STRING, BYTES, IDENTIFIER}\n | 1 +\n | ...^"),
        ] {
            #expect(errors(source)?.kubernetesDescription == expected)
        }
    }

    @Test func allMistakesAreToldAtOnce() {
        #expect(errors("self.a == 1 && self.b == 2 || c")?.issues.map(\.column) == [5, 20, 31])
    }

    @Test func failuresOfEvaluationsHaveTheirPlace() throws {
        let program = try Environment(variables: [Variable("o", .dyn)]).compile("true &&\n o.l[3] == 1")
        do {
            _ = try program.evaluate(Bindings([Value(["l": [1]])]))
            Issue.record("it has no element 3")
        } catch {
            #expect(program.describe(error) == "line 2, column 5: index out of bounds: 3\n  |  o.l[3] == 1\n  |     ^")
        }
    }

    @Test func resultsOfTheWrongTypeAreRefused() throws {
        #expect(throws: ExpressionError.self) { try Environment().compile("1 + 1", expecting: .bool) }
        _ = try Environment().compile("1 == 1", expecting: .bool)
        _ = try Environment().compile("dyn(1)", expecting: .bool)
    }
}
