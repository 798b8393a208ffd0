package io.k3j.plugins;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;
import javax.management.JMException;
import javax.management.ObjectName;

/// Where the JDK's Flight Recorder writes: below the data directory, which is root's alone. By itself it writes where
/// everybody may, and ends the process when somebody has filled that disk. One thread.
final class Recorder {
    private static final System.Logger LOG = System.getLogger("io.k3j.features");
    private final Path dataDir;
    private final Path directory;
    /// The recorder takes its directory once for all of its recordings.
    private boolean placed;

    Recorder(Path dataDir) {
        this.dataDir = dataDir;
        this.directory = dataDir.resolve("bundles/samples");
    }

    /// Has it write there from now on; what a process that was killed has left goes.
    /// @throws IOException when it cannot: nothing is to be recorded then
    void place() throws IOException {
        if (placed) {
            return;
        }
        clear();
        Files.createDirectories(directory.getParent());
        if (!Files.isDirectory(directory)) {
            Files.createDirectory(directory,
                    PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
        }
        try {
            // the public API of the recorder cannot say it, its commands can
            ManagementFactory.getPlatformMBeanServer().invoke(
                    new ObjectName("com.sun.management:type=DiagnosticCommand"), "jfrConfigure",
                    new Object[] {new String[] {"repositorypath=\"" + directory + "\""}},
                    new String[] {String[].class.getName()});
        } catch (JMException e) {
            throw new IOException("the recorder does not take its directory: " + e.getMessage(), e);
        }
        placed = true;
    }

    /// A process that is killed leaves its recordings, which are of no use to anybody.
    private void clear() {
        if (!Files.isDirectory(directory)) {
            return;
        }
        try (Stream<Path> all = Files.walk(directory)) {
            List<Path> left = all.filter(one -> !one.equals(directory)).sorted(Comparator.reverseOrder()).toList();
            for (Path one : left) {
                Files.delete(one);
            }
        } catch (IOException e) {
            LOG.log(System.Logger.Level.DEBUG, "Samples of an earlier process stay", e);
        }
    }

    /// Bytes that its disk has left; none when nobody knows.
    long free() {
        return (Files.isDirectory(directory) ? directory : dataDir).toFile().getUsableSpace();
    }
}
