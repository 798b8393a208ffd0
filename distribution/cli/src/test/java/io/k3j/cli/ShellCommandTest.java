package io.k3j.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.BufferedReader;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(120)
class ShellCommandTest {
    @TempDir
    private Path data;
    private final List<String> asked = new CopyOnWriteArrayList<>();
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final ByteArrayOutputStream err = new ByteArrayOutputStream();
    private ServerSocketChannel server;

    /// A server that repeats each line, and finds fault with those that say so.
    @BeforeEach
    void listen() throws IOException {
        Files.createDirectory(data.resolve("bundles"));
        server = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
        server.bind(UnixDomainSocketAddress.of(data.resolve("bundles/console.sock")));
        Thread.ofVirtual().start(this::serve);
    }

    private void serve() {
        try (SocketChannel client = server.accept()) {
            BufferedReader lines = new BufferedReader(Channels.newReader(client, StandardCharsets.UTF_8));
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                asked.add(line);
                boolean bad = line.contains("bad");
                client.write(ByteBuffer.wrap(((bad ? "!" : "+") + line.replace('\t', ' ') + "\n=" + (bad ? 1 : 0)
                        + "\n").getBytes(StandardCharsets.UTF_8)));
            }
        } catch (ClosedChannelException overBeforeSomebodyCame) {
            // nobody is served any more
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @AfterEach
    void close() throws IOException {
        server.close();
    }

    private int run(String input, String... arguments) {
        List<String> all = new ArrayList<>(List.of("--data-dir", data.toString()));
        all.addAll(List.of(arguments));
        Host host = new Host("n", true, "/root", List.of(), List.of(), Instant.EPOCH, Map.of(), data, line -> {
            throw new IOException("no such program");
        });
        return ShellCommand.run(all, host,
                new ShellCommand.Terminal(new ByteArrayInputStream(input.getBytes(StandardCharsets.UTF_8)),
                        new PrintStream(out, true, StandardCharsets.UTF_8),
                        new PrintStream(err, true, StandardCharsets.UTF_8)));
    }

    @Test
    void isMeantByItsWordWhereverTheDataDirectoryStands() {
        assertThat(ShellCommand.means(List.of("shell"))).isTrue();
        assertThat(ShellCommand.means(List.of("--data-dir", "/d", "shell", "felix:lb"))).isTrue();
        assertThat(ShellCommand.means(List.of("--data-dir=/d", "ls"))).isFalse();
        assertThat(ShellCommand.means(List.of("status", "shell"))).isFalse();
        assertThat(ShellCommand.means(List.of())).isFalse();
    }

    @Test
    void sendsTheWordsAsOneCommandWithWhateverTheyLookLike() {
        assertThat(run("not read\n", "shell", "--", "acme:open", "--data-dir", "/elsewhere")).isZero();
        assertThat(asked).containsExactly("component\tshell\tacme:open --data-dir /elsewhere");
        assertThat(out.toString(StandardCharsets.UTF_8))
                .isEqualTo("component shell acme:open --data-dir /elsewhere" + System.lineSeparator());
    }

    @Test
    void aCommandsExitCodeIsItsOwn() {
        assertThat(run("", "shell", "acme:bad")).isEqualTo(1);
        assertThat(err.toString(StandardCharsets.UTF_8)).startsWith("k3s: component shell acme:bad");
    }

    @Test
    void eachLineOfTheInputIsACommandOfOneSession() {
        assertThat(run("one\n\nbad two\nthree\n", "shell")).isZero();
        assertThat(asked).containsExactly("component\tshell", "one", "bad two", "three");
        assertThat(err.toString(StandardCharsets.UTF_8)).contains("k3s: bad two");
    }

    @Test
    void aSessionsExitCodeIsThatOfItsLastCommand() {
        assertThat(run("one\nbad two", "shell")).isEqualTo(1);
    }

    @Test
    void refusesWhatIsNoLineBeforeItIsSent() {
        assertThatThrownBy(() -> run("", "shell", "one\ntwo")).isInstanceOf(UsageFailure.class)
                .hasMessageContaining("a command is one line");
        assertThatThrownBy(() -> run("", "shell", "x".repeat(8001))).isInstanceOf(UsageFailure.class)
                .hasMessageContaining("8000 characters at most");
        assertThat(asked).isEmpty();
    }

    @Test
    void saysWhenThereIsNoServer() throws IOException {
        server.close();
        Files.delete(data.resolve("bundles/console.sock"));
        assertThatThrownBy(() -> run("", "shell", "felix:lb")).isInstanceOf(UsageFailure.class)
                .hasMessageContaining("is k3s server running here, and are you root?");
    }
}
