package io.k3j.testkitprocess;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.k3j.testkitbase.Waiting;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// How tests start programs and end them.
class LaunchTest {
    private static final Duration LIMIT = Duration.ofSeconds(120);
    @TempDir
    private Path directory;

    private static Launch shell(String script) {
        return Launch.of("sh", "-c", script);
    }

    @Test
    void aCommandIsRunWithItsEnvironmentDirectoryAndInput() throws IOException, InterruptedException {
        Outcome outcome = shell("pwd; echo $ONE $TWO; cat; echo wrong >&2; exit 3").directory(directory)
                .environment("ONE", "1").environment(Map.of("TWO", "2")).input("read\n").run(LIMIT);
        assertThat(outcome).isEqualTo(new Outcome(3, directory + "\n1 2\nread\nwrong\n"));
    }

    @Test
    void aCommandThatMustSucceedFailsWithWhatItPrinted() {
        assertThatThrownBy(() -> shell("echo why; exit 3").text(LIMIT)).isInstanceOf(AssertionError.class)
                .hasMessage("sh -c echo why; exit 3\nended with 3\nwhy\n");
    }

    @Test
    void whatK3sWouldReadOfTheTestsEnvironmentCanBeLeftOut() throws IOException, InterruptedException {
        Launch launch = shell("env").environment("K3S_TOKEN", "t").environment("KUBECONFIG", "k")
                .environment("KEPT", "")
                .withoutK3sEnvironment();
        assertThat(launch.text(LIMIT)).contains("KEPT").doesNotContain("K3S_").doesNotContain("KUBECONFIG");
    }

    @Test
    void aCommandThatDoesNotEndFailsWithItsLastLinesAndIsKilledWithAllItHasStarted()
            throws IOException, InterruptedException {
        Path pid = directory.resolve("pid");
        String script = "seq 100; sleep 1000 & echo $! > " + pid + "; wait";
        int seconds = 1;
        AssertionError failure = outOfTime(script, seconds);
        // a slow machine does not come as far as it is to come in so short a time
        while (written(pid).isEmpty() && seconds < LIMIT.toSeconds()) {
            seconds *= 2;
            failure = outOfTime(script, seconds);
        }
        assertThat(failure).hasMessageStartingWith("sh -c seq 100;")
                .hasMessageContaining("has not ended after " + seconds + " s").hasMessageContaining("\n51\n")
                .hasMessageNotContaining("\n50\n").hasMessageEndingWith("\n100");
        ProcessHandle.of(Long.parseLong(written(pid))).ifPresent(LaunchTest::awaitEnd);
    }

    private static AssertionError outOfTime(String script, int seconds) {
        return catchThrowableOfType(AssertionError.class, () -> shell(script).run(Duration.ofSeconds(seconds)));
    }

    private static String written(Path file) throws IOException {
        return Files.exists(file) ? Files.readString(file).strip() : "";
    }

    @Test
    void closingEndsInOrderWhatListensToThat() throws IOException, InterruptedException {
        Path output = directory.resolve("output");
        ChildProcess process = shell("trap 'echo ended; exit 5' TERM; echo ready; while :; do sleep 0.01; done")
                .output(output).start();
        try (process) {
            until(process, "ready");
        }
        assertThat(process.code()).isEqualTo(5);
        assertThat(process.output()).isEqualTo("ready\nended\n");
    }

    @Test
    void closingKillsWhatDoesNotListen() throws IOException, InterruptedException {
        ChildProcess process = shell("trap '' TERM; sleep 1000 & echo ready; while :; do sleep 0.01; done")
                .output(directory.resolve("output")).gracePeriod(Duration.ofMillis(200)).start();
        List<ProcessHandle> started;
        try (process) {
            until(process, "ready");
            started = process.descendants().toList();
        }
        assertThat(process.code()).isEqualTo(128 + 9);
        assertThat(started).isNotEmpty();
        for (ProcessHandle one : started) {
            awaitEnd(one);
        }
    }

    @Test
    void outputOfALaterProgramIsAppendedAndWhatIsWrittenToOneIsRead() throws IOException, InterruptedException {
        Path output = directory.resolve("output");
        try (ChildProcess first = shell("echo first").output(output).start()) {
            assertThat(first.awaitEnd(LIMIT)).isZero();
        }
        try (ChildProcess second = shell("cat").appending(output).interactive().start()) {
            second.writer().write("second\n");
            second.writer().close();
            assertThat(second.awaitEnd(LIMIT)).isZero();
            assertThat(second.tail()).isEqualTo("first\nsecond");
        }
    }

    private static void awaitEnd(ProcessHandle process) {
        process.onExit().orTimeout(LIMIT.toSeconds(), TimeUnit.SECONDS).join();
    }

    private static void until(ChildProcess process, String text) throws InterruptedException {
        Waiting.until(text, process, () -> process.output().contains(text));
    }
}
