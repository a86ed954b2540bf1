import Testing

@testable import PostgresLoad

@Suite struct LoadErrorTests {
    /// A lost connection is tried again; what the server refuses once, it refuses always.
    @Test(arguments: [
        // No state: libpq itself says that the connection broke.
        ("", LoadError.Kind.connection), ("08006", .connection), ("57P01", .connection), ("57P03", .connection), ("53300", .busy), ("53100", .busy), ("40001", .busy),
        ("55P03", .busy), ("23505", .refused), ("42P01", .refused), ("22P02", .refused), ("57014", .refused),
    ]) func aStateSaysWhetherTryingAgainHelps(_ state: String, _ kind: LoadError.Kind) {
        #expect(LoadError.kind(ofState: state) == kind)
        #expect(LoadError(kind: kind, sqlState: state, message: "").isTransient == (kind != .refused))
    }
}
