package io.k3j.swapitest;

import static org.assertj.core.api.Assertions.assertThat;

import io.k3j.testkitmachine.Machine;
import io.k3j.testkitprocess.Api;
import java.io.IOException;
import java.net.ConnectException;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReadWriteLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import java.util.function.LongConsumer;

/// Requests to a server from outside, about as many as a [Demand] says, over HTTP/2 connections that are kept: of ten
/// requests of a hand one is a create, three are updates, four gets, one a list and one the delete of what was created.
/// A request is sent again only where every client does so: when the connection was refused, or ended before the server
/// took the request (GOAWAY; the JDK's client does that by itself). Three of its connections are the admin's by client
/// certificate, the others a service account's by token, whose every request RBAC is asked about.
final class Load implements AutoCloseable {
    /// The namespaces its objects are spread over.
    static final int NAMESPACES = 5;
    private static final String BINDING = """
            {"metadata":{"name":"load"},"roleRef":{"apiGroup":"rbac.authorization.k8s.io","kind":"ClusterRole",\
            "name":"edit"},"subjects":[{"kind":"ServiceAccount","name":"load","namespace":"default"}]}""";
    private static final Duration LIMIT = Duration.ofSeconds(30);
    private static final int MIX = 10;
    private static final int TRIES = 20;
    private static final long PAUSE_MILLIS = 50;

    private static final int BY_TOKEN_FROM = 3;
    private static final String ACCOUNT = "/api/v1/namespaces/default/serviceaccounts";

    private final List<Api> apis = new ArrayList<>();
    private final List<Ledger> ledgers = new ArrayList<>();
    private final CountDownLatch over = new CountDownLatch(1);
    private final ReadWriteLock pauses = new ReentrantReadWriteLock(true);
    private final ExecutorService hands = Executors.newVirtualThreadPerTaskExecutor();
    private final String token;
    private final LongConsumer written;
    private final Demand demand;
    private volatile Figures figures = new Figures();

    /// One answer, or why there is none.
    private record Answer(int status, String body) {
    }

    /// Tells `written` the revision of each acknowledged create and update, on the thread of its hand.
    Load(Machine machine, Demand demand, LongConsumer written) throws IOException, InterruptedException {
        this.written = written;
        this.demand = demand;
        try (Api admin = machine.api()) {
            for (int n = 0; n < demand.namespaces(); n++) {
                apis.add(n < BY_TOKEN_FROM ? machine.api() : machine.anonymous());
                ledgers.add(new Ledger());
                post(admin, "/api/v1/namespaces", "{\"metadata\":{\"name\":\"" + namespace(n) + "\"}}");
            }
            post(admin, ACCOUNT, "{\"metadata\":{\"name\":\"load\"}}");
            post(admin, "/apis/rbac.authorization.k8s.io/v1/clusterrolebindings", BINDING);
            String answer = post(admin, ACCOUNT + "/load/token", "{\"spec\":{\"expirationSeconds\":7200}}");
            int from = answer.indexOf("\"token\":\"") + 9;
            token = answer.substring(from, answer.indexOf('"', from));
        }
    }

    private static String post(Api admin, String path, String body) throws IOException, InterruptedException {
        HttpResponse<String> response = admin.send("POST", path, "application/json",
                body.getBytes(StandardCharsets.UTF_8));
        assertThat(response.statusCode()).as(response.body()).isEqualTo(201);
        return response.body();
    }

    static String namespace(int number) {
        return "load-" + number;
    }

    static String path(int namespace) {
        return "/api/v1/namespaces/" + namespace(namespace) + "/configmaps";
    }

    void start() {
        for (int n = 0; n < demand.hands(); n++) {
            int hand = n;
            hands.submit(() -> work(hand));
        }
        if (demand.crowd() > 0) {
            hands.submit(this::entertain);
        }
    }

    Demand demand() {
        return demand;
    }

    /// What was acknowledged in a namespace.
    Ledger ledger(int namespace) {
        return ledgers.get(namespace);
    }

    /// Begins to count anew.
    Figures count() {
        Figures fresh = new Figures();
        figures = fresh;
        return fresh;
    }

