import Platform

/// A variable of the environment; nil when it is unset or empty.
func environment(_ name: String) -> String? { Environ[name] }
