package io.k3j.kubeletvolumes;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.lang.foreign.Arena;
import java.nio.file.Files;
import java.nio.file.Path;

/// Gives a volume with all that lies in it to the group that a pod names as `fsGroup`; upstream's `VolumeOwnership`.
/// See <https://kubernetes.io/docs/tasks/configure-pod-container/security-context/>.
///
/// Everything gets the group, links themselves too; files gain `rw` for it, directories `rwx` and the set-group-id bit.
/// Each is held open first and changed then, so that nothing else is changed whatever a container renames or links
/// meanwhile, and no link is followed. A directory is changed after what lies in it: one whose top fits is complete
/// but for what failed. One thread, once; it blocks for the disk.
final class VolumeOwnership {
    /// Directories on the way down: each takes two descriptors.
    static final int DEPTH = 256;
    private static final System.Logger LOG = System.getLogger("io.k3j.kubeletvolumes");
    private static final int TYPE_MASK = 0170000;
    private static final int LINK = 0120000;
    private static final int DIRECTORY = 0040000;
    private static final int FILE_BITS = 0660;
    private static final int DIRECTORY_BITS = 02770;
    /// After so many entries other virtual threads have their turn.
    private static final int TURN = 1000;
    private final FileCalls calls = new FileCalls();
    private final Path root;
    private final int group;
    private long seen;
    private long failed;
    private String failure = "";

    /// Changes nothing yet.
    /// @param root without links; its parents are the administrator's
    /// @param group numeric
    VolumeOwnership(Path root, long group) {
        this.root = root;
        this.group = (int) group;
    }

    /// Gives a volume that a pod begins to use to its group, unless it names none, or is content with what the top has.
    /// @param volume its own name may be a link
    static void apply(Path volume, VolumePlugin.Spec spec) throws IOException {
        if (spec.group() < 0) {
            return;
        }
        VolumeOwnership ownership = new VolumeOwnership(volume.toRealPath(), spec.group());
        if (!spec.onRootMismatch() || !ownership.fits()) {
            ownership.change();
        }
    }

    /// Whether the top has what it would get, which is all that `fsGroupChangePolicy: OnRootMismatch` looks at.
    boolean fits() throws IOException {
        int mode = (int) Files.getAttribute(root, "unix:mode");
        return (int) Files.getAttribute(root, "unix:gid") == group && (mode & DIRECTORY_BITS) == DIRECTORY_BITS;
    }

    /// Changes all. What cannot be changed, as on a disk that is read only, stays and is logged, as upstream has it.
    /// @throws IOException when directories are nested too deep, or this thread was interrupted; a second call begins
    /// again
    void change() throws IOException {
        try (Arena arena = Arena.ofConfined()) {
            long itself = arena.allocateFrom(".").address();
            entry(FileCalls.AT_CURRENT, arena.allocateFrom(root.toString()).address(), itself, 0);
        }
        if (failed > 0) {
            LOG.log(System.Logger.Level.WARNING,
                    "Cannot give all of a volume its fsGroup path={0} group={1} failed={2} error={3}", root, group,
                    failed, failure);
        }
    }

    /// @param itself address of `.`
    private void entry(int at, long name, long itself, int depth) throws IOException {
        turn();
        int place = calls.place(at, name);
        if (place < 0) {
            failed("an entry has gone or cannot be opened");
            return;
        }
        try {
            Path here = Path.of("/proc/self/fd/" + place);
            int mode = (int) Files.getAttribute(here, "unix:mode");
            if ((mode & TYPE_MASK) == DIRECTORY) {
                below(place, itself, depth);
            }
            give(here, mode);
        } finally {
            calls.closePlace(place);
        }
    }

    private void turn() throws IOException {
        if (++seen % TURN == 0) {
            Thread.yield();
        }
        if (Thread.currentThread().isInterrupted()) {
            throw new InterruptedIOException("interrupted while " + root + " was given to group " + group);
        }
    }

    private void below(int place, long itself, int depth) throws IOException {
        if (depth == DEPTH) {
            throw new IOException("directories of " + root + " are nested more than " + DEPTH
                    + " deep, so fsGroup cannot be applied; move them up, or take fsGroup out of the pod");
        }
        long stream = calls.open(place, itself);
        if (stream == 0) {
            failed("a directory cannot be read");
            return;
        }
        try {
            int here = calls.number(stream);
            for (long child = calls.next(stream); child != 0; child = calls.next(stream)) {
                entry(here, child, itself, depth + 1);
            }
        } finally {
            calls.close(stream);
        }
    }

    /// The mode is that of before: the kernel takes set-user-id bits away when the group changes, and upstream puts
    /// them back.
    private void give(Path here, int mode) {
        try {
            Files.setAttribute(here, "unix:gid", group);
            if ((mode & TYPE_MASK) != LINK) {
                int bits = (mode & TYPE_MASK) == DIRECTORY ? DIRECTORY_BITS : FILE_BITS;
                Files.setAttribute(here, "unix:mode", mode & 07777 | bits);
            }
        } catch (IOException e) {
            failed(String.valueOf(e.getMessage()));
        }
    }

    private void failed(String why) {
        failed++;
        failure = why;
    }
}
