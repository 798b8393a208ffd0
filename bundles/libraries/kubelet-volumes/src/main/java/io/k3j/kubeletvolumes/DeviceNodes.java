package io.k3j.kubeletvolumes;

import io.k3j.nodefiles.Handles;
import io.k3j.nodefiles.Handles.Handle;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;

/// The block devices that paths of PersistentVolumes lead to. Any thread; short calls.
///
/// Links on the way are followed, as administrators name devices by links. What they lead to has to be a name in
/// `/dev`: a container with a `hostPath` may make a device file of any disk of the host in it, which its own device
/// cgroup keeps it from opening, and put it where a volume's path leads. Names in `/dev` are the kernel's, so programs
/// can be given them without anybody changing meanwhile what they stand for; other file systems mounted in it are not,
/// as `/dev/shm`, where a container with `hostIPC` may make files.
final class DeviceNodes {
    private static final int TYPE_MASK = 0170000;
    private static final int BLOCK = 0060000;
    private final Handles handles;
    private final Path devices;

    /// @param devices `/dev`
    DeviceNodes(Handles handles, Path devices) {
        this.handles = handles;
        this.devices = devices;
    }

    /// The device a path leads to, by its name in `/dev`, which is no link and has none on its way.
    /// @throws java.nio.file.NoSuchFileException when nothing is there
    /// @throws IOException when it is something else, or lies elsewhere
    Path device(Path path) throws IOException {
        Path real = path.toRealPath();
        int mode = (int) Files.getAttribute(real, "unix:mode", LinkOption.NOFOLLOW_LINKS);
        if ((mode & TYPE_MASK) != BLOCK) {
            throw new IOException("only directory and block device are supported, and \"" + path + "\" is neither");
        }
        Path root = devices.toRealPath();
        if (!real.startsWith(root)) {
            throw new IOException("path \"" + path + "\" leads to the block device \"" + real
                    + "\" outside of " + root + ", which a container may have made: name the device in " + root
                    + " in the volume, or make the path a link to it");
        }
        try (Handle top = handles.directory(root); Handle it = top.walk(root.relativize(real))) {
            if ((it.mode() & TYPE_MASK) != BLOCK) {
                throw new IOException("path \"" + path + "\" was changed while it was looked at");
            }
            if (!fileSystem(it).equals(fileSystem(top))) {
                throw new IOException("path \"" + path + "\" leads to the block device \"" + real
                        + "\" on another file system than " + root + ", which a container may have made");
            }
        }
        return real;
    }

    private static Object fileSystem(Handle it) throws IOException {
        return Files.getAttribute(it.path(), "unix:dev");
    }
}
