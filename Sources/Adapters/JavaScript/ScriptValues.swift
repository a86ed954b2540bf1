import CJavaScript
import Kernel

/// The engine's functions on one context, as far as the adapter needs them. A value: it owns nothing.
struct ScriptEngine {
    let api: UnsafePointer<MWJSC>
    let context: MWJSContext

    /// The engine's string of a text. The caller releases it.
    func string(_ text: String) -> MWJSString {
        let units = Array(text.utf16)
        return units.withUnsafeBufferPointer { units in
            // An empty array has no address, but the engine wants one.
            var nothing: UInt16 = 0
            return withUnsafePointer(to: &nothing) { api.pointee.JSStringCreateWithCharacters(units.baseAddress ?? $0, units.count) }
        }
    }

    func withString<Result>(_ text: String, _ body: (MWJSString) -> Result) -> Result {
        let string = string(text)
        defer { api.pointee.JSStringRelease(string) }
        return body(string)
    }

    func value(_ text: String) -> MWJSValue { withString(text) { api.pointee.JSValueMakeString(context, $0) } }
    func value(_ number: Double) -> MWJSValue { api.pointee.JSValueMakeNumber(context, number) }
    func value(_ flag: Bool) -> MWJSValue { api.pointee.JSValueMakeBoolean(context, flag) }

    /// A string of the engine's. (Strings and values are one type to Swift, so the functions have different names.)
    func contents(_ string: MWJSString) -> String {
        let length = api.pointee.JSStringGetLength(string)
        return String(decoding: UnsafeBufferPointer(start: api.pointee.JSStringGetCharactersPtr(string), count: length), as: UTF16.self)
    }

    /// A value as text; nil when it can't be had (a symbol, an object whose toString throws).
    func text(_ value: MWJSValue) -> String? {
        var exception: MWJSValue?
        guard let string = api.pointee.JSValueToStringCopy(context, value, &exception), exception == nil else { return nil }
        defer { api.pointee.JSStringRelease(string) }
        return contents(string)
    }

    func isUndefined(_ value: MWJSValue) -> Bool { api.pointee.JSValueGetType(context, value) == Int32(MWJSUndefined) }
    func isObject(_ value: MWJSValue) -> Bool { api.pointee.JSValueGetType(context, value) == Int32(MWJSObject) }

    /// nil when there is no such property, and when reading it throws.
    func property(_ object: MWJSValue, _ name: String) -> MWJSValue? {
        var exception: MWJSValue?
        let value = withString(name) { api.pointee.JSObjectGetProperty(context, object, $0, &exception) }
        return exception == nil ? value : nil
    }

    func call(_ function: MWJSValue, _ arguments: [MWJSValue] = []) -> Outcome {
        var exception: MWJSValue?
        let values: [MWJSValue?] = arguments
        let result = values.withUnsafeBufferPointer {
            api.pointee.JSObjectCallAsFunction(context, function, nil, $0.count, $0.baseAddress, &exception)
        }
        if let exception { return .thrown(exception) }
        guard let result else { return .thrown(api.pointee.JSValueMakeUndefined(context)) }
        return .value(result)
    }

    func evaluate(_ script: String, url: String) -> Outcome {
        var exception: MWJSValue?
        let result = withString(script) { script in
            withString(url) { url in api.pointee.JSEvaluateScript(context, script, nil, url, 1, &exception) }
        }
        if let exception { return .thrown(exception) }
        guard let result else { return .thrown(api.pointee.JSValueMakeUndefined(context)) }
        return .value(result)
    }

    enum Outcome {
        case value(MWJSValue)
        case thrown(MWJSValue)
    }

    /// A typed array over memory that outlives the context.
    func array(_ bytes: UnsafeMutableRawPointer, count: Int, double: Bool) -> MWJSValue? {
        var exception: MWJSValue?
        let type = Int32(double ? MWJSFloat64Array : MWJSInt32Array)
        let made = api.pointee.JSObjectMakeTypedArrayWithBytesNoCopy(context, type, bytes, count * (double ? 8 : 4), nil, nil, &exception)
        return exception == nil ? made : nil
    }
}
