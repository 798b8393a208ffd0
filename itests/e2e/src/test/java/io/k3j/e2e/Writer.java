package io.k3j.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.k3j.testkitmachine.Machine;
import io.k3j.testkitprocess.Api;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/// Creates ConfigMaps at about 500 per second as long as the server lets it, and remembers each the server
/// acknowledged.
final class Writer implements AutoCloseable {
    private static final int HANDS = 8;
    private static final long PAUSE_MILLIS = 12;
    private static final int CREATED = 201;

    private final Machine machine;
    private final Map<String, String> acknowledged = new ConcurrentHashMap<>();
    private final AtomicLong next = new AtomicLong();
    private long served;
    private long whileServed;
    private final CountDownLatch over = new CountDownLatch(1);
    private final ExecutorService hands = Executors.newVirtualThreadPerTaskExecutor();

    private Writer(Machine machine) {
        this.machine = machine;
    }

    static Writer on(Machine machine) {
        Writer writer = new Writer(machine);
        for (int i = 0; i < HANDS; i++) {
            writer.hands.submit(writer::write);
        }
        return writer;
    }

    /// How many so far.
    long acknowledged() {
        return acknowledged.size();
    }

    /// A time in which it can write begins or ends; for one thread.
    void served(boolean begins) {
        int sign = begins ? -1 : 1;
        served += sign * System.nanoTime();
        whileServed += sign * acknowledged();
    }

    /// How many it wrote per second of those times.
    long perSecond() {
        return whileServed * TimeUnit.SECONDS.toNanos(1) / Math.max(1, served);
    }

    /// Stops writing, and compares what was acknowledged with what is there: each with its revision, none twice.
    void check() throws IOException, InterruptedException {
        stop();
        Map<String, String> there = new HashMap<>();
        try (Api api = machine.api()) {
            String token = "";
            do {
                String page = api
                        .get("/api/v1/namespaces/default/configmaps?limit=5000&labelSelector=w&continue=" + token,
                                "application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1")
                        .body();
                String[] metadata = page.split("\"metadata\":\\{");
                for (int i = 2; i < metadata.length; i++) {
                    there.put(value(metadata[i], "name"), value(metadata[i], "resourceVersion"));
                }
                token = metadata[1].contains("\"continue\":\"") ? value(metadata[1], "continue") : "";
            } while (!token.isEmpty());
        }
        System.out.println(acknowledged.size() + " writes acknowledged, " + there.size() + " present");
        assertThat(there).containsAllEntriesOf(acknowledged);
        assertThat(there.values()).doesNotHaveDuplicates();
    }

    private void write() {
        while (true) {
            try (Api api = machine.api()) {
                while (!over.await(PAUSE_MILLIS, TimeUnit.MILLISECONDS)) {
                    create(api, "w-" + next.incrementAndGet());
                }
                return;
            } catch (IOException e) {
                if (over.getCount() == 0) {
                    return;
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return;
            }
        }
    }

    private void create(Api api, String name) throws IOException, InterruptedException {
        String body = "{\"apiVersion\":\"v1\",\"kind\":\"ConfigMap\",\"metadata\":{\"name\":\"" + name
                + "\",\"labels\":{\"w\":\"\"}},\"data\":{\"a\":\"" + "x".repeat(100) + "\"}}";
        HttpResponse<String> response = api.send("POST", "/api/v1/namespaces/default/configmaps", "application/json",
                body.getBytes(StandardCharsets.UTF_8));
        if (response.statusCode() == CREATED) {
            acknowledged.put(name, value(response.body(), "resourceVersion"));
        }
    }

    private static String value(String json, String field) {
        int from = json.indexOf("\"" + field + "\":\"") + field.length() + 4;
        return json.substring(from, json.indexOf('"', from));
    }

    private void stop() throws InterruptedException {
        over.countDown();
        hands.shutdown();
        assertThat(hands.awaitTermination(1, TimeUnit.MINUTES)).isTrue();
    }

    @Override
    public void close() {
        over.countDown();
        hands.shutdownNow();
    }
}
