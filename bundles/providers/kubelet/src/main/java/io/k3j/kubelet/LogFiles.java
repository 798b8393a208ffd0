package io.k3j.kubelet;

import io.k3j.nodeapi.Container;
import io.k3j.nodeapi.RuntimeFault;
import io.k3j.nodefiles.FileRoots;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/// The log files of containers, which the runtime writes: renamed when they are large, deleted with their container.
/// Rotated parts are called as the log, with a dot and the time behind. Any thread; blocks for disk and runtime.
///
/// A container may have the directory of its log as a volume and put a link in the place of any file or directory
/// there, at any moment. So that directory is held open, without a link on the way to it, and what is renamed or
/// deleted is an entry of that very directory; a log that is a link is not looked at.
final class LogFiles {
    private static final System.Logger LOG = System.getLogger("io.k3j.kubelet");
    private static final long MAX_LOG_BYTES = 10L << 20;
    private static final long MAX_LOG_FILES = 5;
    private final Dependencies tools;

    LogFiles(Dependencies tools) {
        this.tools = tools;
    }

    /// Renames a log above the size limit and lets the runtime reopen it; of its rotated parts the oldest go. What
    /// cannot be done is logged.
    void rotate(Container c) {
        Path log = Path.of(c.end().log());
        Path parent = log.getParent();
        if (parent == null) {
            return;
        }
        try (FileRoots.Held held = held(parent)) {
            Path current = held.path().resolve(log.getFileName());
            if (tooLarge(current)) {
                String stamp = tools.clock().instant().toString().replace("-", "").replace(":", "").replace("T", "-");
                rename(c, current, current.resolveSibling(log.getFileName() + "." + stamp.substring(0, 15)));
                long kept = Math.max(0, tools.options().number("container-log-max-files", MAX_LOG_FILES) - 1);
                for (Path p : named(held, log.getFileName() + ".").stream().sorted(Comparator.reverseOrder())
                        .skip(kept).toList()) {
                    Files.deleteIfExists(p);
                }
            }
        } catch (NoSuchFileException e) {
            // the runtime has not opened it yet, or its pod went meanwhile
        } catch (IOException | RuntimeFault e) {
            LOG.log(System.Logger.Level.WARNING, "Cannot rotate log container={0} error={1}", c.id(), e.getMessage());
        }
    }

    /// Deletes a log and its rotated parts; one that is not there is no failure, nor is a container that never started.
    /// @throws IOException when one of them cannot be deleted, or a link leads to them
    void delete(Container c) throws IOException {
        Path log = Path.of(c.end().log());
        Path parent = log.getParent();
        if (parent == null) {
            return;
        }
        try (FileRoots.Held held = held(parent)) {
            for (Path p : named(held, String.valueOf(log.getFileName()))) {
                Files.deleteIfExists(p);
            }
        } catch (NoSuchFileException e) {
            // nothing to delete
        }
    }

    private FileRoots.Held held(Path directory) throws IOException {
        return new FileRoots(List.of(tools.options().logDir())).directory(directory);
    }

    private boolean tooLarge(Path log) throws IOException {
        BasicFileAttributes it = Files.readAttributes(log, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
        return it.isRegularFile() && it.size() > tools.options().bytes("container-log-max-size", MAX_LOG_BYTES);
    }

    private static List<Path> named(FileRoots.Held directory, String beginning) throws IOException {
        try (Stream<Path> all = Files.list(directory.path())) {
            return all.filter(p -> p.getFileName().toString().startsWith(beginning)).toList();
        }
    }

    /// The log keeps its name when the runtime does not open another one, as with upstream's kubelet: what is written
    /// further stays readable, and the next round tries again.
    private void rename(Container c, Path log, Path rotated) throws IOException {
        Files.move(log, rotated);
        try {
            tools.runtime().reopenLog(c.id());
        } catch (RuntimeFault e) {
            Files.move(rotated, log);
            throw e;
        }
    }
}
