import Kernel

extension RunReport {
    /// The report as rows of section, name, figure and text: for spreadsheets.
    public var csv: String {
        var rows: [[String]] = [["section", "name", "metric", "value"]]
        func add(_ section: String, _ name: String, _ metric: String, _ value: JSON?) {
            guard let value, !value.isNull else { return }
            rows.append([section, name, metric, value.string ?? value.text])
        }
        for key in ["pipeline", "namespace", "run", "outcome", "revision", "started", "ended", "durationSeconds", "attempts", "balanced", "bytesRead", "checkpoints"] {
            add("run", "", key, json[key])
        }
        for (key, value) in json["parameters"]?.object ?? JSONObject() { add("parameter", key, "value", value) }
        for (key, value) in json["rows"]?.object ?? JSONObject() { add("rows", "", key, value) }
        for (section, list) in [("input", "inputs"), ("output", "outputs"), ("step", "steps"), ("channel", "channels")] {
            for item in json[list]?.array ?? [] {
                let name = item["name"]?.string ?? item["path"]?.string ?? ""
                for (key, value) in item.object ?? JSONObject() where key != "name" { add(section, name, key, value) }
            }
        }
        if let dead = json["deadLetters"] { for (key, value) in dead.object ?? JSONObject() where key != "name" { add("deadLetters", "", key, value) } }
        for (index, error) in (json["errors"]?.array ?? []).enumerated() {
            for key in ["severity", "category", "what", "why", "fix"] { add("error", String(index + 1), key, error[key]) }
            for (key, value) in error["where"]?.object ?? JSONObject() { add("error", String(index + 1), key, value) }
        }
        return rows.map { $0.map(Self.cell).joined(separator: ",") + "\n" }.joined()
    }

    private static func cell(_ text: String) -> String {
        guard text.utf8.contains(where: { $0 == 0x2C || $0 == 0x22 || $0 == 0x0A || $0 == 0x0D }) else { return text }
        return "\"" + text.split(separator: "\"", omittingEmptySubsequences: false).joined(separator: "\"\"") + "\""
    }
}
