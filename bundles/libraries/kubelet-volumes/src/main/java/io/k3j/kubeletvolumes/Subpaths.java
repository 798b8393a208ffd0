package io.k3j.kubeletvolumes;

import io.k3j.componentbase.KernelCalls;
import io.k3j.kuberuntime.ConfigError;
import io.k3j.model.Obj;
import io.k3j.nodefiles.Handles;
import io.k3j.nodefiles.Handles.Handle;
import io.k3j.nodefiles.Mounts;
import io.k3j.nodefiles.PodDirectories;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Objects;

/// What `subPath` names in a volume, mounted where only the kubelet can change anything, so that the runtime mounts
/// what was looked at and nothing else: `pods/<uid>/volume-subpaths/<volume>/<container>/<mount>`. A link inside the
/// volume may lead to another place inside. See <https://kubernetes.io/docs/concepts/storage/volumes/#using-subpath>.
/// One thread per pod. The mounts end with the pod, by [Volumes#remove]; each start of a container makes its again.
///
/// A container that changes what lies on the way while it is looked at makes the start fail, never reach another place.
final class Subpaths {
    /// The permissions of a volume's top with the set-user-id, set-group-id and sticky bits, which what is made in it
    /// gets, too, as by upstream's `SafeMakeDir`.
    private static final int PERMISSIONS = 07777;
    /// How long a volume's server has to answer.
    private static final Duration LIMIT = Duration.ofSeconds(30);
    private final KernelCalls calls = new KernelCalls("subpath");
    private final VolumeDirectories directories;
    private final Handles handles;
    private final Mounts mounts;

    Subpaths(VolumeDirectories directories, Handles handles, Mounts mounts) {
        this.directories = directories;
        this.handles = handles;
        this.mounts = mounts;
    }

    /// Holds what a path names in a volume, making directories that are missing.
    /// @param volume where it lies; its own path may have links, they are the kubelet's
    /// @param use whose path is not empty
    /// @return what the runtime is to mount
    /// @throws ConfigError when it cannot be had, or lies outside the volume
    Path hold(Obj pod, Path volume, Subpath use) {
        List<String> thing = List.of(pod.uid(), use.volume());
        try (Found found = calls.open(thing, LIMIT, () -> Found.of(opened(volume, use.path())))) {
            Path target = target(pod, use, found.directory);
            mounts.bind(found.handle.path(), target);
            return target;
        } catch (IOException e) {
            throw ConfigError.config("failed to prepare subPath for volumeMount \"" + use.volume()
                    + "\" of container \"" + use.container() + "\": " + e.getMessage());
        }
    }

    /// What is asked of the volume's server is asked within [#LIMIT], on the thread that may wait for it.
    private record Found(Handle handle, boolean directory) implements AutoCloseable {
        static Found of(Handle handle) throws IOException {
            try {
                return new Found(handle, handle.isDirectory());
            } catch (IOException e) {
                handle.close();
                throw e;
            }
        }

        @Override
        public void close() throws IOException {
            handle.close();
        }
    }

    private Handle opened(Path volume, String subPath) throws IOException {
        Path root = volume.toRealPath();
        Path wanted = inside(Path.of(subPath), subPath);
        try (Handle base = handles.directory(root)) {
            return found(base, root, wanted);
        }
    }

    /// The path as it was written must not go up, not even to come back: upstream's validation refuses it, too.
    private static Path inside(Path wanted, String subPath) {
        boolean up = false;
        for (Path part : wanted) {
            up |= part.toString().equals("..");
        }
        if (up || wanted.isAbsolute()) {
            throw ConfigError.config("subPath \"" + subPath + "\" leaves the volume");
        }
        return wanted.normalize();
    }

    /// Links are resolved by name first; what is opened then is that very place, without any link, or nothing. Names
    /// that are missing are made only below what was found without a link. The look by name may be outrun by a
    /// container; then [Handles.Handle#walk] fails, or finds a place that lies in the volume all the same.
    /// @param root the volume without links
    private static Handle found(Handle base, Path root, Path wanted) throws IOException {
        Path at = root;
        int known = 0;
        for (Path part : wanted) {
            Path next = at.resolve(part);
            if (!part.toString().isEmpty() && !Files.exists(next, LinkOption.NOFOLLOW_LINKS)) {
                break;
            }
            at = next.toRealPath();
            if (!at.startsWith(root)) {
                throw ConfigError.config("subPath \"" + wanted + "\" leaves the volume");
            }
            known++;
        }
        Handle h = base.walk(root.relativize(at));
        return known == wanted.getNameCount() ? h
                : made(base, h, wanted.subpath(known, wanted.getNameCount()));
    }

    /// Makes directories that are open to whom the volume is open to. A directory that somebody else makes meanwhile is
    /// taken as it is, with its mode.
    private static Handle made(Handle base, Handle first, Path missing) throws IOException {
        int mode = base.mode() & PERMISSIONS;
        Handle at = first;
        for (Path part : missing) {
            try (Handle before = at) {
                boolean fresh = create(before.entry(part.toString()));
                at = before.child(part.toString());
                if (fresh) {
                    Files.setAttribute(at.path(), "unix:mode", mode);
                }
            }
        }
        return at;
    }

    /// @return whether it was made here
    private static boolean create(Path directory) throws IOException {
        try {
            Files.createDirectory(directory);
            return true;
        } catch (FileAlreadyExistsException e) {
            return false;
        }
    }

    /// An empty place of the right kind to mount on, whatever a container of that name had there before. A mount of an
    /// earlier start is taken away first, without a look at it: it may show what lay there before, and its server may
    /// not answer. A file is mounted on a file, a directory on a directory; the kernel refuses anything else.
    private Path target(Obj pod, Subpath use, boolean directory) throws IOException {
        Path target = directories.pod(pod.uid()).resolve("volume-subpaths").resolve(use.volume())
                .resolve(use.container()).resolve(Integer.toString(use.index()));
        mounts.unmountBelow(target);
        if (directory) {
            Files.deleteIfExists(target);
            PodDirectories.make(target);
        } else {
            PodDirectories.make(Objects.requireNonNull(target.getParent()));
            Files.deleteIfExists(target);
            Files.createFile(target);
        }
        return target;
    }
}
