@testable import Delimited

/// csv-spectrum by the names of its files. Each pair of them with CRLF has the same cells.
enum SpectrumCases {
    static let all: [ConformanceCase] = [
        .reads("comma_in_quotes", "given,family,street,town\nAda,Byron,\"1, Mill Lane\",\"Bath, BA\"\n", [["Ada", "Byron", "1, Mill Lane", "Bath, BA"]], header: ["given", "family", "street", "town"]),
        .reads("empty", "k,l,m\n7,\"\",\"\"\n8,9,0\n", [["7", "", ""], ["8", "9", "0"]], header: ["k", "l", "m"]),
        .reads("empty_crlf", "k,l,m\r\n7,\"\",\"\"\r\n8,9,0\r\n", [["7", "", ""], ["8", "9", "0"]], header: ["k", "l", "m"]),
        .reads("escaped_quotes", "k,l\n7,\"so \"\"so\"\" so\"\n8,9\n", [["7", "so \"so\" so"], ["8", "9"]], header: ["k", "l"]),
        .reads("json", "at,what\n7,\"{\"\"kind\"\": \"\"Line\"\", \"\"to\"\": [53.5, 0.1]}\"\n", [["7", "{\"kind\": \"Line\", \"to\": [53.5, 0.1]}"]], header: ["at", "what"]),
        .reads("newlines", "k,l,m\n7,8,9\n\"now \nand then\",0,1\n2,3,4\n", [["7", "8", "9"], ["now \nand then", "0", "1"], ["2", "3", "4"]], header: ["k", "l", "m"]),
        .reads("newlines_crlf", "k,l,m\r\n7,8,9\r\n\"now \r\nand then\",0,1\r\n2,3,4\r\n", [["7", "8", "9"], ["now \r\nand then", "0", "1"], ["2", "3", "4"]], header: ["k", "l", "m"]),
        .reads("quotes_and_newlines", "k,l\n7,\"so \n\"\"so\"\" \nso\"\n8,9\n", [["7", "so \n\"so\" \nso"], ["8", "9"]], header: ["k", "l"]),
        .reads("simple", "k,l,m\n7,8,9\n", [["7", "8", "9"]], header: ["k", "l", "m"]),
        .reads("simple_crlf", "k,l,m\r\n7,8,9\r\n", [["7", "8", "9"]], header: ["k", "l", "m"]),
        .reads("utf8", "k,l,m\n7,8,9\n0,1,ɸ–ß\n", [["7", "8", "9"], ["0", "1", "ɸ–ß"]], header: ["k", "l", "m"]),
    ]
}
