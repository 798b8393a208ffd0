package io.k3j.plugins;

import static org.assertj.core.api.Assertions.assertThat;

import io.k3j.featuremodel.FeatureProblem;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PluginDirectoryTest {
    @TempDir
    private Path dataDir;

    private final Plugged plugs = new Plugged();
    private Instant now = Instant.EPOCH;
    private PluginDirectory directory;

    /// Takes every file, and remembers.
    private static final class Plugged implements PluginDirectory.Plugs {
        private final TreeSet<String> files = new TreeSet<>();
        private String keys = "one";
        private boolean breaks;
        private int plugged;
        private final Map<String, String> told = new TreeMap<>();
        private final Set<String> ran = new TreeSet<>();
        private final List<String> retired = new ArrayList<>();
        private int tidied;
        private final Map<String, String> failing = new TreeMap<>();
        private final List<RuntimeException> unended = new ArrayList<>();

        @Override
        public void plug(Path file) {
            if (breaks) {
                throw new ArrayIndexOutOfBoundsException("no such place");
            }
            files.add(file.getFileName().toString());
            plugged++;
        }

        @Override
        public Object keys() {
            return keys;
        }

        @Override
        public Set<String> ran() {
            return new TreeSet<>(ran);
        }

        @Override
        public void retire(String file) {
            if (breaks) {
                throw new ArrayIndexOutOfBoundsException("no such place");
            }
            retired.add(file);
        }

        @Override
        public void tidy() {
            if (breaks) {
                throw new FeatureProblem("cannot tidy");
            }
            tidied++;
        }

        @Override
        public Map<String, String> stopFailing() {
            Map<String, String> stopped = Map.copyOf(failing);
            failing.clear();
            return stopped;
        }

        @Override
        public void unplug(String file) {
            if (!unended.isEmpty()) {
                throw unended.removeFirst();
            }
            files.remove(file);
        }

        @Override
        public void tell(String file, String reason) {
            told.put(file, reason);
        }
    }

    @BeforeEach
    void make() throws IOException {
        Files.createDirectory(dataDir.resolve("plugins"));
        directory = new PluginDirectory(dataDir, plugs, () -> now);
    }

    private void put(String name) throws IOException {
        Files.createFile(dataDir.resolve("plugins").resolve(name));
    }

    @Test
    void aFileIsPluggedInOnceTwoLooksHaveFoundItTheSame() throws Exception {
        put("a.jar");
        directory.look();
        assertThat(plugs.files).isEmpty();
        directory.look();
        assertThat(plugs.files).containsExactly("a.jar");
        Files.delete(dataDir.resolve("plugins/a.jar"));
        directory.look();
        assertThat(plugs.files).isEmpty();
    }

    @Test
    void whatHasNoRoomIsToldAndTakesNobodysPlace() throws Exception {
        for (int i = 0; i < PluginDirectory.MOST; i++) {
            put("p" + i + ".jar");
        }
        directory.lookFirst();
        put("a.jar");
        directory.look();
        directory.look();
        assertThat(plugs.files).hasSize(PluginDirectory.MOST).doesNotContain("a.jar");
        assertThat(plugs.told.get("*")).startsWith("1 of 65 files are not plugged in, for there is room for 64");
        assertThat(directory.refused()).singleElement().satisfies(f -> assertThat(f.name()).isEqualTo("plugins/*"));
        Files.delete(dataDir.resolve("plugins/p7.jar"));
        directory.look();
        directory.look();
        assertThat(plugs.files).hasSize(PluginDirectory.MOST).contains("a.jar");
        assertThat(directory.refused()).isEmpty();
    }

    @Test
    void otherKeysHaveAllFilesReadAgainOnceTwoLooksHaveFoundThemTheSame() throws Exception {
        put("a.jar");
        directory.lookFirst();
        directory.look();
        assertThat(plugs.plugged).isEqualTo(1);
        plugs.keys = "two";
        directory.look();
        assertThat(plugs.plugged).as("they may be being written").isEqualTo(1);
        directory.look();
        directory.look();
        assertThat(plugs.plugged).isEqualTo(2);
    }

    @Test
    void whatIsNotThereAtTheStartIsRetiredUnlessTheDirectoryCannotBeRead() throws Exception {
        plugs.ran.addAll(Set.of("a.jar", "b.jar", "c.jar"));
        put("a.jar");
        directory.lookFirst();
        directory.retireGone();
        assertThat(plugs.retired).containsExactly("b.jar", "c.jar");
        assertThat(plugs.tidied).isEqualTo(1);
        PluginDirectory away = new PluginDirectory(dataDir.resolve("away"), plugs, () -> now);
        away.lookFirst();
        away.retireGone();
        Files.setPosixFilePermissions(dataDir.resolve("plugins"), PosixFilePermissions.fromString("rwxrwxrwx"));
        PluginDirectory open = new PluginDirectory(dataDir, plugs, () -> now);
        open.lookFirst();
        open.retireGone();
        assertThat(plugs.retired).hasSize(2);
        assertThat(plugs.tidied).isEqualTo(1);
    }

    @Test
    void whatBreaksWhileItIsRetiredCostsItself() throws Exception {
        plugs.ran.addAll(Set.of("a.jar", "b.jar"));
        directory.lookFirst();
        plugs.breaks = true;
        directory.retireGone();
        assertThat(plugs.retired).isEmpty();
        plugs.breaks = false;
        directory.retireGone();
        assertThat(plugs.retired).as("it was left for another time").containsExactly("a.jar", "b.jar");
    }

    @Test
    void otherKeysCountAsSoonAsTheDirectoryCanBeReadAgain() throws Exception {
        put("a.jar");
        directory.lookFirst();
        Files.setPosixFilePermissions(dataDir.resolve("plugins"), PosixFilePermissions.fromString("rwxrwxrwx"));
        plugs.keys = "two";
        directory.look();
        directory.look();
        assertThat(plugs.plugged).isEqualTo(1);
        Files.setPosixFilePermissions(dataDir.resolve("plugins"), PosixFilePermissions.fromString("rwxr-xr-x"));
        directory.look();
        directory.look();
        assertThat(plugs.plugged).isEqualTo(2);
    }

    @Test
    void aFileThatIsBeingCopiedWhileKeysChangeIsReadAgain() throws Exception {
        put("a.jar");
        Path file = dataDir.resolve("plugins/a.jar");
        FileTime before = Files.getLastModifiedTime(file);
        directory.lookFirst();
        plugs.keys = "two";
        directory.look();
        Files.setLastModifiedTime(file, FileTime.fromMillis(0));
        directory.look();
        Files.setLastModifiedTime(file, before);
        directory.look();
        directory.look();
        assertThat(plugs.plugged).isEqualTo(2);
    }

    @Test
    void oneThatIsStoppedForWhatItDidRunsAgainWhenItsFileHasChanged() throws Exception {
        put("a.jar");
        directory.lookFirst();
        plugs.failing.put("a.jar", "it was stopped: it spins");
        directory.look();
        directory.look();
        assertThat(plugs.told.get("a.jar")).isEqualTo("it was stopped: it spins");
        assertThat(directory.refused()).singleElement().satisfies(f -> assertThat(f.state()).isEqualTo("FAILED"));
        assertThat(plugs.plugged).isEqualTo(1);
        Files.setLastModifiedTime(dataDir.resolve("plugins/a.jar"), FileTime.fromMillis(0));
        directory.look();
        directory.look();
        assertThat(plugs.plugged).isEqualTo(2);
        assertThat(directory.refused()).isEmpty();
    }

    @Test
    void whatDoesNotEndIsTakenOutByALaterLook() throws Exception {
        put("a.jar");
        put("b.jar");
        directory.lookFirst();
        Files.delete(dataDir.resolve("plugins/a.jar"));
        plugs.unended.add(new FeatureProblem("its bundle does not end"));
        plugs.unended.add(new ArrayIndexOutOfBoundsException("no such place"));
        directory.look();
        assertThat(plugs.files).containsExactly("a.jar", "b.jar");
        assertThat(plugs.told).containsEntry("a.jar", "its bundle does not end");
        assertThat(directory.refused()).singleElement().satisfies(f -> assertThat(f.name()).isEqualTo("plugins/a.jar"));
        directory.look();
        assertThat(plugs.told.get("a.jar")).contains("ArrayIndexOutOfBoundsException: no such place");
        directory.look();
        assertThat(plugs.files).containsExactly("b.jar");
        assertThat(plugs.told).containsEntry("a.jar", "");
        assertThat(directory.refused()).isEmpty();
    }

    @Test
    void aFileThatIsBackBeforeItWasTakenOutIsReadAgain() throws Exception {
        put("a.jar");
        Path file = dataDir.resolve("plugins/a.jar");
        directory.lookFirst();
        Path aside = Files.move(file, dataDir.resolve("a.jar"));
        plugs.unended.add(new FeatureProblem("its bundle does not end"));
        directory.look();
        Files.move(aside, file);
        directory.look();
        directory.look();
        assertThat(plugs.plugged).isEqualTo(2);
        assertThat(directory.refused()).isEmpty();
    }

    @Test
    void aRefusalSaysWhenTheFileWasReadLastAlsoForTheReasonOfBefore() throws Exception {
        plugs.breaks = true;
        put("a.jar");
        directory.lookFirst();
        assertThat(directory.refused().getFirst().bundles()).singleElement()
                .satisfies(bundle -> assertThat(bundle.since()).isEqualTo("1970-01-01T00:00:00Z"));
        now = now.plusSeconds(1);
        directory.look();
        assertThat(directory.refused().getFirst().bundles().getFirst().since()).isEqualTo("1970-01-01T00:00:00Z");
        Files.setLastModifiedTime(dataDir.resolve("plugins/a.jar"), FileTime.fromMillis(0));
        directory.look();
        directory.look();
        assertThat(directory.refused().getFirst().bundles().getFirst().since()).isEqualTo("1970-01-01T00:00:01Z");
    }

    @Test
    void aFileThatBreaksItsReaderCostsItself() throws Exception {
        put("a.jar");
        plugs.breaks = true;
        directory.lookFirst();
        assertThat(plugs.told.get("a.jar")).contains("ArrayIndexOutOfBoundsException: no such place");
        plugs.breaks = false;
        put("b.jar");
        directory.look();
        directory.look();
        assertThat(plugs.files).containsExactly("b.jar");
    }
}
