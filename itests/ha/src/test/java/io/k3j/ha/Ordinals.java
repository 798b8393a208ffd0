package io.k3j.ha;

import static org.assertj.core.api.Assertions.assertThat;

import io.k3j.codec.Json;
import io.k3j.model.Struct;
import io.k3j.testkitmachine.Waiting;
import io.k3j.testkitprocess.Api;
import java.io.IOException;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;
import java.util.stream.Collectors;

/// Clients that know several servers, make numbered ConfigMaps, and read each again. What a server does not answer, or
/// answers with a fault of its own, is asked once more of the next server and not a third time. Somebody watches
/// meanwhile, at one server after the other.
final class Ordinals implements AutoCloseable {
    private static final String PREFIX = "ordinal-";
    private static final String MAPS = "/api/v1/namespaces/default/configmaps";
    private static final Duration PATIENCE = Duration.ofSeconds(10);
    private static final Duration LIMIT = Duration.ofSeconds(120);
    private static final long TURN_MILLIS = 200;
    private static final int CLIENTS = 6;
    private static final int ATTEMPTS = 2;
    private static final String MAKE = "POST";
    private static final int OK = 200;
    private static final int CREATED = 201;
    private static final int CONFLICT = 409;
    private final List<Api> servers;
    private final Watcher watcher;
    private final Queue<String> acknowledged = new ConcurrentLinkedQueue<>();
    private final Queue<String> failed = new ConcurrentLinkedQueue<>();
    private final AtomicLong repeated = new AtomicLong();
    private final List<Thread> clients = new ArrayList<>();
    private final CountDownLatch over = new CountDownLatch(1);

    /// What a server said.
    ///
    /// @param code 0: nothing
    private record Answer(int code, String text) {
    }

    private Ordinals(List<Api> servers, long after) {
        this.servers = servers;
        this.watcher = new Watcher("ordinals", servers, after);
    }

    /// Lets them begin, each at a server of its own.
    static Ordinals begin(List<Api> servers) throws IOException, InterruptedException {
        Ordinals ordinals = new Ordinals(servers, ClusterWorkload.revision(servers.getFirst()));
        for (int c = 0; c < CLIENTS; c++) {
            int client = c;
            ordinals.clients.add(Thread.ofVirtual().name("ha-ordinals-" + c).start(() -> ordinals.work(client)));
        }
        return ordinals;
    }

    private void work(int client) {
        int server = client;
        try {
            for (int n = 0; over.getCount() > 0; n++) {
                String name = PREFIX + client + "-" + n;
                server = call(server, MAKE, name);
                server = call(server, "GET", name);
                acknowledged.add(name);
                over.await(TURN_MILLIS, TimeUnit.MILLISECONDS);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /// @return the number of the server to go on with
    private int call(int at, String method, String name) throws InterruptedException {
        int server = at;
        List<String> heard = new ArrayList<>();
        for (int attempt = 1; attempt <= ATTEMPTS; attempt++) {
            Answer answer = method.equals(MAKE) ? ask(server, method, "", map(name))
                    : ask(server, method, "/" + name, HttpRequest.BodyPublishers.noBody());
            // a conflict can be with the first attempt only, which was carried out and whose answer was lost
            if (answer.code() == OK || answer.code() == CREATED || attempt > 1 && answer.code() == CONFLICT) {
                return server;
            }
            heard.add(answer.toString());
            repeated.incrementAndGet();
            server++;
        }
        failed.add(method + " of " + name + ": " + heard);
        return server;
    }

    private static HttpRequest.BodyPublisher map(String name) {
        Struct map = Struct.of("apiVersion", "v1", "kind", "ConfigMap", "metadata", Struct.of("name", name), "data",
                Struct.of("v", name));
        return HttpRequest.BodyPublishers.ofByteArray(Json.bytes(map));
    }

    private Answer ask(int number, String method, String path, HttpRequest.BodyPublisher body)
            throws InterruptedException {
        Api server = servers.get(number % servers.size());
        HttpRequest request = HttpRequest.newBuilder(server.at(MAPS + path)).timeout(PATIENCE)
                .header("Content-Type", Api.JSON).method(method, body).build();
        try {
            HttpResponse<String> got = server.client().send(request, HttpResponse.BodyHandlers.ofString());
            return new Answer(got.statusCode(), request.uri().getHost() + ": " + got.body());
        } catch (IOException away) {
            return new Answer(0, request.uri().getHost() + ": " + away);
        }
    }

    /// How many were made so far.
    int count() {
        return acknowledged.size();
    }

    /// What a second server did not answer either, so far.
    List<String> failed() {
        return List.copyOf(failed);
    }

    /// Ends the clients: nothing has failed twice, every server has all that was acknowledged, and the watch has told
    /// each once.
    void judge() throws IOException, InterruptedException {
        over.countDown();
        for (Thread client : clients) {
            client.join();
        }
        System.out.println("[ha] " + acknowledged.size() + " ordinals made and read, " + repeated
                + " requests asked of a second server");
        assertThat(failed).as("requests that a second server did not answer either").isEmpty();
        Map<String, Long> made = new TreeMap<>();
        for (Api server : servers) {
            Map<String, Long> there = there(server);
            assertThat(there.keySet()).as("ordinals at " + server.at("")).containsAll(acknowledged);
            made.putAll(there);
        }
        long last = made.values().stream().mapToLong(r -> r).max().orElseThrow();
        Waiting.until("last ordinal at the watcher", LIMIT, () -> watcher.heard() >= last, watcher::trouble);
        told(watcher.end(), made);
    }

    /// Name to the revision it was made at; nobody changes any.
    private static Map<String, Long> there(Api server) throws IOException, InterruptedException {
        Struct list = Json.object(server.get(MAPS, Api.JSON).body().getBytes(StandardCharsets.UTF_8));
        return list.seq("items").structs().stream().map(map -> map.struct("metadata"))
                .filter(metadata -> metadata.text("name").startsWith(PREFIX))
                .collect(Collectors.toMap(metadata -> metadata.text("name"),
                        metadata -> Long.parseLong(metadata.text("resourceVersion"))));
    }

    /// What a watcher has not heard it has seen in the list with which it began anew, as informers do.
    private static void told(List<Watched> lives, Map<String, Long> made) {
        Map<String, Long> times = lives.stream().flatMap(life -> life.events().stream())
                .map(Watched.Item.Event::key).filter(key -> key.startsWith(PREFIX))
                .collect(Collectors.groupingBy(Function.identity(), TreeMap::new, Collectors.counting()));
        assertThat(times.entrySet()).as("ordinals told, and how often").allMatch(told -> told.getValue() == 1);
        System.out.println("[ha] " + times.size() + " ordinals told by a watch that began anew " + (lives.size() - 1)
                + " times");
        assertThat(made.entrySet()).as("ordinals that the watch has left out").allMatch(
                each -> times.containsKey(each.getKey()) || listed(lives, each.getValue()));
    }

    private static boolean listed(List<Watched> lives, long revision) {
        for (int i = 1; i < lives.size(); i++) {
            if (lives.get(i - 1).last() < revision && revision <= lives.get(i).first()) {
                return true;
            }
        }
        return false;
    }

    @Override
    public void close() {
        over.countDown();
        clients.forEach(Thread::interrupt);
        watcher.close();
    }
}
