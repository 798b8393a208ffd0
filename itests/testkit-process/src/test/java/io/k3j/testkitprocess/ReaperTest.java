package io.k3j.testkitprocess;

import static org.assertj.core.api.Assertions.assertThat;

import io.k3j.testkitbase.Running;
import io.k3j.testkitbase.Waiting;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.Writer;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/// Nothing that a test starts outlives its JVM.
class ReaperTest {
    private static final Duration LIMIT = Waiting.LIMIT;
    /// Prints its own number and that of what it has started, and stays.
    private static final String FAMILY = "sh -c 'echo $$; exec sleep 1000' & echo $$; wait";

    /// A test that starts a program and is killed, or ends.
    static final class Killed {
        private Killed() {
        }

        public static void main(String[] arguments) throws IOException {
            ChildProcess program = Launch.of("sh", "-c", FAMILY).start();
            BufferedReader said = program.reader();
            System.out.println(said.readLine() + " " + said.readLine());
            int _ = System.in.read();
        }
    }

    private static ChildProcess killed() throws IOException {
        return Launch.of(Launch.jdk("java"), "-cp", System.getProperty("java.class.path"), Killed.class.getName())
                .interactive().errorsApart().start();
    }

    private static List<Long> told(ChildProcess test) throws IOException {
        return Stream.of(test.reader().readLine().split(" ")).map(Long::valueOf).toList();
    }

    /// Waits until a process has ended, whether somebody asks for its exit code or not.
    private static void gone(long pid) throws InterruptedException {
        Waiting.until("end of process " + pid, () -> !Running.process(pid));
    }

    @Test
    void whatAKilledTestHasStartedIsGoneWithAllItHasStarted() throws IOException, InterruptedException {
        try (ChildProcess test = killed()) {
            List<Long> family = told(test);
            assertThat(family).hasSize(2).allMatch(Running::process);
            test.kill();
            for (long one : family) {
                gone(one);
            }
        }
    }

    @Test
    void soItIsWhenTheJvmEnds() throws IOException, InterruptedException {
        try (ChildProcess test = killed()) {
            List<Long> family = told(test);
            test.writer().close();
            assertThat(test.awaitEnd(LIMIT)).isZero();
            for (long one : family) {
                gone(one);
            }
        }
    }

    @Test
    void anotherProcessWithTheSameNumberIsNotTouched() throws IOException, InterruptedException {
        try (ChildProcess old = Launch.of("sleep", "1000").start();
                ChildProcess ours = Launch.of("sleep", "1000")
                        .start()) {
            Process reaper = Reaper.shell();
            try (Writer told = reaper.outputWriter()) {
                told.write(old.pid() + " 1\n" + Reaper.line(ours.pid()) + "\n");
            }
            assertThat(reaper.waitFor(LIMIT.toSeconds(), TimeUnit.SECONDS)).isTrue();
            assertThat(ours.awaitEnd(LIMIT)).isEqualTo(128 + 9);
            assertThat(old.running()).isTrue();
        }
    }

    @Test
    void oneThatIsDismissedKillsNothing() throws IOException, InterruptedException {
        try (ChildProcess ours = Launch.of("sleep", "1000").start()) {
            Process reaper = Reaper.shell();
            try (Writer told = reaper.outputWriter()) {
                told.write(Reaper.line(ours.pid()) + "\nstay\n");
            }
            assertThat(reaper.waitFor(LIMIT.toSeconds(), TimeUnit.SECONDS)).isTrue();
            assertThat(ours.running()).isTrue();
        }
    }
}
