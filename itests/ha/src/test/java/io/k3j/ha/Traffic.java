package io.k3j.ha;

import io.k3j.codec.Json;
import io.k3j.model.Struct;
import io.k3j.testkitmachine.Api;
import java.io.IOException;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.random.RandomGenerator;

/// Clients that write and read ConfigMaps through different servers at once and keep a record of every call, also of
/// those whose outcome nobody told them.
final class Traffic implements AutoCloseable {
    private static final Duration PATIENCE = Duration.ofSeconds(6);
    private static final long PAUSE_MILLIS = 50;
    private static final String MAPS = "/api/v1/namespaces/default/configmaps";
    private static final int OK = 200;
    private static final int CREATED = 201;
    private static final int GATEWAY_TIMEOUT = 504;
    private static final int SERVER_ERROR = 500;
    private final List<Api> servers;
    private final int keys;
    private final Queue<Operation> history = new ConcurrentLinkedQueue<>();
    private final Refusals refusals = new Refusals();
    private final AtomicLong values = new AtomicLong();
    private final AtomicLong done = new AtomicLong();
    private final List<Thread> clients = new ArrayList<>();
    private final CountDownLatch over = new CountDownLatch(1);

    Traffic(List<Api> servers, int keys) {
        this.servers = servers;
        this.keys = keys;
    }

    /// Makes the ConfigMaps and lets clients begin, each at a server of its own.
    void begin(int count) throws IOException, InterruptedException {
        for (int k = 0; k < keys; k++) {
            write(servers.getFirst(), "POST", "k" + k);
        }
        for (int c = 0; c < count; c++) {
            Api server = servers.get(c % servers.size());
            clients.add(Thread.ofVirtual().name("ha-client-" + c).start(() -> work(server)));
        }
    }

    private void work(Api server) {
        RandomGenerator random = RandomGenerator.getDefault();
        try {
            while (over.getCount() > 0) {
                String key = "k" + random.nextInt(keys);
                boolean good = random.nextBoolean() ? write(server, "PUT", key) : read(server, key);
                if (!good) {
                    over.await(PAUSE_MILLIS, TimeUnit.MILLISECONDS);
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private boolean write(Api server, String method, String key) throws InterruptedException {
        String value = "v" + values.incrementAndGet();
        Struct map = Struct.of("apiVersion", "v1", "kind", "ConfigMap", "metadata", Struct.of("name", key), "data",
                Struct.of("v", value));
        HttpRequest request = HttpRequest.newBuilder(server.at(MAPS + (method.equals("PUT") ? "/" + key : "")))
                .timeout(PATIENCE).header("Content-Type", "application/json")
                .method(method, HttpRequest.BodyPublishers.ofByteArray(Json.bytes(map))).build();
        long begin = System.nanoTime();
        try {
            HttpResponse<byte[]> answer = server.client().send(request, HttpResponse.BodyHandlers.ofByteArray());
            long end = System.nanoTime();
            int code = answer.statusCode();
            if (code == OK || code == CREATED) {
                history.add(Operation.written(key, value, revision(Json.object(answer.body())), begin, end));
                done.incrementAndGet();
                return true;
            }
            refused(request, code, new String(answer.body(), StandardCharsets.UTF_8), begin);
            boolean unknown = code == GATEWAY_TIMEOUT || code == SERVER_ERROR;
            history.add(unknown ? Operation.lost(key, value, begin) : new Operation(key, Operation.Kind.WRITE, value, 0,
                    begin, end, Operation.Fate.REFUSED, false));
        } catch (IOException e) {
            refused(request, 0, e.toString(), begin);
            history.add(Operation.lost(key, value, begin));
        }
        return false;
    }

    private boolean read(Api server, String key) throws InterruptedException {
        HttpRequest request = HttpRequest.newBuilder(server.at(MAPS + "/" + key)).timeout(PATIENCE).build();
        long begin = System.nanoTime();
        try {
            HttpResponse<byte[]> answer = server.client().send(request, HttpResponse.BodyHandlers.ofByteArray());
            long end = System.nanoTime();
            if (answer.statusCode() == OK) {
                Struct map = Json.object(answer.body());
                boolean stale = answer.headers().allValues("warning").stream().anyMatch(w -> w.startsWith("299"));
                history.add(new Operation(key, Operation.Kind.READ, map.struct("data").text("v"), revision(map), begin,
                        end, Operation.Fate.DONE, stale));
                done.incrementAndGet();
                return true;
            }
            refused(request, answer.statusCode(), new String(answer.body(), StandardCharsets.UTF_8), begin);
        } catch (IOException e) {
            refused(request, 0, e.toString(), begin);
        }
        return false;
    }

    private void refused(HttpRequest request, int code, String text, long begin) {
        refusals.heard(new Refusals.Refusal(request.uri().getHost(), request.method(), code, text, begin,
                (System.nanoTime() - begin) / 1_000_000));
    }

    /// What calls that were not done heard.
    Refusals refusals() {
        return refusals;
    }

    private static long revision(Struct map) {
        return Long.parseLong(map.struct("metadata").text("resourceVersion"));
    }

    /// How many calls have been answered.
    long done() {
        return done.get();
    }

    /// How many calls that have ended since a moment were done with what is newest.
    long fresh(long since) {
        return history.stream().filter(o -> o.done() && !o.stale() && o.end() - since > 0).count();
    }

    /// The longest time in which no write was acknowledged by anybody since a moment, in milliseconds.
    long longestPause(long since) {
        long[] ends = history.stream().filter(o -> o.write() && o.done() && o.end() > since)
                .mapToLong(Operation::end).sorted().toArray();
        long last = since;
        long longest = 0;
        for (long end : ends) {
            longest = Math.max(longest, end - last);
            last = end;
        }
        return longest / 1_000_000;
    }

    /// Ends the clients and reads every key once more through every server.
    /// @return every call
    Collection<Operation> end() throws InterruptedException {
        over.countDown();
        for (Thread client : clients) {
            client.join();
        }
        for (Api server : servers) {
            for (int k = 0; k < keys; k++) {
                read(server, "k" + k);
            }
        }
        return history;
    }

    /// What the record holds, in a line.
    static String summary(Collection<Operation> history) {
        long unknown = history.stream().filter(o -> o.fate() == Operation.Fate.UNKNOWN).count();
        long refused = history.stream().filter(o -> o.fate() == Operation.Fate.REFUSED).count();
        long stale = history.stream().filter(Operation::stale).count();
        return history.size() + " operations, " + unknown + " of unknown outcome, " + refused + " refused, " + stale
                + " answers that said they were old";
    }

    /// The record as text, for a failed test to keep.
    static byte[] text(Collection<Operation> history) {
        StringBuilder all = new StringBuilder();
        history.forEach(o -> all.append(o).append('\n'));
        return all.toString().getBytes(StandardCharsets.UTF_8);
    }

    @Override
    public void close() {
        over.countDown();
        clients.forEach(Thread::interrupt);
    }
}
