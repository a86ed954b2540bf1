/// Why a script can't be loaded, or had to be ended: in the user's words and places, never the engine's.
public struct ScriptProblem: Error, Sendable, Equatable {
    public enum Kind: String, Sendable {
        /// The JavaScript library isn't installed.
        case unavailable
        /// The text is no JavaScript.
        case syntax
        /// The script breaks a rule of the contract: no `transform`, a module variable that is written, a module that isn't there.
        case contract
        /// It threw while it was loaded, or outside of any row.
        case thrown
        /// One row took longer than the time limit.
        case time
        /// It holds more memory than the limit.
        case memory
        /// What `ctx.state` holds can't be stored in a checkpoint.
        case state
        /// Something outside `ctx.state` has changed since the script was loaded.
        case hidden
    }

    public var kind: Kind
    /// What happened, and what to do about it.
    public var message: String
    public var place: ScriptPlace?
    /// The user's own functions, innermost first: `normalise (dates, line 12)`.
    public var frames: [String]
    /// The line the place is in, and below it a caret; empty when there is none.
    public var excerpt: String
    /// The row at work, by its number in its file, where the caller couldn't say.
    public var row: Int64?

    public init(_ kind: Kind, _ message: String, at place: ScriptPlace? = nil, frames: [String] = [], excerpt: String = "") {
        self.kind = kind
        self.message = message
        self.place = place
        self.frames = frames
        self.excerpt = excerpt
    }

    static func unavailable(_ message: String) -> ScriptProblem { ScriptProblem(.unavailable, message) }
}

/// A place in a user's script.
public struct ScriptPlace: Sendable, Equatable {
    /// The module's name; `script` for the step's own source.
    public var module: String
    /// From 1.
    public var line: Int
    /// From 1, in UTF-16 units; nil when only the line is known.
    public var column: Int?

    public init(module: String, line: Int, column: Int? = nil) {
        self.module = module
        self.line = line
        self.column = column
    }
}

extension ScriptPlace: CustomStringConvertible {
    /// `line 3, column 7`, with the module's name in front when it isn't the step's own source.
    public var description: String {
        (module == JavaScriptSource.mainName ? "" : "module \(module), ") + "line \(line)" + (column.map { ", column \($0)" } ?? "")
    }
}

extension ScriptProblem: CustomStringConvertible {
    public var description: String {
        var text = (place.map { "\($0): " } ?? "") + message
        if !frames.isEmpty { text += "\n  in " + frames.joined(separator: "\n  called from ") }
        if !excerpt.isEmpty { text += "\n" + excerpt }
        return text
    }
}