    private void work(int hand) {
        int namespace = hand % NAMESPACES;
        try {
            long next = System.nanoTime() + hand * demand.period() / demand.hands();
            write(namespace, "POST", "", "o-" + hand, 0);
            for (int turn = 0; !over.await(next - System.nanoTime(), TimeUnit.NANOSECONDS); turn++) {
                one(hand, namespace, turn);
                next = Math.max(next + demand.period(), System.nanoTime() - demand.period());
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /// Changes what the crowd watches.
    private void entertain() {
        try {
            write(NAMESPACES, "POST", "", "seen", 0);
            for (int turn = 1; !over.await(demand.period(), TimeUnit.NANOSECONDS); turn++) {
                pauses.readLock().lock();
                try {
                    write(NAMESPACES, "PUT", "/seen", "seen", turn);
                } finally {
                    pauses.readLock().unlock();
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /// What is done while no request is under way.
    interface InPeace<T> {
        /// Does it.
        T done() throws IOException, InterruptedException;
    }

    /// Does something between the requests, of which none begins meanwhile.
    <T> T pausing(InPeace<T> what) throws IOException, InterruptedException {
        pauses.writeLock().lock();
        try {
            return what.done();
        } finally {
            pauses.writeLock().unlock();
        }
    }

    private void one(int hand, int namespace, int turn) throws InterruptedException {
        pauses.readLock().lock();
        try {
            request(hand, namespace, turn);
        } finally {
            pauses.readLock().unlock();
        }
    }

    private void request(int hand, int namespace, int turn) throws InterruptedException {
        String own = "o-" + hand;
        String made = "c-" + hand + "-" + turn / MIX;
        switch (turn % MIX) {
            case 0 -> write(namespace, "POST", "", made, turn);
            case 1, 4, 7 -> write(namespace, "PUT", "/" + own, own, turn);
            case 5 -> send(namespace, "GET", "?limit=50", "");
            case 9 -> {
                if (send(namespace, "DELETE", "/" + made, "").status == 200) {
                    ledgers.get(namespace).deleted().add(made);
                }
            }
            default -> send(namespace, "GET", "/" + own, "");
        }
    }

    private void write(int namespace, String method, String path, String name, int turn) throws InterruptedException {
        Answer answer = send(namespace, method, path,
                "{\"apiVersion\":\"v1\",\"kind\":\"ConfigMap\",\"metadata\":{\"name\":\""
                        + name + "\"},\"data\":{\"turn\":\"" + turn + "\",\"filler\":\"" + "x".repeat(200) + "\"}}");
        if (answer.status / 100 == 2) {
            long revision = Event.revision(answer.body);
            ledgers.get(namespace).revisions().add(revision);
            written.accept(revision);
        }
    }

    private Answer send(int namespace, String method, String path, String body) throws InterruptedException {
        Api api = apis.get(namespace);
        HttpRequest.Builder builder = HttpRequest.newBuilder(api.at(path(namespace) + path)).timeout(LIMIT)
                .header("Content-Type", "application/json")
                .method(method, body.isEmpty() ? BodyPublishers.noBody() : BodyPublishers.ofString(body));
        HttpRequest request = namespace < BY_TOKEN_FROM ? builder.build()
                : builder.header("Authorization", "Bearer " + token).build();
        Figures counted = figures;
        long from = System.nanoTime();
        for (int attempt = 1;; attempt++) {
            try {
                HttpResponse<String> response = api.client().send(request, BodyHandlers.ofString());
                if (response.statusCode() / 100 == 2) {
                    counted.done(!method.equals("GET"), from);
                } else {
                    counted.failed(method + " " + path + ": " + response.statusCode() + " " + response.body());
                }
                return new Answer(response.statusCode(), response.body());
            } catch (IOException e) {
                if (e instanceof ConnectException && attempt < TRIES && over.getCount() > 0) {
                    counted.retried();
                    over.await(PAUSE_MILLIS, TimeUnit.MILLISECONDS);
                } else {
                    counted.failed(
                            method + " " + path + " after " + (System.nanoTime() - from) / 1_000_000 + " ms: " + e);
                    return new Answer(0, "");
                }
            }
        }
    }

    @Override
    public void close() {
        over.countDown();
        hands.close();
        apis.forEach(Api::close);
    }
}
