import Kernel

extension RunReport {
    /// The report as one page that needs nothing else: no script, no picture, no network.
    public var html: String {
        var page = HTMLPage()
        let title = "\(json["pipeline"]?.string ?? "") · \(outcome)"
        page.raw("<!doctype html><html lang=\"en\"><head><meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width,initial-scale=1\"><title>")
        page.text(title)
        page.raw("</title><style>\(Self.style)</style></head><body><main>")
        header(&page)
        figures(&page)
        balanceBar(&page)
        failure(&page)
        steps(&page)
        files(&page)
        problems(&page)
        profile(&page)
        details(&page)
        page.raw("</main></body></html>\n")
        return page.html
    }

    private func header(_ page: inout HTMLPage) {
        page.raw("<header><div><p class=\"over\">")
        page.text(json["namespace"]?.string.map { "\($0) / pipeline run" } ?? "pipeline run")
        page.raw("</p><h1>")
        page.text(json["pipeline"]?.string ?? "")
        page.raw("</h1><p class=\"sub\">")
        page.text("\(json["run"]?.string ?? "") · \(json["started"]?.string ?? "")")
        let parameters = (json["parameters"]?.object ?? JSONObject()).map { "\($0) = \($1.string ?? $1.text)" }
        if !parameters.isEmpty { page.text(" · " + parameters.joined(separator: ", ")) }
        page.raw("</p></div><span class=\"badge \(outcome == "Succeeded" ? "good" : outcome == "Failed" ? "bad" : "warn")\">")
        page.text(outcome)
        page.raw("</span></header>")
    }

    private func figures(_ page: inout HTMLPage) {
        let rejected = count("rowsDeadLettered") + count("rowsSkipped")
        let cards = [
            ("rows in", Figures.grouped(count("rowsRead")), ""), (outcome == "Succeeded" ? "written" : "not committed", Figures.grouped(count("rowsWritten")), ""),
            ("rejected", Figures.grouped(rejected), rejected > 0 ? "warn" : ""), ("took", Figures.seconds(json["durationSeconds"]?.double ?? 0), ""),
            ("rows / s", Figures.short(rowsPerSecond), ""), ("read", Figures.bytes(json["bytesRead"]?.int ?? 0), ""),
        ]
        page.raw("<section class=\"cards\">")
        for (name, value, kind) in cards { page.raw("<div class=\"card \(kind)\"><b>\(HTMLPage.escaped(value))</b><span>\(HTMLPage.escaped(name))</span></div>") }
        page.raw("</section>")
    }

    private func balanceBar(_ page: inout HTMLPage) {
        let total = parts.reduce(0) { $0 + $1.rows }
        let classes = ["written": "c1", "filtered": "c2", "merged into groups": "c3", "dead letters": "c4", "skipped": "c5"]
        page.raw("<section><h2>Where every row went</h2>")
        if isWithoutRows { page.raw("<p>The input has no rows, so the outputs have none.</p>") }
        if total > 0 { page.raw("<div class=\"bar\">") }
        for part in parts where part.rows > 0 {
            // A few rows of millions are still to be seen.
            let share = max(Double(part.rows) / Double(total) * 100, 0.6)
            page.raw("<i class=\"\(classes[part.name] ?? "c1")\" style=\"flex:\(Figures.fixed(share, 2))\" title=\"\(Figures.grouped(part.rows)) \(part.name)\"></i>")
        }
        if total > 0 { page.raw("</div>") }
        page.raw("<p class=\"balance\">")
        page.text(balance)
        let isBalanced = json["balanced"]?.bool ?? false
        page.raw(isBalanced ? " <span class=\"tick\">✓ it adds up</span>" : " <span class=\"cross\">✗ it does not add up</span>")
        page.raw("</p><p class=\"legend\">")
        for part in parts where part.rows > 0 { page.raw("<span><i class=\"\(classes[part.name] ?? "c1")\"></i>\(HTMLPage.escaped(part.name))</span>") }
        page.raw("</p></section>")
    }

    private func failure(_ page: inout HTMLPage) {
        guard let failure = json["failure"] else { return }
        page.raw("<section class=\"failure\"><h2>Why it ended</h2><p><b>")
        page.text(failure["what"]?.string ?? "")
        page.raw("</b></p><p class=\"fix\">")
        page.text(Self.place(failure["where"]))
        page.raw("</p><p>")
        page.text(failure["why"]?.string ?? "")
        page.raw("</p><p class=\"fix\">")
        page.text(failure["fix"]?.string ?? "")
        page.raw("</p></section>")
    }

