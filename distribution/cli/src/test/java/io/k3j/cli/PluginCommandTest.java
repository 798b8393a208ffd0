package io.k3j.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.List;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PluginCommandTest {
    private final ByteArrayOutputStream told = new ByteArrayOutputStream();
    @TempDir
    private Path home;
    private Path put;
    private PluginCommand command;
    private Instant now = Instant.parse("2026-01-01T00:00:00Z");
    private UnaryOperator<List<String>> answers = question -> List.of();

    @BeforeEach
    void begin() throws IOException {
        Files.createDirectory(home.resolve("data"));
        put = home.resolve("data/plugins/acme-labels.jar");
        command = new PluginCommand(home.resolve("acme-labels"), home.resolve("data/plugins"),
                new PrintStream(told, true, StandardCharsets.UTF_8), question -> answers.apply(List.of(question)),
                () -> now);
    }

    private String last() {
        return told.toString(StandardCharsets.UTF_8).lines().toList().getLast();
    }

    private void build(String name, String content, int second) throws IOException {
        Path jar = Files.createDirectories(home.resolve("acme-labels/target")).resolve(name);
        Files.writeString(jar, content);
        Files.setLastModifiedTime(jar, FileTime.fromMillis(second * 1000L));
    }

    private void look() throws IOException {
        command.look();
        command.look();
    }

    @Test
    void eachBuildTakesThePlaceOfTheOneBefore() throws IOException {
        look();
        assertThat(put).doesNotExist();
        build("acme-labels-1.0.0.jar", "first", 1);
        build("acme-labels-1.0.0-sources.jar", "sources", 9);
        look();
        assertThat(put).hasContent("first");
        assertThat(Files.getPosixFilePermissions(put)).isEqualTo(PosixFilePermissions.fromString("rw-r--r--"));
        build("acme-labels-1.1.0.jar", "second", 2);
        look();
        look();
        assertThat(put).hasContent("second");
        assertThat(told.toString(StandardCharsets.UTF_8).lines()).hasSize(2);
    }

    @Test
    void tellsThatItRunsOnceTheServerHasTheseBytesAndTheyAreWell() throws IOException {
        build("acme-labels-1.0.0.jar", "first", 1);
        look();
        assertThat(last()).startsWith("put ");
        // the SHA-256 of "first" begins so
        String row = "com.acme.labels   1.0.0+a7937b64b8ca   ACTIVE   %s   REPLACE   2026-01-01T00:00:01Z";
        answers = question -> question.equals(List.of("ls")) ? List.of(row.formatted("STARTING")) : List.of();
        command.look();
        assertThat(last()).startsWith("put ");
        answers = question -> question.equals(List.of("ls")) ? List.of(row.formatted("OK")) : List.of();
        command.look();
        command.look();
        assertThat(last()).isEqualTo("  runs: com.acme.labels 1.0.0+a7937b64b8ca");
        assertThat(told.toString(StandardCharsets.UTF_8).lines()).hasSize(2);
    }

    @Test
    void tellsWhyItDoesNotRunAndNotWhyTheOneBeforeDidNot() throws IOException {
        answers = refusal("2025-12-31T23:59:59Z");
        build("acme-labels-1.0.0.jar", "first", 1);
        look();
        assertThat(last()).startsWith("put ");
        answers = refusal("2026-01-01T00:00:01Z");
        command.look();
        assertThat(told.toString(StandardCharsets.UTF_8)).endsWith("  does not run: it lacks a package\n  build it\n");
    }

    private static UnaryOperator<List<String>> refusal(String since) {
        return question -> question.equals(List.of("component", "status", "plugins/acme-labels.jar"))
                ? List.of("name       plugins/acme-labels.jar", "state      FAILED",
                        "bundle     plugins/acme-labels.jar  FAILED STOPPED since " + since,
                        "message    it lacks a package", "message    build it")
                : List.of();
    }

    @Test
    void tellsThatNobodyAnswersAndThatItTakesTooLong() throws IOException {
        build("acme-labels-1.0.0.jar", "first", 1);
        look();
        now = now.plus(PluginOutcome.LIMIT);
        command.look();
        assertThat(last()).isEqualTo("  is not healthy after 70 s; see: k3s component ls");
        answers = question -> {
            throw new UsageFailure("cannot reach the server");
        };
        build("acme-labels-1.0.1.jar", "second", 2);
        look();
        assertThat(last())
                .isEqualTo("  no server answers; acme-labels.jar is plugged in when one is started");
    }

    @Test
    void aLinkIsNoPluginAndABuildMayTakeEverythingAway() throws IOException {
        Path secret = Files.writeString(home.resolve("secret"), "of root");
        Path target = Files.createDirectories(home.resolve("acme-labels/target"));
        Files.createSymbolicLink(target.resolve("acme-labels-1.0.0.jar"), secret);
        look();
        assertThat(put).doesNotExist();
        Files.delete(target.resolve("acme-labels-1.0.0.jar"));
        Files.delete(target);
        look();
        build("acme-labels-1.0.0.jar", "first", 1);
        look();
        assertThat(put).hasContent("first");
        assertThat(Files.getPosixFilePermissions(put.getParent()))
                .isEqualTo(PosixFilePermissions.fromString("rwxr-xr-x"));
    }

    @Test
    void aDataDirectoryThatIsNotThereIsNotMade() throws IOException {
        Files.delete(home.resolve("data"));
        build("acme-labels-1.0.0.jar", "first", 1);
        assertThatThrownBy(this::look).isInstanceOf(NoSuchFileException.class)
                .hasMessageContaining("no server has run there");
        assertThat(home.resolve("data")).doesNotExist();
    }

    @Test
    void aJarThatIsBeingWrittenIsWaitedFor() throws IOException {
        build("acme-labels-1.0.0.jar", "ha", 1);
        command.look();
        build("acme-labels-1.0.0.jar", "half", 2);
        command.look();
        assertThat(put).doesNotExist();
        command.look();
        assertThat(put).hasContent("half");
    }
}
