package io.k3j.ha;

import io.k3j.codec.Json;
import io.k3j.model.Struct;
import io.k3j.testkitprocess.Api;
import java.io.IOException;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/// A client that watches the ConfigMaps of [Traffic] and connects again, at the next server of its list, from the last
/// revision it heard of.
final class Watcher implements AutoCloseable {
    private static final long PAUSE_MILLIS = 50;
    private static final long CLOSE_SECONDS = 40;
    private final List<Api> servers;
    private final String name;
    private final List<Watched> lives = new CopyOnWriteArrayList<>();
    private Watched watched;
    private final CountDownLatch over = new CountDownLatch(1);
    private final Thread thread;
    private volatile long heard;
    private volatile String trouble = "";

    Watcher(String name, List<Api> servers, long after) {
        this.servers = servers;
        this.heard = after;
        this.name = name;
        watched = new Watched(name);
        lives.add(watched);
        thread = Thread.ofVirtual().name("ha-" + name).start(this::work);
    }

    private void work() {
        int turn = 0;
        try {
            while (over.getCount() > 0) {
                connect(servers.get(turn++ % servers.size()));
                over.await(PAUSE_MILLIS, TimeUnit.MILLISECONDS);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void connect(Api server) throws InterruptedException {
        String path = "/api/v1/namespaces/default/configmaps?watch=1&allowWatchBookmarks=true&timeoutSeconds=20"
                + "&resourceVersion=" + heard;
        HttpRequest request = HttpRequest.newBuilder(server.at(path)).build();
        try {
            HttpResponse<Stream<String>> answer = server.client().send(request, HttpResponse.BodyHandlers.ofLines());
            try (Stream<String> lines = answer.body()) {
                if (answer.statusCode() != 200) {
                    return;
                }
                watched.begin(heard);
                Iterator<String> each = lines.iterator();
                boolean good = true;
                while (good && over.getCount() > 0 && each.hasNext()) {
                    good = hear(Json.object(each.next().getBytes(StandardCharsets.UTF_8)));
                }
                if (!good) {
                    anew(server);
                }
            }
        } catch (IOException | java.io.UncheckedIOException e) {
            trouble = e.toString();
        }
    }

    /// A server that has just started remembers nothing from before: the watcher lists and lives on from there, as every
    /// informer does. What is told is then checked from there on.
    private void anew(Api server) throws IOException, InterruptedException {
        HttpRequest request = HttpRequest.newBuilder(server.at("/api/v1/namespaces/default/configmaps")).build();
        HttpResponse<byte[]> answer = server.client().send(request, HttpResponse.BodyHandlers.ofByteArray());
        if (answer.statusCode() == 200) {
            heard = Long.parseLong(Json.object(answer.body()).struct("metadata").text("resourceVersion"));
            watched = new Watched(name + " anew at " + heard);
            lives.add(watched);
        }
    }

    private boolean hear(Struct event) {
        Struct object = event.struct("object");
        String type = event.text("type");
        if (type.equals("ERROR")) {
            trouble = object.toString();
            return false;
        }
        long revision = Long.parseLong(object.struct("metadata").text("resourceVersion"));
        if (type.equals("BOOKMARK")) {
            watched.bookmark(revision);
        } else {
            watched.event(revision, object.struct("metadata").text("name"),
                    type.equals("DELETED") ? "" : object.struct("data").text("v"));
        }
        heard = Math.max(heard, revision);
        return true;
    }

    /// The newest revision it heard of.
    long heard() {
        return heard;
    }

    /// What went wrong last, in words.
    String trouble() {
        return trouble;
    }

    /// Ends it.
    /// @return what it heard, from each list on
    List<Watched> end() throws InterruptedException {
        close();
        thread.join(TimeUnit.SECONDS.toMillis(CLOSE_SECONDS));
        return lives;
    }

    @Override
    public void close() {
        over.countDown();
        thread.interrupt();
    }
}
