package io.k3j.nodestatus;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;

/// The file system that pods write to, in bytes: what the node tells of it as `ephemeral-storage`. Reads the disk; any
/// thread.
public final class NodeDisk {
    private NodeDisk() {
    }

    /// The size of the file system below the kubelet's directory, which is made when it is missing.
    /// @return 0 when it cannot be asked
    public static long capacity(Path rootDir) {
        try {
            // upstream's mode, see PodDirectories of node-files
            Files.createDirectories(rootDir, PosixFilePermissions.asFileAttribute(
                    PosixFilePermissions.fromString("rwxr-x---")));
            return Files.getFileStore(rootDir).getTotalSpace();
        } catch (IOException e) {
            return 0;
        }
    }
}
