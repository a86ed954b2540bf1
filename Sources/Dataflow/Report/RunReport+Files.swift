import Kernel

extension RunReport {
    /// Its three forms, as files of a directory.
    public var files: [(name: String, bytes: [UInt8])] {
        var json = JSONWriter()
        json.writeIndented(self.json)
        return [("report.html", Array(html.utf8)), ("report.csv", Array(csv.utf8)), ("report.json", json.bytes + [0x0A])]
    }
}
