package io.k3j.nodeshutdown;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;

import io.k3j.childprocess.Command;
import io.k3j.testkitbase.Waiting;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// What logind is asked, by a script in place of systemd's programs.
class ShutdownInhibitorTest {
    /// As `busctl` and `systemctl`, and as `systemd-inhibit`, which runs what it is given and tells of its end; where
    /// the file `gone` is, the input has ended, as that of one whose server was killed.
    private static final String PROGRAM = """
            #!/bin/sh
            d=$(dirname "$0")
            case "$1" in
            --what=shutdown) trap : TERM; shift 4; if [ -e "$d/gone" ]; then "$@" </dev/null; else "$@"; fi
                echo $? > "$d/ended" ;;
            --json=short) if [ -e "$d/announced" ]; then cat "$d/announced"; fi; exec tail -f /dev/null ;;
            get-property) cat "$d/$5" ;;
            kill) if [ -e "$d/raised" ]; then cp "$d/raised" "$d/InhibitDelayMaxUSec"; fi ;;
            esac
            """;
    /// How a shell tells of SIGTERM.
    private static final int TERMINATED = 128 + 15;
    @TempDir
    private Path logind;
    private ShutdownInhibitor inhibitor;

    @BeforeEach
    void prepare() throws IOException {
        Path program = write("program", PROGRAM);
        assertThat(program.toFile().setExecutable(true)).isTrue();
        List<String> line = List.of(program.toString());
        inhibitor = new ShutdownInhibitor(new ShutdownInhibitor.Programs(line, line, line),
                logind.resolve("conf.d/99-kubelet.conf"), new Command(Duration.ofSeconds(30)));
    }

    private Path write(String name, String text) throws IOException {
        return Files.writeString(logind.resolve(name), text);
    }

    @Test
    void logindIsToldToWaitAsLong() throws IOException {
        write("InhibitDelayMaxUSec", "t 5000000\n");
        write("raised", "t 20000000\n");
        inhibitor.allow(Duration.ofSeconds(20));
        assertThat(logind.resolve("conf.d/99-kubelet.conf")).content().endsWith("[Login]\nInhibitDelayMaxSec=20\n");
    }

    @Test
    void aLogindThatDoesNotIsTold() throws IOException {
        write("InhibitDelayMaxUSec", "t 5000000\n");
        assertThatIOException().isThrownBy(() -> inhibitor.allow(Duration.ofSeconds(20)))
                .withMessageStartingWith("node shutdown manager was unable to update logind InhibitDelayMaxSec to 20s "
                        + "(ShutdownGracePeriod), current value of InhibitDelayMaxSec (5s) is less than requested");
    }

    @Test
    void aLockThatIsNotHeldIsTold() {
        List<String> ends = List.of("true");
        assertThatIOException().isThrownBy(() -> new ShutdownInhibitor(
                new ShutdownInhibitor.Programs(ends, ends, ends), logind, new Command(Duration.ofSeconds(30)))
                .announced()).withMessageStartingWith("systemd-inhibit has ended before a shutdown; look at: ");
    }

    /// Nobody else would end the programs of a server that was killed by SIGKILL.
    @Test
    @Timeout(300)
    void theLockIsGoneWithTheProcessThatWantedIt() throws IOException {
        write("gone", "");
        assertThatIOException().isThrownBy(inhibitor::announced).withMessageStartingWith("systemd-inhibit has ended");
        assertThat(logind.resolve("ended")).hasContent(String.valueOf(TERMINATED));
    }

    @Test
    @Timeout(300)
    void theLockIsHeldUntilItIsReleased() throws Exception {
        write("announced", """
                {"interface": "org.freedesktop.login1.Manager", "member": "PrepareForShutdown",\
                 "payload": {"data": [true]}}
                """);
        assertThat(inhibitor.announced()).isTrue();
        assertThat(logind.resolve("ended")).doesNotExist();
        inhibitor.close();
        assertThat(inhibitor.announced()).isFalse();
        Path ended = logind.resolve("ended");
        Waiting.until("the end of what held it",
                () -> Files.readString(ended).strip().equals(String.valueOf(TERMINATED)));
    }

    @Test
    void aMachineWithoutSystemdIsTold() {
        List<String> none = List.of("/no/such/program");
        assertThatIOException().isThrownBy(() -> new ShutdownInhibitor(
                new ShutdownInhibitor.Programs(none, none, none), logind, new Command(Duration.ofSeconds(1)))
                .allow(Duration.ofSeconds(20)));
    }
}
