package io.k3j.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.lang.System.Logger.Level;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

class ConfigWatchTest {
    @TempDir
    private Path directory;
    private Path config;
    private final List<String> told = new ArrayList<>();
    private final List<String> levels = new ArrayList<>();
    private final ConfigWatch.Effects effects = new ConfigWatch.Effects() {
        @Override
        public void levels(boolean debug, String verbosity, String perComponent) {
            levels.add(debug + " " + verbosity + " " + perComponent);
        }

        @Override
        public void tell(Level level, String message) {
            told.add(level + " " + message);
        }
    };

    @BeforeEach
    void configure() throws IOException {
        config = directory.resolve("config.yaml");
        write("token: secret-1\ndisable: [traefik]\n");
    }

    private void write(String text) throws IOException {
        Files.writeString(config, text);
    }

    private ConfigWatch watch(String command, String... arguments) {
        return new ConfigWatch(new ConfigWatch.Source(command, Flags.of(command), List.of(arguments),
                Map.of("K3S_CONFIG_FILE", config.toString())), effects);
    }

    private static void lookTwice(ConfigWatch watch) {
        watch.look();
        watch.look();
    }

    @Test
    void theLevelsOfTheLogCountAtOnce() throws IOException {
        ConfigWatch watch = watch("server");
        write("token: secret-1\ndisable: [traefik]\ndebug: true\nvmodule: kubelet=6\n");
        watch.look();
        assertThat(levels).as("the file may be being written").isEmpty();
        watch.look();
        assertThat(levels).containsExactly("true 0 kubelet=6");
        assertThat(told).containsExactly(
                "INFO Flag has changed, and counts from now on flag=--debug where=" + config + ":3",
                "INFO Flag has changed, and counts from now on flag=--vmodule where=" + config + ":4");
        write("token: secret-1\ndisable: [traefik]\n");
        lookTwice(watch);
        assertThat(levels).last().isEqualTo("false 0 ");
    }

    @Test
    void theLevelsOfComponentsStay() throws IOException {
        ConfigWatch watch = watch("server", "--kubelet-arg=v=4");
        write("token: secret-1\ndisable: [traefik]\ndebug: true\n");
        lookTwice(watch);
        assertThat(levels).containsExactly("true 0 kubelet=4");
    }

    @Test
    void everyOtherFlagIsToldOnceAndWithoutItsValue() throws IOException {
        ConfigWatch watch = watch("server");
        write("token: secret-2\ndisable: [traefik, servicelb]\n");
        lookTwice(watch);
        lookTwice(watch);
        assertThat(told).hasSize(2)
                .anyMatch(line -> line.equals("WARNING Flag has changed, which takes effect with the next start"
                        + " flag=--token where=" + config + ":1"))
                .anyMatch(line -> line.startsWith("WARNING Flag has changed, which takes effect with the next start"
                        + " flag=--disable where=" + config + ":2; on this server at once: k3s component"))
                .noneMatch(line -> line.contains("secret"));
        write("token: secret-1\n");
        lookTwice(watch);
        assertThat(told).hasSize(4)
                .anyMatch(line -> line.startsWith("INFO Flag is as at the start of this process again flag=--token"))
                .anyMatch(line -> line.endsWith("where=nowhere any more; on this server at once: k3s component enable"
                        + " or disable NAME, on all with --cluster (what servers agree on stays what each was started"
                        + " with)"));
    }

    @Test
    void aFileThatHasBecomeInvalidChangesNothingAndIsToldWithItsLine() throws IOException {
        ConfigWatch watch = watch("server");
        write("token: secret-1\ndisable: [traefik]\ndebug: perhaps\n");
        lookTwice(watch);
        assertThat(told).singleElement().asString()
                .startsWith("WARNING Configuration has become invalid, and changes nothing error=invalid value"
                        + " \"perhaps\" for flag --debug (" + config + ":3)");
        write("debug: true\ndisable: [\n");
        lookTwice(watch);
        assertThat(told).last().asString().contains("changes nothing error=configuration file " + config
                + " is not valid YAML: line ");
        assertThat(levels).isEmpty();
        write("token: secret-1\ndisable: [traefik]\ndebug: true\n");
        lookTwice(watch);
        assertThat(levels).containsExactly("true 0 ");
    }

    @Test
    void dropInsCountAsWellAndWhatWasTypedPrevails() throws IOException {
        ConfigWatch watch = watch("agent", "--debug=false");
        Files.createDirectory(directory.resolve("config.yaml.d"));
        Files.writeString(directory.resolve("config.yaml.d/more.yaml"), "debug: true\nv: 4\n");
        write("");
        lookTwice(watch);
        assertThat(levels).containsExactly("false 4 ");
        assertThat(told).anyMatch(line -> line.contains("flag=-v where=") && line.contains("more.yaml:2"))
                .noneMatch(line -> line.contains("--debug"));
    }

    /// Whoever opens a pipe waits until somebody writes to it.
    @Test
    @Timeout(value = 300, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
    void aPipeIsReadOnlyOnce() throws Exception {
        Path pipe = directory.resolve("pipe.yaml");
        assertThat(new ProcessBuilder("mkfifo", pipe.toString()).start().waitFor()).isZero();
        try (ConfigWatch.Watching _ = ConfigWatch.remember(new ConfigWatch.Source("server", Flags.of("server"),
                List.of("--config=" + pipe), Map.of()), effects).get()) {
            assertThat(told).isEmpty();
        }
    }

    @Test
    void aFileThatHasGoneOrIsNoneIsToldAndTakenUpWhenItIsBack() throws IOException {
        ConfigWatch watch = watch("server");
        Files.delete(config);
        lookTwice(watch);
        assertThat(told).singleElement().asString().contains("changes nothing error=", config + " does not exist");
        Files.createDirectory(config);
        lookTwice(watch);
        assertThat(told).hasSize(2).last().asString().contains("changes nothing error=cannot read");
        Files.delete(config);
        write("token: secret-1\ndisable: [traefik]\nv: \"6\"\n");
        lookTwice(watch);
        assertThat(levels).containsExactly("false 6 ");
    }

    @Test
    void aFileThatIsHostileChangesNothing() throws IOException {
        ConfigWatch watch = watch("server");
        Files.write(config, new byte[] {(byte) 0xff, (byte) 0xfe, 0});
        lookTwice(watch);
        write("a: ".repeat(1) + "[".repeat(200_000));
        lookTwice(watch);
        assertThat(told).hasSize(2).allMatch(line -> line.contains("changes nothing"));
        assertThat(levels).isEmpty();
    }

    @Test
    void aFileOfTheNetworkIsNotWatched() {
        // one that another test has closed may still be on its way out
        Set<Thread> before = Thread.getAllStackTraces().keySet();
        try (ConfigWatch.Watching _ = ConfigWatch.remember(new ConfigWatch.Source("server", Flags.of("server"),
                List.of("--config=http://127.0.0.1:1/none.yaml"), Map.of()), effects).get()) {
            assertThat(Thread.getAllStackTraces().keySet()).filteredOn(thread -> !before.contains(thread))
                    .extracting(Thread::getName).doesNotContain("config-watch");
        }
    }
}
