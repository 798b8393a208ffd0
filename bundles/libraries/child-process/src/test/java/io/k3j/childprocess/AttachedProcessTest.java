package io.k3j.childprocess;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AttachedProcessTest {
    private static final Map<String, String> PATH = Map.of("PATH", "/usr/bin:/bin");
    @TempDir
    private Path directory;

    private Command.Outcome sh(String script, AttachedProcess.Limits limits) throws IOException {
        return new AttachedProcess(directory, limits).run(List.of("sh", "-c", script), PATH, () -> true);
    }

    private static AttachedProcess.Limits within(int seconds) {
        return new AttachedProcess.Limits(Duration.ofSeconds(seconds), 64L << 20, 1L << 20, 64);
    }

    @Test
    void endsWithCodeAndTheEndOfBothOutputs() throws IOException {
        Command.Outcome outcome = sh("pwd; echo to the other >&2; exit 3", within(20));
        assertThat(outcome.code()).isEqualTo(3);
        assertThat(outcome.output()).isEqualTo(directory.toRealPath() + "\nto the other\n");
    }

    @Test
    void tellsTheBeginningAndTheEndOfALongOutput() throws IOException {
        Command.Outcome outcome = sh("echo first; head -c 100000 /dev/zero | tr '\\0' x; echo last", within(20));
        assertThat(outcome.output()).startsWith("first\n").endsWith("last\n").hasSizeLessThan(12_000);
    }

    @Test
    void isToldThatItsOwnerIsThere() throws IOException {
        assertThat(sh("head -c 2", within(20)).output()).isEqualTo("..");
    }

    @Test
    void endsWithItsCodeWhetherItListensOrNot() throws IOException {
        AtomicInteger asked = new AtomicInteger();
        Command.Outcome outcome = new AttachedProcess(directory, within(60)).run(
                List.of("sh", "-c", "exec <&-; until [ -e go ]; do sleep .05; done; exit 3"), PATH,
                () -> asked.incrementAndGet() < 3 || directory.resolve("go").toFile().mkdir() || asked.get() > 3);
        assertThat(outcome.code()).isEqualTo(3);
    }

    @Test
    void inheritsNoEnvironment() throws IOException {
        assertThat(sh("env | grep -vE '^(PATH|PWD|SHLVL|_|OLDPWD)=' || true", within(20)).output()).isEmpty();
    }

    @Test
    void isKilledWithItsChildrenWhenTimeIsUp() throws IOException {
        String output = "";
        // it may be killed before it has said who its child is
        for (int seconds = 1; seconds < 60 && output.isEmpty(); seconds *= 2) {
            Command.Outcome outcome = sh("sleep 600 & echo $!; wait", within(seconds));
            assertThat(outcome.code()).isEqualTo(Command.KILLED);
            assertThat(outcome.complaint()).isEqualTo("not done within " + seconds + " seconds");
            output = outcome.output();
        }
        long sleeper = Long.parseLong(output.strip());
        assertThat(ProcessRecord.of(sleeper, "x").alive()).isFalse();
    }

    @Test
    void isKilledWhenItIsNoLongerWanted() throws IOException {
        AtomicInteger asked = new AtomicInteger();
        Command.Outcome outcome = new AttachedProcess(directory, within(60)).run(List.of("sleep", "600"), PATH,
                () -> asked.incrementAndGet() < 3);
        assertThat(outcome.complaint()).isEqualTo("no longer wanted");
        assertThat(asked).hasValue(3);
    }

    @Test
    void cannotWriteALargeFile() throws IOException {
        Command.Outcome outcome = sh("head -c 9000000 /dev/zero > big", within(20));
        assertThat(outcome.code()).isNotZero();
        assertThat(Files.size(directory.resolve("big"))).isLessThanOrEqualTo(1L << 20);
    }

    @Test
    void isKilledWhenItsFilesAreTooManyBytesTogether() throws IOException {
        Command.Outcome outcome = sh("for i in 1 2 3 4; do head -c 900000 /dev/zero > f$i; done; sleep 600",
                within(60));
        assertThat(outcome.complaint()).isEqualTo("its files are larger than 1 MiB together");
    }

    @Test
    void cannotHaveMoreMemory() throws IOException {
        Command.Outcome outcome = sh("x=$(head -c 200000000 /dev/zero | tr '\\0' x); echo ${#x}", within(60));
        assertThat(outcome.output()).doesNotContain("200000000");
    }
}
