import CConfinement
import Glibc

/// A user in whose name files are reached.
public enum FileIdentity {
    public typealias User = (uid: UInt32, gid: UInt32)

    /// Runs `body` with a user's rights on files in place of root's: whatever stands in the user's directories, a link to a file of root's say, it can do
    /// nothing there that the user couldn't. Files that it makes are the user's.
    ///
    /// It is about this thread alone, and only while `body` runs. A process that isn't root runs it as it is.
    ///
    /// - Parameter user: nil or root: as this process.
    public static func with<Result: ~Copyable, Failure: Error>(_ user: User?, _ body: () throws(Failure) -> Result) throws(Failure) -> Result {
        guard let user, user.uid != 0, geteuid() == 0 else { return try body() }
        var groups = [UInt32](repeating: 0, count: 1 << 16)
        let count = mw_groups(&groups, Int32(groups.count))
        mw_set_groups(nil, 0)
        mw_file_user(user.uid, user.gid)
        defer {
            mw_file_user(0, getegid())
            if count > 0 { mw_set_groups(groups, count) }
        }
        return try body()
    }
}
