package io.k3j.durablefiles;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The steps asked of a disk are recorded, cut at each of them, and whatever was not synced by then is kept or lost in
/// every combination: contents as a whole or in part, names old or new.
class PowerCutTest {
    private static final Path FILE = Path.of("/d/key");
    private static final Set<PosixFilePermission> MODE = PosixFilePermissions.fromString("rw-------");

    /// What a step does to a disk: contents by file number, names by path.
    private static final class Model implements Disk {
        private final Map<Integer, byte[]> written = new TreeMap<>();
        private final Map<Integer, byte[]> synced = new TreeMap<>();
        private final Map<Path, Integer> names = new TreeMap<>();
        private final Map<Path, Integer> lasting = new TreeMap<>();
        private final Set<String> found = new TreeSet<>();
        private int made;

        @Override
        public void create(Path file, Set<PosixFilePermission> mode) {
            names.put(file, made);
            written.put(made, new byte[0]);
            synced.put(made++, new byte[0]);
            look();
        }

        @Override
        public void write(Path file, byte[] content) {
            written.put(names.get(file), content);
            look();
        }

        @Override
        public void sync(Path fileOrDirectory) {
            Integer number = names.get(fileOrDirectory);
            if (number != null) {
                synced.put(number, written.get(number));
            } else {
                lasting.clear();
                lasting.putAll(names);
            }
            look();
        }

        @Override
        public void rename(Path from, Path to) {
            names.put(to, names.remove(from));
            look();
        }

        /// What [#FILE] may hold after a power cut at this moment.
        private void look() {
            List<Map<Path, Integer>> directories = List.of(names, lasting);
            for (Map<Path, Integer> directory : directories) {
                Integer number = directory.get(FILE);
                if (number == null) {
                    found.add("absent");
                } else {
                    contents(number).forEach(c -> found.add(new String(c, UTF_8)));
                }
            }
        }

        private List<byte[]> contents(int number) {
            byte[] now = written.get(number);
            List<byte[]> all = new ArrayList<>(List.of(synced.get(number), now));
            if (now != synced.get(number)) {
                all.add(new byte[0]);
                all.add(java.util.Arrays.copyOf(now, now.length / 2));
            }
            return all;
        }
    }

    @Test
    void aCutAtAnyMomentLeavesTheOldContentOrTheNewOne() throws IOException {
        Model disk = new Model();
        DurableFiles.write(disk, FILE, "old key".getBytes(UTF_8), MODE);
        disk.found.clear();
        DurableFiles.write(disk, FILE, "new key".getBytes(UTF_8), MODE);
        assertThat(disk.found).containsExactly("new key", "old key");
    }

    @Test
    void aFileThatWasNotThereIsAbsentOrWhole() throws IOException {
        Model disk = new Model();
        DurableFiles.write(disk, FILE, "new key".getBytes(UTF_8), MODE);
        assertThat(disk.found).containsExactly("absent", "new key");
    }

    @Test
    void whatHasReturnedStays() throws IOException {
        Model disk = new Model();
        DurableFiles.write(disk, FILE, "old key".getBytes(UTF_8), MODE);
        DurableFiles.write(disk, FILE, "new key".getBytes(UTF_8), MODE);
        disk.found.clear();
        disk.look();
        assertThat(disk.found).containsExactly("new key");
    }

    @Test
    void whatIsMovedIsAbsentOrWholeAndStays() throws IOException {
        Model disk = new Model();
        Path part = Path.of("/d/key.part");
        disk.create(part, MODE);
        disk.write(part, "new key".getBytes(UTF_8));
        DurableFiles.move(disk, part, FILE);
        assertThat(disk.found).containsExactly("absent", "new key");
        disk.found.clear();
        disk.look();
        assertThat(disk.found).containsExactly("new key");
    }

    /// The model itself: a rename without a sync before it is what leaves empty keys behind.
    @Test
    void aRenameWithoutSyncsIsFoundOut() {
        Model disk = new Model();
        Path fresh = Path.of("/d/.key.new");
        disk.create(fresh, MODE);
        disk.write(fresh, "new key".getBytes(UTF_8));
        disk.rename(fresh, FILE);
        assertThat(disk.found).contains("", "absent");
    }

    @Test
    void theRealDiskDoesTheSame(@TempDir Path directory) throws IOException {
        Path file = directory.resolve("a/b/key");
        DurableFiles.directories(file.getParent(), "rwx------");
        DurableFiles.write(file, "one", "rw-------");
        DurableFiles.write(file, "two", "rw-r--r--");
        assertThat(file).hasContent("two");
        assertThat(Files.getPosixFilePermissions(file)).isEqualTo(PosixFilePermissions.fromString("rw-r--r--"));
        assertThat(Files.getPosixFilePermissions(file.getParent()))
                .isEqualTo(PosixFilePermissions.fromString("rwx------"));
        try (var files = Files.list(file.getParent())) {
            assertThat(files).containsExactly(file);
        }
    }
}
