import CConfinement
import Glibc
import Platform

/// Takes from a process of root what it doesn't need: for workers that run foreign scripts on root's own files.
public enum Confinement {
    /// Whether this kernel can (Landlock, since 5.13), and lets this process.
    public static var isAvailable: Bool { mw_confinement_version() > 0 }

    /// From here on files can be changed below these directories only, no program can be started, and of root's rights only those on files are left: none
    /// over other processes, devices, mounts, the network or the kernel. Files can still be read. There is no way back, also for what is started later.
    ///
    /// It is about the calling thread and those that it starts: called when there is no other.
    ///
    /// - Parameter directories: those that are there; links are followed.
    public static func keep(to directories: [String]) throws(SystemError) {
        var descriptors: [Int32] = []
        defer { for descriptor in descriptors { close(descriptor) } }
        for directory in directories {
            let descriptor = open(directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
            guard descriptor >= 0 else { throw .last("open \(directory)") }
            descriptors.append(descriptor)
        }
        guard mw_confine(descriptors, descriptors.count) == 0 else { throw .last("confine this process to \(directories.joined(separator: ", "))") }
        guard mw_keep_file_rights() == 0 else { throw .last("give up root's rights") }
    }
}
