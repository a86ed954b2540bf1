/// An option whose value can't be read.
struct OptionFailure: Error, Sendable {
    let option: String
    let value: String
    let expected: String
    var message: String { "invalid value \"\(value.prefix(200))\" for query parameter \(option): must be \(expected)" }
}
