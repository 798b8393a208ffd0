package io.k3j.staticfiles;

import static org.assertj.core.api.Assertions.assertThat;

import io.k3j.testkitedge.FakeExchange;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// What `/static/` shows to anybody, and what it keeps to itself.
class StaticFilesTest {
    private static final String CHANGED = "Tue, 03 Nov 2026 10:20:30 GMT";

    @TempDir
    private Path server;
    private Path files;

    @BeforeEach
    void lay() throws IOException {
        files = server.resolve("static");
        Files.createDirectories(files.resolve("charts/empty"));
        Files.writeString(files.resolve("charts/a.yaml"), "0123456789");
        Files.setLastModifiedTime(files.resolve("charts/a.yaml"), FileTime.from(Instant.parse("2026-11-03T10:20:30Z")));
        Files.write(files.resolve("charts/b c.tgz"), new byte[] {0x1f, (byte) 0x8b, 8, 0});
        Files.writeString(server.resolve("token"), "secret");
    }

    private FakeExchange ask(FakeExchange exchange) throws IOException {
        new StaticFiles(files).serve(exchange);
        return exchange;
    }

    private FakeExchange get(String path) throws IOException {
        return ask(new FakeExchange("GET", path));
    }

    @Test
    void sendsAFile() throws IOException {
        FakeExchange answer = get("/static/charts/a.yaml");
        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.answer()).isEqualTo("0123456789");
        assertThat(answer.answered()).containsExactlyInAnyOrderEntriesOf(Map.of("content-type",
                "text/plain; charset=utf-8", "content-length", "10", "accept-ranges", "bytes", "last-modified",
                CHANGED));
        FakeExchange packed = get("/static/charts/b%20c.tgz");
        assertThat(packed.bytes()).containsExactly(0x1f, 0x8b, 8, 0);
        assertThat(packed.answered()).containsEntry("content-type", "application/x-gzip");
    }

    @Test
    void sendsAFileLargerThanAPieceAsItIs() throws IOException {
        byte[] large = "0123456789abcdef".repeat(20_000).getBytes(StandardCharsets.US_ASCII);
        Files.write(files.resolve("large.bin"), large);
        assertThat(get("/static/large.bin").bytes()).isEqualTo(large);
    }

    @Test
    void tellsTheLengthWithoutTheBody() throws IOException {
        FakeExchange answer = ask(new FakeExchange("HEAD", "/static/charts/a.yaml"));
        assertThat(answer.answered()).containsEntry("content-length", "10");
        assertThat(answer.bytes()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({"bytes=2-4,206,234", "bytes=7-,206,789", "bytes=-3,206,789", "bytes=5-99,206,56789",
            "bytes=-99,206,0123456789", "'bytes=0-1,3-4',200,0123456789", "bytes=10-,416,''", "bytes=4-2,416,''",
            "lines=1-2,416,''", "bytes=-,416,''", "bytes=-0,416,''", "bytes=99999999999999999999-,416,''"})
    void sendsThePartThatIsAskedFor(String range, int status, String text) throws IOException {
        FakeExchange answer = ask(new FakeExchange("GET", "/static/charts/a.yaml").with("range", range));
        assertThat(answer.status()).isEqualTo(status);
        assertThat(answer.answer()).isEqualTo(text);
        if (status == 206) {
            int from = Integer.parseInt(text.substring(0, 1));
            assertThat(answer.answered()).containsEntry("content-range",
                    "bytes " + from + "-" + (from + text.length() - 1) + "/10");
        }
    }

    @Test
    void sendsAnEmptyFileWhateverPartIsAskedFor() throws IOException {
        Files.createFile(files.resolve("empty"));
        assertThat(ask(new FakeExchange("GET", "/static/empty").with("range", "bytes=0-")).status()).isEqualTo(200);
    }

    @Test
    void sendsTheWholeWhenThePartIsOfAnOlderFile() throws IOException {
        FakeExchange answer = ask(new FakeExchange("GET", "/static/charts/a.yaml").with("range", "bytes=2-4")
                .with("if-range", "Mon, 02 Nov 2026 10:20:30 GMT"));
        assertThat(answer.answer()).isEqualTo("0123456789");
    }

    @Test
    void saysThatAFileHasNotChanged() throws IOException {
        FakeExchange same = ask(
                new FakeExchange("GET", "/static/charts/a.yaml").with("if-modified-since", CHANGED));
        assertThat(same.status()).isEqualTo(304);
        for (String other : new String[] {"Tue, 03 Nov 2026 10:20:29 GMT", "yesterday"}) {
            assertThat(ask(new FakeExchange("GET", "/static/charts/a.yaml").with("if-modified-since", other)).status())
                    .isEqualTo(200);
        }
    }

    @Test
    void listsADirectory() throws IOException {
        Files.writeString(files.resolve("charts/<&>"), "");
        Files.createSymbolicLink(files.resolve("charts/link"), server);
        FakeExchange answer = get("/static/charts/");
        assertThat(answer.answered()).containsEntry("content-type", "text/html; charset=utf-8");
        assertThat(answer.answer()).endsWith("""
                <pre>
                <a href="%3C%26%3E">&lt;&amp;&gt;</a>
                <a href="a.yaml">a.yaml</a>
                <a href="b%20c.tgz">b c.tgz</a>
                <a href="empty/">empty/</a>
                <a href="link">link</a>
                </pre>
                """);
        Files.writeString(files.resolve("charts/index.html"), "<p>mine");
        assertThat(get("/static/charts/").answer()).isEqualTo("<p>mine");
    }

    @ParameterizedTest
    @CsvSource({"/static/charts,charts/", "/static/charts?x=1,charts/?x=1", "/static/charts/a.yaml/,../a.yaml",
            "/static/charts/index.html,./"})
    void sendsTheClientToTheRightName(String path, String location) throws IOException {
        FakeExchange answer = get(path);
        assertThat(answer.status()).isEqualTo(301);
        assertThat(answer.answered()).containsEntry("location", location);
    }

    @ParameterizedTest
    @ValueSource(strings = {"/static/none", "/static/../token", "/static/charts/../../token", "/static/%2e%2e/token",
            "/static/..%2ftoken", "/static/%2e%2e%2f%2e%2e%2ftoken", "/static//../token", "/static/charts/%00",
            "/static/%zz", "/static/%", "/static/charts\\..\\..\\token", "/static/..;/token"})
    void showsNothingOutside(String path) throws IOException {
        FakeExchange answer = get(path);
        assertThat(answer.status()).isEqualTo(404);
        assertThat(answer.answer()).isEqualTo("404 page not found\n");
    }

    @Test
    void followsLinksThatStayInside() throws IOException {
        Files.createSymbolicLink(files.resolve("out"), server);
        Files.createSymbolicLink(files.resolve("token"), server.resolve("token"));
        Files.createSymbolicLink(files.resolve("charts/empty/index.html"), server.resolve("token"));
        Files.createSymbolicLink(files.resolve("latest"), Path.of("charts/a.yaml"));
        for (String path : new String[] {"out/token", "token", "out/", "out"}) {
            assertThat(get("/static/" + path).status()).as(path).isEqualTo(404);
        }
        assertThat(get("/static/latest").answer()).isEqualTo("0123456789");
        assertThat(get("/static/charts/empty/").status()).isEqualTo(200);
        assertThat(get("/static/charts/empty/").answer()).contains("<a href=\"index.html\">")
                .doesNotContain("secret");
    }

    @Test
    void worksBelowADirectoryThatIsItselfALink() throws IOException {
        Path moved = Files.move(files, server.resolve("disk"));
        Files.createSymbolicLink(files, moved);
        assertThat(get("/static/charts/a.yaml").answer()).isEqualTo("0123456789");
    }

    @Test
    void hasNothingWithoutADirectory() throws IOException {
        assertThat(ask(new FakeExchange("GET", "/static/charts/a.yaml")).status()).isEqualTo(200);
        files = server.resolve("nowhere");
        assertThat(get("/static/").status()).isEqualTo(404);
    }

    @Test
    void waitsForNoPipe() throws Exception {
        Path pipe = files.resolve("pipe");
        assertThat(new ProcessBuilder("mkfifo", pipe.toString()).start().waitFor()).isZero();
        assertThat(get("/static/pipe").status()).isEqualTo(404);
    }
}
