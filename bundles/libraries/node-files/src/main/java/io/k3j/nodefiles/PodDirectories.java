package io.k3j.nodefiles;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/// The kubelet's directories above the volumes of pods. Their mode is upstream's 0750: files of Secrets and of tokens
/// may be read by everybody, since nobody knows as whom a container runs, so these directories are what keeps the other
/// users of the host away. Any thread; blocks.
public final class PodDirectories {
    private static final System.Logger LOG = System.getLogger("io.k3j.kubeletvolumes");
    private static final Set<PosixFilePermission> MODE = PosixFilePermissions.fromString("rwxr-x---");

    private PodDirectories() {
    }

    /// Makes a directory and those above it that are missing, each with its mode from the beginning. What is there
    /// keeps its own.
    public static void make(Path directory) throws IOException {
        Files.createDirectories(directory, PosixFilePermissions.asFileAttribute(MODE));
    }

    /// Makes the directory of all pods, and gives it and those of pods their mode where an earlier release left
    /// another.
    ///
    /// @param pods the directory of all pods
    /// @param root the kubelet's own, above it; empty to leave its mode alone, as that of a directory an administrator
    ///     chose, where other things may lie
    public static void correct(Path pods, List<Path> root) throws IOException {
        make(pods);
        for (Path own : root) {
            Files.setPosixFilePermissions(own, MODE);
        }
        Files.setPosixFilePermissions(pods, MODE);
        List<Path> all;
        try (Stream<Path> found = Files.list(pods)) {
            all = found.filter(p -> Files.isDirectory(p, LinkOption.NOFOLLOW_LINKS)).toList();
        }
        all.forEach(PodDirectories::restrict);
    }

    /// A pod may end while the kubelet starts, and one whose directory keeps its mode does not keep the kubelet from
    /// the others: nobody gets past the directory of all pods.
    static void restrict(Path pod) {
        try {
            Files.setPosixFilePermissions(pod, MODE);
        } catch (NoSuchFileException gone) {
            // there is nothing to correct
        } catch (IOException e) {
            LOG.log(System.Logger.Level.WARNING, "Cannot correct the mode of a pod directory path={0} error={1}",
                    pod, e.toString());
        }
    }
}