    private func steps(_ page: inout HTMLPage) {
        let steps = json["steps"]?.array ?? []
        guard !steps.isEmpty else { return }
        let most = max(1, steps.map { $0["nanoseconds"]?.int ?? 0 }.max() ?? 1)
        page.raw("<section><h2>Steps</h2><table><tr><th>step</th><th class=\"n\">rows in</th><th class=\"n\">rows out</th><th class=\"n\">time</th><th></th></tr>")
        for step in steps {
            let time = step["nanoseconds"]?.int ?? 0
            page.raw("<tr><td>\(HTMLPage.escaped(step["name"]?.string ?? ""))</td><td class=\"n\">\(Figures.grouped(step["rowsIn"]?.int ?? 0))</td>")
            page.raw("<td class=\"n\">\(Figures.grouped(step["rowsOut"]?.int ?? 0))</td><td class=\"n\">\(Figures.seconds(Double(time) / 1e9))</td>")
            page.raw("<td class=\"time\"><i style=\"width:\(Figures.fixed(Double(time) / Double(most) * 100, 1))%\"></i></td></tr>")
        }
        page.raw("</table></section>")
    }

    private func files(_ page: inout HTMLPage) {
        page.raw("<section><h2>Inputs and outputs</h2><table><tr><th></th><th>what</th><th class=\"n\">rows</th><th class=\"n\">bytes</th><th>hash</th></tr>")
        func row(_ kind: String, _ item: JSON) {
            page.raw("<tr><td class=\"dim\">\(HTMLPage.escaped(kind))</td><td>\(HTMLPage.escaped(item["path"]?.string ?? ""))</td>")
            page.raw("<td class=\"n\">\(item["rows"]?.int.map(Figures.grouped) ?? "")</td><td class=\"n\">\(item["bytes"]?.int.map { $0 > 0 ? Figures.bytes($0) : "" } ?? "")</td>")
            page.raw("<td class=\"hash\">\(HTMLPage.escaped([item["hash"]?.string, item["sha256"]?.string].compactMap { $0 }.joined(separator: " ")))</td></tr>")
        }
        for item in json["inputs"]?.array ?? [] { row("in", item) }
        for item in json["outputs"]?.array ?? [] { row("out · \(item["name"]?.string ?? "")", item) }
        if let dead = json["deadLetters"] { row("dead letters", dead) }
        page.raw("</table></section>")
    }

    private func problems(_ page: inout HTMLPage) {
        table(of: json["warnings"]?.array ?? [], "Worth knowing", &page)
        table(of: json["errors"]?.array ?? [], "The first problems", &page)
    }

    private func table(of errors: [JSON], _ title: String, _ page: inout HTMLPage) {
        guard !errors.isEmpty else { return }
        page.raw("<section><h2>\(HTMLPage.escaped(title))</h2><table><tr><th>where</th><th>what</th><th>why</th><th>what to do</th></tr>")
        for error in errors {
            page.raw("<tr><td class=\"dim\">\(HTMLPage.escaped(Self.place(error["where"])))</td><td>\(HTMLPage.escaped(error["what"]?.string ?? ""))</td>")
            page.raw("<td>\(HTMLPage.escaped(error["why"]?.string ?? ""))</td><td>\(HTMLPage.escaped(error["fix"]?.string ?? ""))</td></tr>")
        }
        page.raw("</table></section>")
    }

    private static func place(_ place: JSON?) -> String {
        var words: [String] = []
        for (key, word) in [("file", ""), ("row", "row "), ("byte", "byte "), ("column", "column "), ("step", "step "), ("line", "line ")] {
            if let value = place?[key] { words.append(word + (value.string ?? value.text)) }
        }
        return words.joined(separator: ", ")
    }

    private func profile(_ page: inout HTMLPage) {
        let lines = json["profile"]?.array ?? []
        guard !lines.isEmpty else { return }
        page.raw("<section><h2>Script lines</h2><table><tr><th>step</th><th class=\"n\">line</th><th class=\"n\">share</th><th>source</th></tr>")
        for line in lines {
            page.raw("<tr><td>\(HTMLPage.escaped(line["step"]?.string ?? ""))</td><td class=\"n\">\(line["line"]?.int ?? 0)</td>")
            page.raw("<td class=\"n\">\(Figures.fixed(line["percent"]?.double ?? 0, 1)) %</td><td><code>\(HTMLPage.escaped(line["source"]?.string ?? ""))</code></td></tr>")
        }
        page.raw("</table></section>")
    }

