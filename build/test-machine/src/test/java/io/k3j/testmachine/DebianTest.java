package io.k3j.testmachine;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/// Runs the script with a `debootstrap` and a `chroot` of the test's own.
@EnabledOnOs(OS.LINUX)
class DebianTest {
    private static final String USUAL = "http://deb.debian.org/debian";
    @TempDir
    Path directory;

    @BeforeEach
    void machine() throws IOException {
        Files.createDirectories(directory.resolve("apt/sources.list.d"));
        fails(0);
        program("chroot", "case $* in *--download-only*) ;; *install*) : > $1/new;; esac");
    }

    @Test
    void itIsMadeOnceAndTellsWhatItsPackagesChange() throws Exception {
        LocalDate before = LocalDate.now();
        String made = debian();
        // midnight may have been between
        LocalDate day = made.endsWith("-" + before + "\n") ? before : LocalDate.now();
        assertThat(made).startsWith("0 " + directory.resolve(".cache/k3j/debian-bookworm-"))
                .endsWith("-" + day + "\n");
        Path tree = Path.of(made.substring(2).strip());
        assertThat(Files.readString(Path.of(tree + ".packages"))).isEqualTo("/new\n");
        assertThat(tree.resolve("etc")).isDirectory();
        assertThat(tree.resolve("new")).doesNotExist();
        assertThat(debian()).isEqualTo(made);
        assertThat(mirrors()).containsExactly(USUAL);
    }

    @Test
    void itIsTriedThreeTimesFromTheMachinesOwnMirrorAndAtLastFromTheUsual() throws Exception {
        Files.writeString(directory.resolve("apt/sources.list.d/debian.sources"), """
                Types: deb
                URIs: http://mirror.example/debian-security
                Suites: bookworm-security

                Types: deb
                URIs: http://mirror.example/debian/
                Suites: bookworm bookworm-updates
                """);
        fails(2);
        assertThat(debian()).startsWith("0 debian: not made from http://mirror.example/debian\n");
        assertThat(mirrors()).containsExactly("http://mirror.example/debian", "http://mirror.example/debian", USUAL);
    }

    @Test
    void linesOfSourcesAreReadAsWell() throws Exception {
        Files.writeString(directory.resolve("apt/sources.list"), """
                deb https://other.example/debian stable main
                deb [signed-by=/x.gpg] http://old.example/ftp/debian bookworm main
                """);
        assertThat(debian()).startsWith("0 ");
        assertThat(mirrors()).containsExactly("http://old.example/ftp/debian");
    }

    @Test
    void oneThatIsOldIsTakenWhereNoMirrorAnswers() throws Exception {
        Path made = Path.of(debian().substring(2).strip());
        Path old = ofDay(made, "2020-02-29");
        Files.move(made, old);
        fails(100);
        assertThat(debian()).startsWith("0 ").endsWith("\n" + old + "\n").contains("older than 7 days");
        assertThat(mirrors()).hasSize(4);
        assertThat(old).isDirectory();
        fails(0);
        LocalDate before = LocalDate.now();
        String again = debian();
        // midnight may have been between
        LocalDate day = again.endsWith("-" + before + "\n") ? before : LocalDate.now();
        assertThat(again).isEqualTo("0 " + ofDay(made, day.toString()) + "\n");
        assertThat(old).doesNotExist();
    }

    private static Path ofDay(Path tree, String day) {
        return tree.resolveSibling(tree.getFileName().toString().replaceAll("[-0-9]{10}$", day));
    }

    @Test
    void whereThereIsNoneItSaysSo() throws Exception {
        fails(100);
        assertThat(debian()).startsWith("1 ").endsWith("debian: there is none\n");
    }

    private List<String> mirrors() throws IOException {
        return Files.readAllLines(directory.resolve("said"));
    }

    /// The first tries fail.
    private void fails(int count) throws IOException {
        Path said = directory.resolve("said");
        program("debootstrap", "echo $4 >> " + said + "; [ $(wc -l < " + said + ") -gt " + count
                + " ] && mkdir -p $3/etc");
    }

    private void program(String name, String body) throws IOException {
        Path file = Files.createDirectories(directory.resolve("bin")).resolve(name);
        Files.writeString(file, "#!/bin/sh\n" + body + "\n");
        assertThat(file.toFile().setExecutable(true)).isTrue();
    }

    /// Its exit code and all it printed.
    private String debian() throws IOException, InterruptedException {
        ProcessBuilder builder = new ProcessBuilder("bash", Path.of("debian").toAbsolutePath().toString())
                .redirectErrorStream(true);
        builder.environment().remove("XDG_CACHE_HOME");
        builder.environment().putAll(Map.of("PATH", directory.resolve("bin") + ":/usr/bin:/bin", "HOME",
                directory.toString(), "K3J_APT", directory.resolve("apt").toString()));
        Process process = builder.start();
        String said = new String(process.getInputStream().readAllBytes());
        assertThat(process.waitFor(1, TimeUnit.MINUTES)).isTrue();
        return process.exitValue() + " " + said;
    }
}
