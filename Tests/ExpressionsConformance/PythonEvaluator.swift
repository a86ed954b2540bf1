import Glibc
import Kernel

/// cel-python in a process of its own, which gets all expressions at once.
struct PythonEvaluator {
    struct Failure: Error, CustomStringConvertible {
        let description: String
    }

    static let interpreter = "/" + #filePath.split(separator: "/").prefix { $0 != "Tests" }.joined(separator: "/") + "/.cache/cel-python/bin/python3"

    /// - Parameter questions: `{"e": expression, "v": {name: value}}`, values as in `Outcome`.
    /// - Returns: an outcome for each, `{"error": …}` where it refused.
    static func evaluate(_ questions: [JSON]) throws -> [JSON] {
        guard access(interpreter, X_OK) == 0 else {
            throw Failure(description: "cel-python is not in .cache/: run hack/setup --for test, which fetches it")
        }
        var template = Array("/tmp/millwright-cel-XXXXXX".utf8CString)
        guard mkdtemp(&template) != nil else { throw Failure(description: "no temporary directory") }
        let directory = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
        defer {
            for name in ["script.py", "in", "out", "err"] { unlink(directory + "/" + name) }
            rmdir(directory)
        }
        try write(script, directory + "/script.py")
        try write(questions.map(\.text).joined(separator: "\n") + "\n", directory + "/in")
        let status = system("'\(interpreter)' '\(directory)/script.py' <'\(directory)/in' >'\(directory)/out' 2>'\(directory)/err'")
        guard status == 0 else { throw Failure(description: "cel-python ended with \(status): \(String(decoding: read(directory + "/err").suffix(500), as: UTF8.self))") }
        let answers = try read(directory + "/out").split(separator: 0x0A).map { try JSONParser.parse(Array($0)) }
        guard answers.count == questions.count else { throw Failure(description: "cel-python gave \(answers.count) answers to \(questions.count) questions") }
        return answers
    }

    private static func write(_ text: String, _ path: String) throws {
        guard let file = fopen(path, "w") else { throw Failure(description: "\(path) can't be written") }
        fputs(text, file)
        fclose(file)
    }

    private static func read(_ path: String) -> [UInt8] {
        guard let file = fopen(path, "r") else { return [] }
        defer { fclose(file) }
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 65_536)
        while true {
            let count = fread(&buffer, 1, buffer.count, file)
            if count == 0 { return bytes }
            bytes += buffer[..<count]
        }
    }

    private static let script = #"""
        import datetime, json, struct, sys
        import celpy
        from celpy import celtypes as c

        environment = celpy.Environment()
        epoch = c.TimestampType("1970-01-01T00:00:00Z")

        def micros(d):
            return str((d.days * 86400 + d.seconds) * 1000000 + d.microseconds)

        def show(v):
            if v is None: return {"null": True}
            if isinstance(v, (bool, c.BoolType)): return {"bool": bool(v)}
            if isinstance(v, c.UintType): return {"uint": str(int(v))}
            if isinstance(v, (c.IntType, int)): return {"int": str(int(v))}
            if isinstance(v, (c.DoubleType, float)): return {"double": "nan" if v != v else struct.pack(">d", float(v)).hex()}
            if isinstance(v, (c.StringType, str)): return {"string": str(v)}
            if isinstance(v, (c.BytesType, bytes)): return {"bytes": bytes(v).hex()}
            if isinstance(v, (c.ListType, list)): return {"list": [show(x) for x in v]}
            if isinstance(v, c.MapType): return {"map": [[str(k), show(v[k])] for k in sorted(v.keys(), key=str)]}
            if isinstance(v, (c.DurationType, datetime.timedelta)): return {"duration": micros(v)}
            if isinstance(v, c.TimestampType): return {"timestamp": micros(v - epoch)}
            if isinstance(v, Exception): raise v
            return {"other": type(v).__name__}

        def read(v):
            (kind, x), = v.items()
            if kind == "int": return c.IntType(int(x))
            if kind == "uint": return c.UintType(int(x))
            if kind == "double": return c.DoubleType(struct.unpack(">d", bytes.fromhex(x))[0])
            if kind == "string": return c.StringType(x)
            if kind == "bool": return c.BoolType(x)
            if kind == "list": return c.ListType([read(y) for y in x])
            return c.MapType({c.StringType(k): read(y) for k, y in x})

        for line in sys.stdin:
            question = json.loads(line)
            try:
                program = environment.program(environment.compile(question["e"]))
                answer = show(program.evaluate({k: read(v) for k, v in question["v"].items()}))
            except celpy.CELParseError as error:
                answer = {"parse": str(error)[:200]}
            except Exception as error:
                answer = {"error": (type(error).__name__ + ": " + str(error))[:200]}
            print(json.dumps(answer))
        """#
}
