package io.k3j.externaldatastore;

import static org.assertj.core.api.Assertions.assertThat;

import io.k3j.testkitprocess.ChildProcess;
import io.k3j.testkitprocess.K3sProcess;
import io.k3j.testkitprocess.Launch;
import io.k3j.testmachine.NeedsPackages;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.Writer;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A server with SQLite whose file somebody holds in SQLite's own shell.
@NeedsPackages("sqlite3")
class HeldFileItest {
    private static final Duration LIMIT = Duration.ofSeconds(300);
    private static final Duration HELD = Duration.ofSeconds(2);
    /// In the log while the file is held for that long.
    private static final long LINES = 12;
    @TempDir
    Path directory;

    @Test
    void writesAreRefusedWithTheReasonReadsGoOnAndAllComesBackByItself() throws Exception {
        long most;
        try (K3sProcess server = K3sProcess.server(directory, "--disable-agent", "--bind-address", "127.0.0.1")) {
            server.awaitOutput("Component healthy component=apiserver", LIMIT);
            try (ConfigMaps api = new ConfigMaps(directory)) {
                assertThat(api.create("before").statusCode()).isEqualTo(201);
                api.watch();
                long begin = System.nanoTime();
                try (ChildProcess shell = Launch
                        .of("sqlite3", server.dataDir().resolve("server/db/state.db").toString()).interactive().start();
                        Writer words = shell.writer();
                        BufferedReader answers = shell.reader()) {
                    words.write(".timeout 10000\nBEGIN EXCLUSIVE;\nSELECT 'held';\n");
                    words.flush();
                    assertThat(answers.readLine()).isEqualTo("held");
                    held(api);
                }
                long back = System.nanoTime();
                most = Math.ceilDiv(LINES * Math.max(HELD.toNanos(), back - begin), HELD.toNanos());
                server.await("a write", LIMIT, () -> created(api, "after"));
                System.out.println("held file: written again after " + (System.nanoTime() - back) / 1_000_000 + " ms");
                server.await("what the watch tells", LIMIT, () -> api.told("after"));
                assertThat(api.ended()).isFalse();
            }
            long lines = server.output().lines().filter(line -> line.contains("another program holds")).count();
            assertThat(server.output()).contains("Commits are waiting for a lock").contains("Commits resumed");
            assertThat(lines).as(server::tail).isLessThan(most);
            assertThat(server.stop()).as(server::tail).isZero();
        }
    }

    private static void held(ConfigMaps api) throws IOException, InterruptedException {
        long begin = System.nanoTime();
        for (int i = 0; System.nanoTime() - begin < HELD.toNanos(); i++) {
            long start = System.nanoTime();
            HttpResponse<String> refused = api.create("held-" + i);
            long millis = (System.nanoTime() - start) / 1_000_000;
            assertThat(refused.statusCode()).isEqualTo(503);
            assertThat(refused.body()).contains("another program holds the database: close it");
            assertThat(millis).isLessThan(Boolean.getBoolean("k3j.full") ? 2_500 : 30_000);
            long read = System.nanoTime();
            assertThat(api.list("").body()).contains("\"name\":\"before\"");
            System.out.println("held file: 503 after " + millis + " ms, read in "
                    + (System.nanoTime() - read) / 1_000_000 + " ms");
        }
    }

    private static boolean created(ConfigMaps api, String name) {
        try {
            int code = api.create(name).statusCode();
            // of a write before, whose outcome nobody knew
            return code == 201 || code == 409;
        } catch (IOException e) {
            throw new IllegalStateException(e);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }
}
