package io.k3j.ha;

import io.k3j.codec.Json;
import io.k3j.model.Seq;
import io.k3j.model.Struct;
import io.k3j.testkitprocess.Api;
import java.io.IOException;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;

/// Calls on the ConfigMaps of one server; each is recorded with what it learnt. Every second key is held by a finalizer
/// and goes in two steps.
final class Calls {
    /// What keeps an object until it is taken off.
    static final String FINALIZER = "k3j.io/held";
    private static final Duration PATIENCE = Duration.ofSeconds(6);
    private static final String MAPS = "/api/v1/namespaces/default/configmaps";
    private static final String JSON = "application/json";
    private static final String MERGE = "application/merge-patch+json";
    private static final int NOT_FOUND = 404;
    private static final int CONFLICT = 409;
    private static final Set<Integer> UNKNOWN = Set.of(0, 500, 504);
    private static final Set<Integer> DONE = Set.of(200, 201);
    private final Api server;
    private final Queue<Operation> history;
    private final Refusals refusals;
    private final AtomicLong values;

    /// @param values the last value that was given to anything, for all clients
    Calls(Api server, Queue<Operation> history, Refusals refusals, AtomicLong values) {
        this.server = server;
        this.history = history;
        this.refusals = refusals;
        this.values = values;
    }

    /// What a call heard.
    ///
    /// @param code 0 when there was no answer
    private record Answer(int code, byte[] body, boolean stale, long begin, long end) {
        boolean done() {
            return DONE.contains(code);
        }

        /// Whether a server in order may answer so.
        boolean usual() {
            return done() || code == NOT_FOUND || code == CONFLICT;
        }

        Operation.Fate fate() {
            return done() ? Operation.Fate.DONE : UNKNOWN.contains(code) ? Operation.Fate.UNKNOWN
                    : Operation.Fate.REFUSED;
        }

        Struct object() {
            return Json.object(body);
        }
    }

    /// Makes it.
    /// @return whether the server answered as servers in order do; so do all
    boolean create(String key) throws InterruptedException {
        return write(Operation.Kind.CREATE, "POST", key, 0);
    }

    /// Gives it a value whatever it has; makes it when it is not there.
    boolean put(String key) throws InterruptedException {
        return write(Operation.Kind.WRITE, "PUT", key, 0);
    }

    /// Reads it and gives it another value if nobody else has meanwhile.
    boolean replace(String key) throws InterruptedException {
        Answer before = send("GET", "/" + key, JSON, Struct.EMPTY);
        read(key, before);
        return before.done() ? write(Operation.Kind.WRITE, "PUT", key, revision(before.object())) : before.usual();
    }

    private boolean write(Operation.Kind kind, String method, String key, long at) throws InterruptedException {
        String value = "v" + values.incrementAndGet();
        Answer answer = send(method, kind == Operation.Kind.CREATE ? "" : "/" + key, JSON, map(key, value, at));
        boolean done = answer.done();
        history.add(new Operation(key, kind, value, done ? revision(answer.object()) : 0, at, answer.begin(),
                answer.fate() == Operation.Fate.UNKNOWN ? Long.MAX_VALUE : answer.end(), answer.fate(), false));
        if (kind == Operation.Kind.WRITE && answer.code() == NOT_FOUND) {
            read(key, answer);
            return create(key);
        }
        return answer.usual();
    }

    private static Struct map(String key, String value, long at) {
        Struct metadata = Struct.of("name", key);
        if (at != 0) {
            metadata = metadata.with("resourceVersion", Long.toString(at));
        }
        if (held(key)) {
            metadata = metadata.with("finalizers", Seq.of(FINALIZER));
        }
        return Struct.of("apiVersion", "v1", "kind", "ConfigMap", "metadata", metadata, "data", Struct.of("v", value));
    }

    static boolean held(String key) {
        return (key.charAt(key.length() - 1) - '0') % 2 == 1;
    }

    /// Takes it away, and the finalizer of what was meant by that.
    boolean remove(String key) throws InterruptedException {
        Answer answer = send("DELETE", "/" + key, JSON, Struct.EMPTY);
        if (held(key) && answer.done()) {
            Struct meant = Struct.of("uid", answer.object().struct("metadata").text("uid"), "finalizers", Seq.of());
            answer = send("PATCH", "/" + key, MERGE, Struct.of("metadata", meant));
        } else if (held(key)) {
            return answer.usual();
        }
        if (answer.code() == NOT_FOUND) {
            read(key, answer);
        } else {
            history.add(new Operation(key, Operation.Kind.REMOVE, "", 0, 0, answer.begin(),
                    answer.fate() == Operation.Fate.UNKNOWN ? Long.MAX_VALUE : answer.end(), answer.fate(), false));
        }
        return answer.usual();
    }

    boolean read(String key) throws InterruptedException {
        Answer answer = send("GET", "/" + key, JSON, Struct.EMPTY);
        read(key, answer);
        return answer.usual();
    }

    private void read(String key, Answer answer) {
        if (answer.done()) {
            history.add(seen(key, answer.object(), 0, answer));
        } else if (answer.code() == NOT_FOUND) {
            history.add(seen(key, Struct.EMPTY, 0, answer));
        }
    }

    private static Operation seen(String key, Struct map, long at, Answer answer) {
        return new Operation(key, Operation.Kind.READ, map.struct("data").text("v"), map.isEmpty() ? 0 : revision(map),
                at, answer.begin(), answer.end(), Operation.Fate.DONE, answer.stale());
    }

    /// Reads these keys by one list.
    boolean list(List<String> keys) throws InterruptedException {
        Answer answer = send("GET", "", JSON, Struct.EMPTY);
        if (answer.done()) {
            Map<String, Struct> maps = new HashMap<>();
            answer.object().seq("items").structs().forEach(m -> maps.put(m.struct("metadata").text("name"), m));
            long at = revision(answer.object());
            keys.forEach(key -> history.add(seen(key, maps.getOrDefault(key, Struct.EMPTY), at, answer)));
        }
        return answer.usual();
    }

    private Answer send(String method, String path, String type, Struct body) throws InterruptedException {
        HttpRequest.BodyPublisher content = body.isEmpty() ? HttpRequest.BodyPublishers.noBody()
                : HttpRequest.BodyPublishers.ofByteArray(Json.bytes(body));
        HttpRequest request = HttpRequest.newBuilder(server.at(MAPS + path)).timeout(PATIENCE)
                .header("Content-Type", type).method(method, content).build();
        long begin = System.nanoTime();
        Answer answer;
        String text;
        try {
            HttpResponse<byte[]> got = server.client().send(request, HttpResponse.BodyHandlers.ofByteArray());
            boolean stale = got.headers().allValues("warning").stream().anyMatch(w -> w.startsWith("299"));
            answer = new Answer(got.statusCode(), got.body(), stale, begin, System.nanoTime());
            text = answer.usual() ? "" : new String(got.body(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            answer = new Answer(0, new byte[0], false, begin, System.nanoTime());
            text = e.toString();
        }
        if (!answer.usual()) {
            refusals.heard(new Refusals.Refusal(request.uri().getHost(), method, answer.code(), text, begin,
                    (answer.end() - begin) / 1_000_000));
        }
        return answer;
    }

    private static long revision(Struct map) {
        return Long.parseLong(map.struct("metadata").text("resourceVersion"));
    }
}