    private func details(_ page: inout HTMLPage) {
        page.raw("<section><h2>Details</h2><dl>")
        func item(_ name: String, _ value: String?) {
            guard let value, !value.isEmpty else { return }
            page.raw("<dt>\(HTMLPage.escaped(name))</dt><dd>\(HTMLPage.escaped(value))</dd>")
        }
        item("began", json["started"]?.string)
        item("ended", json["ended"]?.string)
        item("worker starts", json["attempts"]?.int.map { String($0) })
        item("checkpoints", json["checkpoints"]?.int.map { Figures.grouped($0) })
        item("revision of the pipeline", json["revision"]?.string)
        item("in force", json["limits"]?.array?.compactMap(\.string).joined(separator: "; "))
        for channel in json["channels"]?.array ?? [] {
            item("channel \(channel["name"]?.string ?? "")", "at most \(channel["deepest"]?.int ?? 0) of \(channel["capacity"]?.int ?? 0) batches waited")
        }
        item("made by", json["millwright"]?.string.map { "millwright \($0)" })
        page.raw("</dl></section>")
    }

    private static let style = """
        :root{--bg:#f6f7f9;--card:#fff;--ink:#1b2330;--dim:#667085;--line:#e4e7ec;--good:#12805c;--bad:#b42318;--warn:#b54708;--c1:#2e7d6b;--c2:#9aa8b8;--c3:#7c6fb3;--c4:#d9822b;--c5:#c9a227}
        @media(prefers-color-scheme:dark){:root{--bg:#12161c;--card:#1b212a;--ink:#e7ebf0;--dim:#93a0b0;--line:#2b333e;--good:#4cc38a;--bad:#ff7a6b;--warn:#f0a44b;--c1:#3fa58d;--c2:#5b6878}}
        *{box-sizing:border-box}body{margin:0;background:var(--bg);color:var(--ink);font:15px/1.5 system-ui,sans-serif}main{max-width:1080px;margin:0 auto;padding:32px 24px 64px}
        header{display:flex;justify-content:space-between;align-items:center;gap:16px;margin-bottom:24px}h1{margin:0;font-size:30px;letter-spacing:-.02em}.over,.sub{margin:0;color:var(--dim)}
        h2{font-size:15px;margin:0 0 12px}.badge{padding:6px 16px;border-radius:999px;font-weight:600;color:#fff}.badge.good{background:var(--good)}.badge.bad{background:var(--bad)}.badge.warn{background:var(--warn)}
        .cards{display:grid;grid-template-columns:repeat(auto-fit,minmax(130px,1fr));gap:12px;background:none;border:0;padding:0}.card,section{background:var(--card);border:1px solid var(--line);border-radius:12px}
        .card{padding:14px 16px}.card b{display:block;font-size:21px;font-variant-numeric:tabular-nums;letter-spacing:-.01em}.card span{color:var(--dim)}.card.warn b{color:var(--warn)}
        section{padding:18px 20px;margin-bottom:16px;overflow-x:auto}section.cards{background:none;border:0;padding:0}.bar{display:flex;gap:2px;height:22px;border-radius:6px;overflow:hidden}.bar i{display:block}
        .c1{background:var(--c1)}.c2{background:var(--c2)}.c3{background:var(--c3)}.c4{background:var(--c4)}.c5{background:var(--c5)}.balance{margin:12px 0 4px;font-variant-numeric:tabular-nums}
        .tick{color:var(--good);font-weight:600}.cross{color:var(--bad);font-weight:600}.legend{margin:0;color:var(--dim);display:flex;gap:18px;flex-wrap:wrap}.legend i{display:inline-block;width:10px;height:10px;border-radius:3px;margin-right:6px}
        table{border-collapse:collapse;width:100%}th{text-align:left;color:var(--dim);font-weight:500}td,th{padding:6px 14px 6px 0;border-bottom:1px solid var(--line);vertical-align:top}tr:last-child td{border-bottom:0}
        .n{text-align:right;font-variant-numeric:tabular-nums;white-space:nowrap}.dim{color:var(--dim)}.hash{font-family:ui-monospace,monospace;font-size:12px;color:var(--dim);word-break:break-all}.time{width:26%}.time i{display:block;height:8px;border-radius:4px;background:var(--c1);margin-top:8px;min-width:1px}
        .failure{border-left:4px solid var(--bad)}.failure p{margin:0 0 6px}.fix{color:var(--dim)}dl{display:grid;grid-template-columns:max-content 1fr;gap:4px 20px;margin:0}dt{color:var(--dim)}dd{margin:0;overflow-wrap:anywhere}code{font-family:ui-monospace,monospace;font-size:13px}
        """
}
