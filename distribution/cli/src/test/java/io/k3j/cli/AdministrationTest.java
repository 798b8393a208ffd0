package io.k3j.cli;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.k3j.pki.ClusterToken;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// The small commands around tokens and certificates.
class AdministrationTest {
    private static final Words.Form FORM = new Words.Form("use: x", Map.of("s", "server"), Set.of("server", "service"),
            Set.of("force"));

    @Test
    void makesTokensOfTheDocumentedForm() {
        assertThat(ClusterToken.isBootstrap(TokenCommand.random(new Random(1)))).isTrue();
    }

    @Test
    void readsDurationsAsGoWritesThem() {
        assertThat(TokenSecrets.ttl("24h")).isEqualTo(Duration.ofHours(24));
        assertThat(TokenSecrets.ttl("1h30m")).isEqualTo(Duration.ofMinutes(90));
        assertThat(TokenSecrets.ttl("0")).isZero();
        assertThatThrownBy(() -> TokenSecrets.ttl("a day")).hasMessageContaining("24h");
    }

    @Test
    void readsFlagsInEveryForm() {
        Words words = Words.of(List.of("-s", "https://a", "one", "--service=x,y", "--service", "z", "--force"), FORM);
        assertThat(words.text("server", "")).isEqualTo("https://a");
        assertThat(words.all("service")).containsExactly("x", "y", "z");
        assertThat(words.on("force")).isTrue();
        assertThat(words.plain()).containsExactly("one");
        assertThatThrownBy(() -> Words.of(List.of("--nonsense"), FORM)).hasMessageContaining("--nonsense")
                .hasMessageContaining("use: x");
        assertThatThrownBy(() -> Words.of(List.of("--server"), FORM)).hasMessageContaining("needs a value");
    }

    @Test
    void anAddressThatIsNoneIsNoConfiguration() {
        assertThatThrownBy(() -> ConfigFiles.read("http://a b", true)).isInstanceOf(UsageFailure.class)
                .hasMessageStartingWith("cannot fetch configuration http://a b: ");
    }

    @Test
    void aServerThatDoesNotAnswerIsNotWaitedForForever() throws Exception {
        try (ServerSocket silent = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            String url = "http://127.0.0.1:" + silent.getLocalPort() + "/config.yaml";
            assertThatThrownBy(() -> ConfigFiles.download(url, 50, 60_000)).isInstanceOf(UsageFailure.class)
                    .hasMessage("cannot fetch configuration " + url + ": nothing came for 0.05 s; is its server up?");
        }
    }

    @Test
    void aServerThatAnswersWithoutAnEndIsNotWaitedForForever() throws Exception {
        ServerSocket slow = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
        Thread server = Thread.ofVirtual().name("config-server").unstarted(() -> begin(slow));
        try (slow) {
            server.start();
            String url = "http://127.0.0.1:" + slow.getLocalPort() + "/config.yaml";
            assertThatThrownBy(() -> ConfigFiles.download(url, 300_000, 500)).isInstanceOf(UsageFailure.class)
                    .hasMessage("cannot fetch configuration " + url
                            + ": it was not complete after 0.5 s; is its server too slow?");
        }
        // also where it was not even begun in that time
        assertThat(server.join(Duration.ofMinutes(5))).as("the connection is closed").isTrue();
    }

    /// Begins to answer one request, and waits for the client to leave.
    private static void begin(ServerSocket server) {
        try (Socket client = server.accept()) {
            client.getOutputStream().write("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n#".getBytes(US_ASCII));
            client.getInputStream().transferTo(OutputStream.nullOutputStream());
        } catch (IOException gone) {
            // it has left
        }
    }

    @ParameterizedTest
    @CsvSource({"1048576, ''", "1048577, is larger than 1048576 bytes"})
    void aConfigurationIsFetchedWholeOrNotAtAll(int length, String refused) throws Exception {
        try (ServerSocket server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            Thread.ofVirtual().name("config-server").start(() -> answer(server, length));
            String url = "http://127.0.0.1:" + server.getLocalPort() + "/config.yaml";
            if (refused.isEmpty()) {
                assertThat(ConfigFiles.download(url, 60_000, 60_000)).hasSize(length);
            } else {
                assertThatThrownBy(() -> ConfigFiles.download(url, 60_000, 60_000)).isInstanceOf(UsageFailure.class)
                        .hasMessageStartingWith(url + " ").hasMessageContaining(refused);
            }
        }
    }

    /// Answers one request with that many bytes.
    private static void answer(ServerSocket server, int length) {
        try (Socket client = server.accept()) {
            BufferedReader in = new BufferedReader(new InputStreamReader(client.getInputStream(), US_ASCII));
            for (String line = in.readLine(); line != null && !line.isEmpty();) {
                line = in.readLine();
            }
            OutputStream out = client.getOutputStream();
            out.write(("HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: " + length + "\r\n\r\n")
                    .getBytes(US_ASCII));
            out.write("#".repeat(length).getBytes(US_ASCII));
            out.flush();
        } catch (IOException gone) {
            // it has what it wants
        }
    }

    @ParameterizedTest
    @CsvSource({"true, true", "True, true", "1, true", "false, false", "F, false"})
    void readsSwitchesAsGoDoes(String value, boolean on) {
        assertThat(Words.of(List.of("--force=" + value), FORM).on("force")).isEqualTo(on);
        assertThatThrownBy(() -> Words.of(List.of("--force=yes"), FORM).on("force"))
                .hasMessage("invalid value \"yes\" for flag --force: it must be true or false");
    }
}
