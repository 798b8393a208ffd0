package io.k3j.externaldatastore;

import static org.assertj.core.api.Assertions.assertThat;

import io.k3j.testkitdatabases.CuttingProxy;
import io.k3j.testkitdatabases.DatabaseServer;
import io.k3j.testkitdatabases.PostgresServer;
import io.k3j.testkitprocess.K3sProcess;
import io.k3j.testmachine.NeedsPackages;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A server whose database needs half a second for each answer.
@Tag("full")
@Tag("data")
@NeedsPackages("postgresql")
class SlowDatabaseItest {
    private static final Duration LIMIT = Duration.ofSeconds(90);
    private static final int AT_ONCE = 80;
    @TempDir
    Path directory;

    @Test
    void readsDoNotNoticeAndWritesAreBounded() throws Exception {
        try (DatabaseServer database = PostgresServer.started();
                CuttingProxy proxy = new CuttingProxy(database.port());
                K3sProcess server = K3sProcess.server(directory, "--disable-agent", "--bind-address", "127.0.0.1",
                        "--datastore-endpoint", database.endpoint(proxy.port(), "kubernetes"))) {
            server.awaitOutput("Component healthy component=apiserver", LIMIT);
            try (ConfigMaps api = new ConfigMaps(directory);
                    ExecutorService users = Executors.newVirtualThreadPerTaskExecutor()) {
                assertThat(api.create("before").statusCode()).isEqualTo(201);
                api.watch();
                int threads = threads(server);
                proxy.slow(Duration.ofMillis(500));
                server.await("a write at a slow database", LIMIT, () -> created(api, "alone"));
                List<Future<Timed>> writes = new ArrayList<>();
                for (int i = 0; i < 2 * AT_ONCE; i++) {
                    String name = "slow-" + i;
                    writes.add(users.submit(timed(() -> api.create(name))));
                    if (i == AT_ONCE) {
                        fast(api);
                    }
                }
                bounded(writes);
                assertThat(threads(server)).isLessThan(threads + 20);
                proxy.slow(Duration.ZERO);
                server.await("a write", LIMIT, () -> created(api, "after"));
                server.await("what the watch tells", LIMIT, () -> api.told("after"));
            }
        }
    }

    /// From memory, whatever the database does.
    private static void fast(ConfigMaps api) throws Exception {
        List<Long> millis = new ArrayList<>();
        for (int i = 0; i < 40; i++) {
            Timed read = timed(() -> api.list("?resourceVersion=0&limit=1")).call();
            assertThat(read.answer.statusCode()).isEqualTo(200);
            millis.add(read.millis);
        }
        Collections.sort(millis);
        System.out.println("reads: median " + millis.get(20) + " ms, slowest " + millis.getLast() + " ms");
        assertThat(millis.get(20)).as("%s", millis).isLessThan(100);
    }

    private static void bounded(List<Future<Timed>> writes) throws InterruptedException, ExecutionException {
        int taken = 0;
        long slowest = 0;
        for (Future<Timed> write : writes) {
            Timed done = write.get();
            assertThat(done.answer.statusCode()).as(done.answer.body()).isIn(201, 503, 504);
            taken += done.answer.statusCode() == 201 ? 1 : 0;
            slowest = Math.max(slowest, done.millis);
        }
        System.out.println("writes: " + taken + " of " + writes.size() + " taken, slowest " + slowest + " ms");
        assertThat(slowest).isLessThan(3_000);
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

    private static int threads(K3sProcess server) throws IOException {
        return Files.readAllLines(Path.of("/proc/" + server.pid() + "/status")).stream()
                .filter(line -> line.startsWith("Threads:"))
                .mapToInt(line -> Integer.parseInt(line.substring(8).strip())).sum();
    }

    private static Callable<Timed> timed(Callable<HttpResponse<String>> call) {
        return () -> {
            long start = System.nanoTime();
            HttpResponse<String> answer = call.call();
            return new Timed(answer, (System.nanoTime() - start) / 1_000_000);
        };
    }

    private record Timed(HttpResponse<String> answer, long millis) {
    }
}
