import CJavaScript
import Glibc
import Platform

/// JavaScriptCore, loaded when the first script is met: a process that runs no script never maps it.
///
/// What a script could see of the machine is settled before the library starts, by its environment: the time zone is UTC. Loaded once, never unloaded (it keeps threads of its own).
enum JavaScriptLibrary {
    static let name = "libjavascriptcoregtk-4.1.so.0"
    static let package = "libjavascriptcoregtk-4.1-0"

    /// `@unchecked Sendable`: written once, before it is published by the lock, and only read afterwards.
    private struct Loaded: @unchecked Sendable {
        let functions: UnsafePointer<MWJSC>
    }

    private static let loaded = Locked<Loaded?>(nil)

    /// - Throws: what is missing, and how to install it.
    static func functions() throws(ScriptProblem) -> UnsafePointer<MWJSC> {
        let outcome: Result<Loaded, ScriptProblem> = loaded.withLock { known in
            if let known { return .success(known) }
            let fresh = load()
            if case .success(let value) = fresh { known = value }
            return fresh
        }
        return try outcome.get().functions
    }

    private static func load() -> Result<Loaded, ScriptProblem> {
        setenv("TZ", "UTC", 1)
        // The engine's heap grows to twice what is alive; on machines with much memory it would be four times, which is no faster here and
        // takes 4 MB more for each engine. Whoever has set it knows better.
        setenv("JSC_heapGrowthMaxIncrease", "1", 0)
        guard let handle = dlopen(name, RTLD_NOW | RTLD_LOCAL) else {
            let why = dlerror().map { String(cString: $0) } ?? "no reason given"
            return .failure(.unavailable("JavaScript needs the library \(name), which can't be loaded (\(why)). Install it: apt-get install \(package)"))
        }
        var missing: UnsafePointer<CChar>?
        guard let functions = mw_jsc_bind(handle, &missing) else {
            let name = missing.map { String(cString: $0) } ?? "memory"
            return .failure(
                .unavailable("the installed \(Self.name) lacks \(name): it is another version than Debian 12's. Install it: apt-get install \(package)"))
        }
        return .success(Loaded(functions: functions))
    }
}
