package io.k3j.kubelet;

import io.k3j.kubelet.Handles.Handle;
import io.k3j.model.Obj;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;

/// What `subPath` names in a volume, mounted where only the kubelet can change anything, so that the runtime mounts
/// what was looked at and nothing else: `pods/<uid>/volume-subpaths/<volume>/<container>/<mount>`. A link inside the
/// volume may lead to another place inside. See <https://kubernetes.io/docs/concepts/storage/volumes/#using-subpath>.
/// One thread per pod. The mounts end with the pod, by [Volumes#remove]; each start of a container makes its anew.
final class Subpaths {
    private static final int PERMISSIONS = 02777;
    private final Options options;
    private final Handles handles;
    private final Mounts mounts;

    Subpaths(Options options, Handles handles, Mounts mounts) {
        this.options = options;
        this.handles = handles;
        this.mounts = mounts;
    }

    /// Which mount of a pod is meant.
    ///
    /// @param volume its name
    /// @param container whose
    /// @param index among the container's mounts
    record Use(String volume, String container, int index) {
    }

    /// Holds what a path names in a volume, making directories that are missing.
    /// @return what the runtime is to mount
    /// @throws ConfigProblem when it cannot be had, or lies outside the volume
    Path hold(Obj pod, Path volume, String subPath, Use use) {
        try {
            Path root = volume.toRealPath();
            Path wanted = inside(Path.of(subPath), subPath);
            try (Handle base = handles.directory(root); Handle found = found(base, root, wanted)) {
                Path target = target(pod, use, found.isDirectory());
                mounts.bind(found.path(), target);
                return target;
            }
        } catch (IOException e) {
            throw ConfigProblem.config("failed to prepare subPath for volumeMount \"" + use.volume()
                    + "\" of container \"" + use.container() + "\": " + e.getMessage());
        }
    }

    private static Path inside(Path wanted, String subPath) {
        boolean up = false;
        for (Path part : wanted) {
            up |= part.toString().equals("..");
        }
        if (up || wanted.isAbsolute()) {
            throw ConfigProblem.config("subPath \"" + subPath + "\" leaves the volume");
        }
        return wanted.normalize();
    }

    /// Links are resolved by name first; what is opened then is that very place, without any link, or nothing.
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
                throw ConfigProblem.config("subPath \"" + wanted + "\" leaves the volume");
            }
            known++;
        }
        Handle h = base.walk(root.relativize(at));
        return known == wanted.getNameCount() ? h
                : made(base, h, wanted.subpath(known, wanted.getNameCount()));
    }

    /// Makes directories that are open to whom the volume is open to.
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

    private static boolean create(Path directory) throws IOException {
        try {
            Files.createDirectory(directory);
            return true;
        } catch (FileAlreadyExistsException e) {
            return false;
        }
    }

    /// An empty place of the right kind to mount on, whatever a container of that name had there before.
    private Path target(Obj pod, Use use, boolean directory) throws IOException {
        Path target = options.podDir(pod.uid()).resolve("volume-subpaths").resolve(use.volume())
                .resolve(use.container()).resolve(Integer.toString(use.index()));
        if (Files.exists(target, LinkOption.NOFOLLOW_LINKS)) {
            mounts.unmountBelow(target);
        }
        if (directory) {
            Files.deleteIfExists(target);
            Files.createDirectories(target);
        } else {
            Files.createDirectories(target.getParent());
            Files.deleteIfExists(target);
            Files.createFile(target);
        }
        return target;
    }
}
