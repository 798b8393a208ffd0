package io.k3j.externaldatastore;

import io.k3j.testkitprocess.Api;
import java.io.IOException;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.stream.Stream;

/// A server's ConfigMaps, as its administrator sees them.
final class ConfigMaps implements AutoCloseable {
    private static final String MAPS = "/api/v1/namespaces/default/configmaps";
    private final Api api;
    private final Queue<String> lines = new ConcurrentLinkedQueue<>();
    private volatile boolean ended;

    /// `directory` is what the server was started with.
    ConfigMaps(Path directory) throws IOException {
        api = Api.of(directory.resolve("k3s.yaml"));
    }

    /// Lists them; `query` begins with a question mark or is empty.
    HttpResponse<String> list(String query) throws IOException, InterruptedException {
        return api.client().send(HttpRequest.newBuilder(api.at(MAPS + query)).build(),
                HttpResponse.BodyHandlers.ofString());
    }

    /// Makes one.
    HttpResponse<String> create(String name) throws IOException, InterruptedException {
        return create(name, "");
    }

    /// Makes one with that text in it.
    HttpResponse<String> create(String name, String text) throws IOException, InterruptedException {
        return api.client().send(HttpRequest.newBuilder(api.at(MAPS)).header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofString("{\"apiVersion\":\"v1\",\"kind\":\"ConfigMap\","
                        + "\"metadata\":{\"name\":\"" + name + "\"},\"data\":{\"text\":\"" + text + "\"}}"))
                .build(), HttpResponse.BodyHandlers.ofString());
    }

    /// Watches them from now on.
    void watch() throws IOException, InterruptedException {
        watch("?watch=true");
    }

    /// Watches them as `query` says.
    void watch(String query) throws IOException, InterruptedException {
        HttpResponse<Stream<String>> answer = api.client().send(
                HttpRequest.newBuilder(api.at(MAPS + query)).build(),
                HttpResponse.BodyHandlers.ofLines());
        if (answer.statusCode() != 200) {
            throw new IOException("watch: " + answer.statusCode());
        }
        Thread.ofVirtual().start(() -> {
            try {
                answer.body().forEach(lines::add);
            } finally {
                ended = true;
            }
        });
    }

    /// Whether the watch has told of one.
    boolean told(String name) {
        return lines.stream().anyMatch(line -> line.contains("\"name\":\"" + name + "\""));
    }

    /// What the watch has told, a line each.
    List<String> lines() {
        return List.copyOf(lines);
    }

    /// Whether the watch has been ended.
    boolean ended() {
        return ended;
    }

    @Override
    public void close() {
        api.close();
    }
}
