package io.k3j.etcdsnapshots;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import com.sun.net.httpserver.HttpServer;
import io.k3j.model.Struct;
import io.k3j.testkitbase.Waiting;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.InstantSource;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// Against a server that answers what S3 should not.
@Timeout(120)
class S3ClientTest {
    @TempDir
    private Path directory;
    private HttpServer server;

    @BeforeEach
    void listen() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.start();
    }

    @AfterEach
    void close() {
        server.stop(0);
    }

    private S3Client client(String timeout) throws IOException {
        return new S3Client(S3Settings.of(Struct.of("endpoint", "127.0.0.1:" + server.getAddress().getPort(),
                "insecure", true, "bucket", "b", "timeout", timeout)), Map.of(), InstantSource.system());
    }

    @Test
    void aBodyThatStopsIsGivenUp() throws IOException, InterruptedException {
        server.createContext("/b", exchange -> {
            exchange.sendResponseHeaders(200, 1000);
            exchange.getResponseBody().write("<ListBucketResult>".getBytes(UTF_8));
            exchange.getResponseBody().flush();
        });
        try (S3Client client = client("500ms")) {
            // on a machine that is busy an answer may begin too late
            Waiting.until("an object that is given up in its middle",
                    () -> givenUp(() -> client.get("key", directory.resolve("file"))));
            Waiting.until("a list that is given up in its middle", () -> givenUp(() -> client.list("")));
        }
    }

    @Test
    void aProxyThatRefusesItsLoginIsTold() throws IOException {
        server.createContext("/", exchange -> {
            exchange.getResponseHeaders().set("Proxy-Authenticate", "Basic realm=\"proxy\"");
            exchange.sendResponseHeaders(407, -1);
            exchange.close();
        });
        String proxy = "127.0.0.1:" + server.getAddress().getPort();
        try (S3Client client = new S3Client(S3Settings.of(Struct.of("endpoint", "s3.example", "insecure", true,
                "bucket", "b", "proxy", "http://me:wrong@" + proxy)), Map.of(), InstantSource.system())) {
            assertThatThrownBy(client::check).isInstanceOf(IOException.class)
                    .hasMessage("cannot reach S3 at s3.example: proxy " + proxy + " refused the login (407)");
        }
    }

    private static boolean givenUp(ThrowingCallable question) {
        Throwable problem = catchThrowable(question);
        assertThat(problem).isInstanceOf(IOException.class).hasMessageContaining("S3 at 127.0.0.1");
        return problem.getMessage().contains("sent nothing for");
    }

    @Test
    void whatIsFetchedReplacesTheFileAndIsForRootOnly() throws IOException {
        server.createContext("/b", exchange -> {
            exchange.sendResponseHeaders(200, 3);
            exchange.getResponseBody().write("new".getBytes(UTF_8));
            exchange.close();
        });
        Path file = Files.writeString(directory.resolve("file"), "older, and longer");
        try (S3Client client = client("60s")) {
            assertThat(client.get("key", file)).contains(file);
        }
        assertThat(file).hasContent("new");
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file))).isEqualTo("rw-------");
    }

    @Test
    void aListWithoutAnEndIsRefusedRatherThanCut() throws IOException {
        AtomicInteger pages = new AtomicInteger();
        server.createContext("/b", exchange -> {
            byte[] page = ("<R><IsTruncated>true</IsTruncated><NextContinuationToken>" + pages.incrementAndGet()
                    + "</NextContinuationToken></R>").getBytes(UTF_8);
            exchange.sendResponseHeaders(200, page.length);
            exchange.getResponseBody().write(page);
            exchange.close();
        });
        try (S3Client client = client("30s")) {
            assertThatThrownBy(() -> client.list("f/")).isInstanceOf(IOException.class)
                    .hasMessageContaining("--etcd-s3-folder");
        }
    }
}
