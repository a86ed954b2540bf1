/// Texts that are, or nearly are, what the libraries read.
public enum RandomText {
    static let addresses = ["127.0.0.1", "10.0.0.1", "::1", "fe80::1", "2001:db8::", "::ffff:1.2.3.4", "1.2.3", "192.168.0.256", "0.0.0.0", "224.0.0.1", "2001:DB8::1"]
    static let networks = ["10.0.0.0/8", "10.1.2.3/16", "::/0", "2001:db8::/32", "192.168.0.0/33", "10.0.0.0", "127.0.0.0/8", "fe80::1/64"]
    static let urls = ["https://example.com:8080/a/b?c=d&e=f#g", "http://[::1]/x", "/path/only", "mailto:a@b.c", "https://user:pw@host/%20", "a b", "http://host:port/", "//host/x"]
    static let amounts = ["1", "100m", "1.5Gi", "-2k", "0", "1e3", "1Ki", "12.345", "abc", "9223372036854775807", "1E", "0.0001", "-0"]
    static let versions = ["1.2.3", "v1.2.3", "1.0.0-alpha.1+build", "0.1", "2.0.0", "01.2.3", "10.20.30", "1.0.0-rc.1"]
    static let patterns = ["^[a-z]+$", "a|b", "[0-9]{1,3}", "(a+)b*", ".*", "^$", "[^a]", "x{2,}", "\\\\d+", "(?i)A"]
    static let moments = [
        "2026-11-20T06:00:00Z", "2020-02-29T12:30:45.120+01:30", "1999-12-31T23:59:59-08:00", "2000-01-01T00:00:00+00:00", "2026-13-01T00:00:00Z", "yesterday",
    ]
    static let spans = ["1h30m", "90s", "-5m", "1.5h", "0s", "3 days", "250ms"]
    static let days = ["2026-11-20", "2020-02-29", "1970-01-01", "2026-02-30"]
    static let names = ["web", "my-app", "UPPER", "a.b.c", "x_y", "-bad-", "kubernetes.io/name", "123e4567-e89b-12d3-a456-426614174000"]
    static let all = addresses + networks + urls + amounts + versions + names
}
