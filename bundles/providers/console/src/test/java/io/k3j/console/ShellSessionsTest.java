package io.k3j.console;

import static org.assertj.core.api.Assertions.assertThat;

import io.k3j.componentapi.Health;
import io.k3j.componentapi.Shell;
import java.io.BufferedReader;
import java.io.IOException;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(120)
class ShellSessionsTest {
    @TempDir
    Path dir;

    private final List<String> ended = new CopyOnWriteArrayList<>();
    private final List<Runnable> ends = new CopyOnWriteArrayList<>();
    private final CountDownLatch hanging = new CountDownLatch(1);
    private final CountDownLatch interrupted = new CountDownLatch(1);
    private ConsoleSocket socket;

    /// Says what it was asked.
    private final class Echo implements Shell {
        @Override
        public Session begin(String user, Consumer<String> output, Consumer<String> complaints) {
            return new Session() {
                private int lines;

                @Override
                public int run(String line) {
                    lines++;
                    if (line.equals("hang")) {
                        hang();
                    }
                    (line.equals("fail") ? complaints : output).accept(lines + " " + line);
                    return line.equals("fail") ? 1 : 0;
                }

                @Override
                public void close() {
                    ended.add(user);
                }
            };
        }
    }

    private void hang() {
        hanging.countDown();
        try {
            new CountDownLatch(1).await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            interrupted.countDown();
        }
    }

    /// One connection.
    private final class Connection implements AutoCloseable {
        private final SocketChannel channel = SocketChannel.open(UnixDomainSocketAddress.of(path()));
        private final BufferedReader lines = new BufferedReader(
                Channels.newReader(channel, StandardCharsets.UTF_8));

        private Connection() throws IOException {
            // connected
        }

        private List<String> ask(String line) throws IOException {
            channel.write(ByteBuffer.wrap((line + "\n").getBytes(StandardCharsets.UTF_8)));
            List<String> answer = new ArrayList<>();
            for (String one = lines.readLine(); one != null; one = lines.readLine()) {
                answer.add(one);
                if (one.startsWith("=")) {
                    return answer;
                }
            }
            return answer;
        }

        @Override
        public void close() throws IOException {
            channel.close();
        }
    }

    @BeforeEach
    void open() throws IOException {
        Shell echo = new Echo();
        socket = ConsoleSocket.open(path(), new Commands(new TwoComponents(), (use, gone) -> {
            ends.add(gone);
            return OptionalInt.of(use.applyAsInt(echo));
        }), Health.none());
    }

    @AfterEach
    void close() {
        socket.close();
    }

    private Path path() {
        return dir.resolve("console.sock");
    }

    private List<String> ask(String line) throws IOException {
        try (Connection connection = new Connection()) {
            return connection.ask(line);
        }
    }

    @Test
    void theWordsAfterItAreOneCommand() throws IOException {
        assertThat(ask("component\tshell\tscr:info\tedge")).containsExactly("+1 scr:info edge", "=0");
        assertThat(ask("component\tshell\tfail")).containsExactly("!1 fail", "=1");
    }

    @Test
    void withoutWordsItIsASessionThatAnswersEachLine() throws IOException {
        try (Connection connection = new Connection()) {
            assertThat(connection.ask("component\tshell")).containsExactly("=0");
            assertThat(connection.ask("who = world")).containsExactly("+1 who = world", "=0");
            assertThat(connection.ask("fail")).containsExactly("!2 fail", "=1");
            connection.channel.shutdownOutput();
            assertThat(connection.lines.readLine()).isNull();
        }
        assertThat(ended).hasSize(1);
    }

    @Test
    void sessionsAreBoundedAndDoNotKeepCommandsWaiting() throws IOException {
        List<Connection> open = new ArrayList<>();
        for (int i = 0; i < ShellSessions.MAX_SESSIONS; i++) {
            Connection connection = new Connection();
            open.add(connection);
            assertThat(connection.ask("component\tshell")).containsExactly("=0");
        }
        assertThat(ask("component\tshell")).first().asString().contains("4 sessions of the shell are open");
        assertThat(ask("component\tls")).last().isEqualTo("=0");
        for (Connection connection : open) {
            connection.close();
        }
    }

    @Test
    void aSessionEndsWithTheConsole() throws IOException {
        try (Connection connection = new Connection()) {
            assertThat(connection.ask("component\tshell")).containsExactly("=0");
            socket.close();
            assertThat(connection.lines.readLine()).isNull();
        }
    }

    @Test
    void aSessionEndsWithTheShell() throws IOException {
        try (Connection connection = new Connection()) {
            assertThat(connection.ask("component\tshell")).containsExactly("=0");
            ends.forEach(Runnable::run);
            assertThat(connection.lines.readLine()).isNull();
        }
    }

    @Test
    void aCommandThatRunsEndsWithTheConsole() throws IOException, InterruptedException {
        try (Connection connection = new Connection()) {
            assertThat(connection.ask("component\tshell")).containsExactly("=0");
            connection.channel.write(ByteBuffer.wrap("hang\n".getBytes(StandardCharsets.UTF_8)));
            hanging.await();
            socket.close();
            interrupted.await();
        }
    }

    @Test
    void nobodyElseReachesTheShell() throws IOException {
        socket.close();
        Shell echo = new Echo();
        socket = ConsoleSocket.open(path(), new Commands(new TwoComponents(),
                (use, gone) -> OptionalInt.of(use.applyAsInt(echo))), Duration.ofSeconds(10), user -> false,
                Health.none());
        assertThat(ask("component\tshell\tfelix:lb")).containsExactly("!only root may use the console", "=1");
        assertThat(ended).isEmpty();
    }

    @Test
    void saysWhenThereIsNoShell() throws IOException {
        socket.close();
        socket = ConsoleSocket.open(path(), new Commands(new TwoComponents()), Health.none());
        assertThat(ask("component\tshell\tfelix:lb")).containsExactly(
                "!the component gogo does not run; see: k3s component status gogo", "=1");
    }
}
