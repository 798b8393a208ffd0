package io.k3j.childprocess;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(120)
class CommandTest {
    @Test
    void aProgramReadsItsInputAndIsHeard() throws IOException {
        Command.Outcome outcome = shell(Duration.ofSeconds(30), "cat; yes complaint | head -c 200000 >&2; exit 3",
                "link\n");
        assertThat(outcome.code()).isEqualTo(3);
        assertThat(outcome.output()).isEqualTo("link\n");
        assertThat(outcome.complaint()).hasSize(200_000).startsWith("complaint\n");
    }

    @Test
    void aProgramThatHangsIsEndedWithItsChildren() throws Exception {
        String output = "";
        // it may be killed before it has said who its child is
        for (int seconds = 1; seconds < 60 && output.isEmpty(); seconds *= 2) {
            Command.Outcome outcome = shell(Duration.ofSeconds(seconds), "sleep 1000 & echo $!; wait", "");
            assertThat(outcome.code()).isEqualTo(-1);
            assertThat(outcome.complaint()).isEqualTo("no answer within " + seconds + " seconds");
            output = outcome.output();
        }
        ended(output);
    }

    @Test
    void aProgramThatReadsNothingIsNotWaitedFor() throws IOException {
        assertThat(shell(Duration.ofSeconds(30), "exit 0", "x".repeat(1 << 20)).code()).isZero();
    }

    @Test
    void nobodyWaitsForAProcessItLeftBehind() throws Exception {
        Command.Outcome outcome = shell(Duration.ofSeconds(30), "sleep 1000 & echo $!", "");
        assertThat(outcome.code()).isZero();
        assertThat(ProcessHandle.of(Long.parseLong(outcome.output().strip())).map(ProcessHandle::destroyForcibly))
                .contains(true);
    }

    @Test
    void aProgramThatSaysTooMuchFails() throws IOException {
        assertThat(shell(Duration.ofSeconds(60), "yes", "").code()).isNotZero();
    }

    @Test
    void aProgramThatIsNotThereIsNamed() {
        Command command = new Command(Duration.ofSeconds(30));
        assertThatExceptionOfType(IOException.class).isThrownBy(() -> command.run(List.of("/no/such"), ""))
                .withMessageContaining("/no/such");
    }

    @Test
    void aProgramReadsWhatTheOneBeforeItPrints(@TempDir Path dir) throws IOException {
        Path input = Files.writeString(dir.resolve("input"), "link");
        Command command = new Command(Duration.ofSeconds(30));
        assertThat(command.pipe(List.of(List.of("tr", "a-z", "A-Z"), List.of("cat")), input).output())
                .isEqualTo("LINK");
        Command.Outcome failed = command.pipe(
                List.of(List.of("sh", "-c", "echo no >&2; exit 4"), List.of("cat")), input);
        assertThat(failed.code()).isEqualTo(4);
        assertThat(failed.complaint()).isEqualTo("no\n");
    }

    @Test
    void programsThatHangAreEndedWithTheirChildrenWhereverTheyStand(@TempDir Path dir) throws Exception {
        Path input = Files.writeString(dir.resolve("input"), "");
        String output = "";
        for (int seconds = 1; seconds < 60 && output.isEmpty(); seconds *= 2) {
            Command.Outcome outcome = new Command(Duration.ofSeconds(seconds)).pipe(
                    List.of(List.of("sh", "-c", "sleep 1000 & echo $!; wait"), List.of("cat")), input);
            assertThat(outcome.code()).isEqualTo(Command.KILLED);
            output = outcome.output();
        }
        ended(output);
    }

    private static Command.Outcome shell(Duration limit, String script, String input) throws IOException {
        return new Command(limit).run(List.of("sh", "-c", script), input);
    }

    private static void ended(String pid) throws Exception {
        var child = ProcessHandle.of(Long.parseLong(pid.strip()));
        if (child.isPresent()) {
            child.get().onExit().get(60, TimeUnit.SECONDS);
        }
    }
}
