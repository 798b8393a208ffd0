package io.k3j.assembly;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/// Which release `bin/k3s` starts while another one is on trial; `java` only says whose it was to be.
@EnabledOnOs(OS.LINUX)
class TrialScriptTest {
    private static final Path DIST = Path.of("src/main/dist").toAbsolutePath();
    @TempDir
    Path directory;
    private Path library;

    @BeforeEach
    void trial() throws IOException {
        library = Files.createDirectory(directory.toRealPath().resolve("lib"));
        for (String release : List.of("release-a", "release-b")) {
            Trees.copy(DIST, Files.createDirectory(library.resolve(release)));
            assertThat(library.resolve(release + "/bin/k3s").toFile().setExecutable(true)).isTrue();
        }
        Path java = Files.writeString(directory.resolve("java"),
                "#!/bin/sh\nfor word in \"$@\"; do case $word in -Dk3j.home=*) echo \"${word##*/}\" ;; esac; done\n"
                        + "tr '\\036' ' ' < /proc/self/fd/9\n");
        assertThat(java.toFile().setExecutable(true)).isTrue();
        link("current", "release-a");
        link("trial.from", "release-a");
        link("trial", "release-b");
        Files.createSymbolicLink(directory.resolve("k3s"), library.resolve("current/bin/k3s"));
    }

    private void link(String name, String target) throws IOException {
        Files.createSymbolicLink(library.resolve(name), Path.of(target));
    }

    /// What was started, and what was said.
    private String k3s(String... words) throws IOException, InterruptedException {
        return run(directory.resolve("k3s"), words);
    }

    private String run(Path program, String... words) throws IOException, InterruptedException {
        List<String> line = new ArrayList<>(List.of(program.toString()));
        line.addAll(List.of(words));
        ProcessBuilder builder = new ProcessBuilder(line).redirectErrorStream(true);
        builder.environment().put("K3S_JAVA", directory.resolve("java").toString());
        Process process = builder.start();
        process.getOutputStream().close();
        String said = new String(process.getInputStream().readAllBytes());
        assertThat(process.waitFor(1, TimeUnit.MINUTES)).isTrue();
        return said.strip();
    }

    @Test
    void aReleaseOnTrialIsStartedTwiceAndThenTakenBack() throws Exception {
        assertThat(k3s("server", "--flag one")).startsWith("release-b").endsWith("--flag one");
        assertThat(k3s("agent")).isEqualTo("release-b");
        assertThat(k3s("server")).contains("release-b has ended 2 times while it was on trial, and is taken back")
                .endsWith("release-a");
        assertThat(library.toFile().list()).containsExactlyInAnyOrder("current", "release-a", "release-b");
        assertThat(k3s("server")).isEqualTo("release-a");
    }

    @Test
    void commandsAreThoseOfTheCurrentReleaseAndCountForNothing() throws Exception {
        assertThat(k3s("upgrade", "--rollback")).startsWith("release-a");
        assertThat(k3s("--version")).isEqualTo("release-a");
        assertThat(library.resolve("trial.starts")).doesNotExist();
    }

    @Test
    void aServerThatOnlySaysHowItIsUsedIsNoStart() throws Exception {
        for (int i = 0; i < 3; i++) {
            assertThat(k3s("server", "--help")).startsWith("release-a").endsWith("--help");
            assertThat(k3s("agent", "-h")).startsWith("release-a");
        }
        assertThat(library.resolve("trial.starts")).doesNotExist();
        assertThat(k3s("server")).isEqualTo("release-b");
    }

    @Test
    void aSecondServerBesideTheOneOnTrialNeitherCountsNorTakesItBack() throws Exception {
        assertThat(k3s("server")).isEqualTo("release-b");
        Process service = new ProcessBuilder("sh", "-c", "read -r _", "java",
                "-Dk3j.home=" + library.resolve("release-b")).start();
        try {
            for (int i = 0; i < 3; i++) {
                assertThat(k3s("server", "--data-dir=/other")).startsWith("release-b");
            }
            assertThat(Files.readAllLines(library.resolve("trial.starts"))).hasSize(1);
        } finally {
            service.destroyForcibly().waitFor();
        }
        assertThat(k3s("server")).isEqualTo("release-b");
        assertThat(k3s("server")).contains("is taken back").endsWith("release-a");
    }

    @Test
    void aResetOfTheClusterIsNoStartOfTheService() throws Exception {
        for (String reset : List.of("--cluster-reset", "--cluster-reset=true", "--cluster-reset")) {
            assertThat(k3s("server", reset)).startsWith("release-a");
        }
        assertThat(library.resolve("trial.starts")).doesNotExist();
    }

    @Test
    void linksOfOthersBesideAReleaseThatWasOnlyUnpackedDoNotCount() throws Exception {
        Path open = Files.createDirectory(library.resolveSibling("open"));
        for (String name : List.of("k3s-0.1.0", "release-a")) {
            Path home = Files.move(library.resolve(name.equals("release-a") ? name : "release-b"), open.resolve(name));
            Path theirs = Files.createDirectories(directory.toRealPath().resolve("theirs/bin"));
            Files.writeString(theirs.resolve("k3s"), "#!/bin/sh\necho theirs\n");
            assertThat(theirs.resolve("k3s").toFile().setExecutable(true)).isTrue();
            Path trial = open.resolve("release-c");
            Files.deleteIfExists(trial);
            Files.createSymbolicLink(trial, theirs.getParent());
            for (String link : List.of("current", "trial")) {
                Files.deleteIfExists(open.resolve(link));
                Files.createSymbolicLink(open.resolve(link), Path.of(link.equals("trial") ? "release-c" : name));
            }
            Files.setAttribute(open, "unix:mode", 01777);
            assertThat(run(home.resolve("bin/k3s"), "server")).isEqualTo(name);
        }
    }

    @Test
    void aReleaseThatHasPassedItsTrialIsStartedAsAnyOther() throws Exception {
        Files.move(library.resolve("trial"), library.resolve("current"),
                StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        for (int i = 0; i < 3; i++) {
            assertThat(k3s("server")).isEqualTo("release-b");
        }
    }

    @Test
    void aReleaseOnTrialThatIsNotThereIsTakenBack() throws Exception {
        Trees.delete(library.resolve("release-b"));
        assertThat(k3s("server")).contains("is taken back").endsWith("release-a");
        assertThat(library.resolve("trial")).doesNotExist();
        assertThat(Files.exists(library.resolve("trial"), LinkOption.NOFOLLOW_LINKS)).isFalse();
    }

    @Test
    void aReleaseThatIsStartedByItsOwnPathIsThatOne() throws Exception {
        assertThat(run(library.resolve("release-b/bin/k3s"), "server")).isEqualTo("release-b");
        assertThat(library.resolve("trial.starts")).doesNotExist();
        assertThat(k3s("server")).isEqualTo("release-b");
    }
}
