package io.k3j.kubeletnfs;

import io.k3j.kubeletvolumes.HostProgram;
import io.k3j.nodefiles.PodDirectories;
import io.k3j.volumeapi.DriverVolumes;
import io.k3j.volumeapi.MountedVolume;
import io.k3j.volumeapi.VolumeRequest;
import io.k3j.volumeapi.VolumeUsage;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SecureDirectoryStream;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Stream;

/// Volumes of NFS, each an export mounted for one pod, at upstream's place
/// `pods/<uid>/volumes/kubernetes.io~nfs/<volume>`. Any thread, one at a time per pod, but for [#usage].
///
/// What is mounted is what the table of mounts says, so the next kubelet goes on with it; only failures are kept.
/// Nothing here asks a file system that may be a server's: whether something is mounted is read in the table, and
/// everything else is done by programs ([NfsPrograms]). Directories go by unlinkat(2) with `AT_REMOVEDIR` and nothing
/// before it: the kernel refuses that while something is mounted or lies there, without asking a server, and what is
/// mounted too late, as by a `mount` that was killed, has no directory any more.
public final class NfsVolumes implements DriverVolumes {
    private static final String ESCAPED = "kubernetes.io~nfs";
    private final Path pods;
    private final MountPoints mounts;
    private final NfsPrograms programs;
    private final MountBackoff backoff;

    /// Mounts nothing yet.
    /// @param pods `/var/lib/kubelet/pods`
    /// @param mounts of this node
    /// @param programs of the node, by the time that each may take
    /// @param monotonic what nobody sets, for how long a volume that could not be mounted is left alone
    public NfsVolumes(Path pods, MountPoints mounts, Function<Duration, HostProgram> programs,
            InstantSource monotonic) {
        this.pods = pods;
        this.mounts = mounts;
        this.programs = new NfsPrograms(programs);
        backoff = new MountBackoff(monotonic);
    }

    private Path volumes(String uid) {
        return pods.resolve(uid).resolve("volumes").resolve(ESCAPED);
    }

    /// Mounts an export, unless it is mounted already. Its files are the server's: no group is given them. Blocks for
    /// [NfsPrograms#MOUNT]; not at all while it is left alone ([MountBackoff]), with what was said last.
    @Override
    public MountedVolume mount(VolumeRequest request) throws IOException {
        NfsSource source = NfsSource.of(request);
        Path at = volumes(request.pod().uid()).resolve(request.diskName());
        if (mounts.mounted(at)) {
            return new MountedVolume(at, false, false, "");
        }
        backoff.check(at);
        PodDirectories.make(at);
        try {
            programs.mount(source, at);
            if (!mounts.mounted(at)) {
                // as with bg: the pod would write to the node's disk
                throw new IOException("mount of " + source.export() + " has ended and nothing is mounted at " + at
                        + ": take bg out of mountOptions, a pod waits for its volume anyway");
            }
        } catch (IOException e) {
            undo(at, e);
            backoff.failed(at, e);
            throw e;
        }
        backoff.forget(at);
        return new MountedVolume(at, true, false, "");
    }

    /// Takes the directory back. What is mounted at it stays: a program that was killed has mounted it after all, or
    /// the next kubelet has, whose pod uses it; the next try goes on with it.
    private void undo(Path at, IOException why) {
        try {
            if (!mounts.mounted(at)) {
                remove(at);
            }
        } catch (IOException e) {
            why.addSuppressed(e);
        }
    }

    /// Unmounts what is mounted and removes the directory; of upstream's `CleanupMountWithForce`.
    private void take(Path at) throws IOException {
        if (mounts.mounted(at)) {
            String why = programs.unmount(at);
            if (mounts.mounted(at)) {
                throw new IOException(why.isEmpty() ? "failed to unmount path " + at : why);
            }
        }
        remove(at);
    }

    private static void remove(Path at) throws IOException {
        try (DirectoryStream<Path> parent = Files.newDirectoryStream(Objects.requireNonNull(at.getParent()))) {
            if (!(parent instanceof SecureDirectoryStream<Path> held)) {
                throw new IOException("the directory of " + at + " cannot be changed safely");
            }
            held.deleteDirectory(at.getFileName());
        } catch (NoSuchFileException gone) {
            // as it should be
        } catch (DirectoryNotEmptyException e) {
            throw new IOException("nothing is mounted at " + at + ", and it is not empty: move away what is in it", e);
        }
    }

    /// A volume of NFS is no device.
    @Override
    public Path map(VolumeRequest request) throws IOException {
        throw new IOException("volumes of nfs cannot have volumeMode Block");
    }

    /// Unmounts all that a pod has, also of an earlier kubelet. One that cannot be unmounted keeps no other from it.
    @Override
    public void release(String uid) throws IOException {
        backoff.forget(volumes(uid));
        IOException first = null;
        for (Path at : present(volumes(uid))) {
            try {
                take(at);
            } catch (IOException e) {
                if (first == null) {
                    first = e;
                } else {
                    first.addSuppressed(e);
                }
            }
        }
        if (first != null) {
            throw first;
        }
    }

    /// Names only: no entry is looked at.
    private static List<Path> present(Path directory) throws IOException {
        try (Stream<Path> found = Files.list(directory)) {
            return found.toList();
        } catch (NoSuchFileException none) {
            return List.of();
        } catch (UncheckedIOException e) {
            throw e.getCause();
        }
    }

    /// Nothing is mounted outside of pods' directories.
    @Override
    public void prune() {
        // each is released with its pod
    }

    @Override
    public Optional<VolumeUsage> usage(Path path) throws IOException {
        return mounts.mounted(path) ? Optional.of(programs.usage(path)) : Optional.empty();
    }

    /// Follows nobody.
    @Override
    public void close() {
        // there is nothing to leave
    }
}
