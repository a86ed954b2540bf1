import APIServer
import APIServerCore
import Crypto
import Kernel
import TimeZoneDatabase

/// The identities that the suite acts as.
enum TestIdentity {
    static let admin = "admin-token-0123456789"
    static let nobody = "nobody-token-0123456789"
    static let jane = "jane-token-0123456789"

    static func configuration() throws -> APIServerConfiguration {
        APIServerConfiguration(
            version: "0.0.0-test",
            staticTokens: [
                token(admin, UserInfo(name: "admin", groups: ["system:masters"])),
                token(nobody, UserInfo(name: "nobody")), token(jane, UserInfo(name: "jane", groups: ["engineers"])),
            ],
            serviceAccountKey: try SigningKey.generate().pem, ruleLanguage: RuleLanguage(timeZones: MachineTimeZones()))
    }

    private static func token(_ text: String, _ user: UserInfo) -> StaticToken {
        StaticToken(hash: SHA256.digest(Array(text.utf8)), user: user)
    }
}
