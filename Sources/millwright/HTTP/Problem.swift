import HTTPMessages
import Kernel

/// An error of Millwright's own HTTP port, as `application/problem+json` (RFC 9457) with what to do next.
struct Problem: Error, Equatable {
    let status: Int
    let title: String
    let detail: String
    let fix: String

    init(_ status: Int, _ title: String, _ detail: String, fix: String) {
        self.status = status
        self.title = title
        self.detail = detail
        self.fix = fix
    }

    var reply: HTTPReply {
        let body: JSON = [
            "type": "about:blank", "title": .string(title), "status": .int(Int64(status)), "detail": .string(detail), "fix": .string(fix),
        ]
        var headers: HTTPHeaders = ["Content-Type": "application/problem+json"]
        if status == 401 { headers["WWW-Authenticate"] = "Bearer" }
        return HTTPReply(status: status, headers: headers, body: .bytes(body.bytes))
    }

    /// From a reply of that form; nil when it is none.
    init?(_ response: HTTPResponse) {
        guard response.headers["Content-Type"]?.hasPrefix("application/problem+json") == true, let json = try? JSONParser.parse(response.body) else { return nil }
        self.init(response.status, json["title"]?.string ?? "", json["detail"]?.string ?? "", fix: json["fix"]?.string ?? "")
    }
}
