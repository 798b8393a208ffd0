package io.k3j.ha;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.k3j.codec.Json;
import io.k3j.model.Seq;
import io.k3j.model.Struct;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Executors;

/// The ConfigMaps of a namespace as an API server has them, with one defect that was planted. Every call happens at once
/// and alone; what a watcher would hear is kept.
final class PlantedServer implements AutoCloseable {
    private static final int EVERY = 20;
    private final Defect defect;
    private final HttpServer server;
    private final TreeMap<String, Struct> maps = new TreeMap<>();
    private final Map<String, Struct> overwritten = new HashMap<>();
    private final Watched watched = new Watched("all").begin(1);
    private long revision = 1;
    private long calls;
    private long lists;

    /// What is wrong with it.
    enum Defect {
        /// Nothing.
        NONE,
        /// A creation is done again after somebody took away what it made.
        CREATES_AGAIN,
        /// A read finds what was there before.
        OLD_READ,
        /// A list is put together from two revisions.
        MIXED_LIST,
        /// A conditional write does not look whether it may.
        LOST_UPDATE,
        /// What a finalizer holds goes at once.
        FORGETS_FINALIZERS,
        /// What is not there is said to be there no more, though it is.
        NOT_FOUND,
        /// Every answer says that it is old.
        ALWAYS_STALE,
        /// The last changes are not told, though a bookmark says so.
        LOST_TAIL
    }

    PlantedServer(Defect defect) throws IOException {
        this.defect = defect;
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
        server.createContext("/api/v1/namespaces/default/configmaps", this::serve);
        server.start();
    }

    String address() {
        return "http://127.0.0.1:" + server.getAddress().getPort();
    }

    /// What a watcher from the beginning has heard.
    synchronized Watched watched() {
        if (defect == Defect.LOST_TAIL) {
            watched.items().removeLast();
        }
        return watched.bookmark(revision);
    }

    /// @param code of HTTP
    private record Answer(int code, Struct body) {
    }

    private void serve(HttpExchange exchange) throws IOException {
        String path = exchange.getRequestURI().getPath();
        String name = path.substring(path.lastIndexOf('/') + 1);
        byte[] content = exchange.getRequestBody().readAllBytes();
        Struct body = content.length == 0 ? Struct.EMPTY : Json.object(content);
        Answer answer = answer(exchange.getRequestMethod(), name.equals("configmaps") ? "" : name, body);
        byte[] bytes = Json.bytes(answer.body());
        if (defect == Defect.ALWAYS_STALE) {
            exchange.getResponseHeaders().add("Warning", "299 - \"old\"");
        }
        exchange.sendResponseHeaders(answer.code(), bytes.length);
        exchange.getResponseBody().write(bytes);
        exchange.close();
    }

    private synchronized Answer answer(String method, String name, Struct body) {
        boolean now = calls++ % EVERY == 0;
        if (method.equals("POST")) {
            return create(body);
        } else if (method.equals("GET") && name.isEmpty()) {
            return list();
        }
        Struct map = maps.get(name);
        if (map == null || defect == Defect.NOT_FOUND && now) {
            return new Answer(404, Struct.of("code", 404));
        }
        return switch (method) {
            case "PUT" -> put(name, map, body);
            case "PATCH" -> patch(name, map, body);
            case "DELETE" -> delete(name, map);
            default -> new Answer(200, defect == Defect.OLD_READ && now ? overwritten.getOrDefault(name, map) : map);
        };
    }

    private Answer create(Struct body) {
        String name = body.struct("metadata").text("name");
        return maps.containsKey(name) ? new Answer(409, Struct.of("code", 409))
                : new Answer(201, keep(name, body, "uid-" + revision));
    }

    private Struct keep(String name, Struct body, String uid) {
        Struct metadata = body.struct("metadata").with("uid", uid).with("resourceVersion", Long.toString(++revision));
        Struct map = body.with("metadata", metadata);
        Struct before = maps.put(name, map);
        if (before != null) {
            overwritten.put(name, before);
        }
        watched.event(revision, name, map.struct("data").text("v"));
        return map;
    }

    /// Lists are rare, and one that is mixed is not always seen to be: every second one is.
    private Answer list() {
        TreeMap<String, Struct> shown = new TreeMap<>(maps);
        if (defect == Defect.MIXED_LIST && lists++ % 2 == 0) {
            shown.keySet().forEach(name -> shown.computeIfPresent(name, overwritten::getOrDefault));
        }
        return new Answer(200, Struct.of("metadata", Struct.of("resourceVersion", Long.toString(revision)), "items",
                Seq.of(shown.values().toArray())));
    }

    private Answer put(String name, Struct map, Struct body) {
        String wanted = body.struct("metadata").text("resourceVersion");
        Struct metadata = map.struct("metadata");
        if (!wanted.isEmpty() && !wanted.equals(metadata.text("resourceVersion")) && defect != Defect.LOST_UPDATE) {
            return new Answer(409, Struct.of("code", 409));
        }
        Struct kept = body.with("metadata", body.struct("metadata").with("deletionTimestamp",
                metadata.get("deletionTimestamp")));
        return new Answer(200, keep(name, kept, metadata.text("uid")));
    }

    private Answer patch(String name, Struct map, Struct body) {
        if (!body.struct("metadata").text("uid").equals(map.struct("metadata").text("uid"))) {
            return new Answer(409, Struct.of("code", 409));
        }
        return map.struct("metadata").has("deletionTimestamp") ? gone(name, map)
                : new Answer(200, keep(name, map.with("metadata", map.struct("metadata").with("finalizers", Seq.of())),
                        map.struct("metadata").text("uid")));
    }

    private Answer delete(String name, Struct map) {
        Struct metadata = map.struct("metadata");
        if (metadata.seq("finalizers").isEmpty() || defect == Defect.FORGETS_FINALIZERS) {
            return gone(name, map);
        }
        return new Answer(200, keep(name, map.with("metadata", metadata.with("deletionTimestamp", "now")),
                metadata.text("uid")));
    }

    private Answer gone(String name, Struct map) {
        maps.remove(name);
        overwritten.remove(name);
        watched.event(++revision, name, "");
        if (defect == Defect.CREATES_AGAIN) {
            keep(name, map, "uid-" + revision);
        }
        return new Answer(200, map);
    }

    @Override
    public void close() {
        server.stop(0);
    }
}
