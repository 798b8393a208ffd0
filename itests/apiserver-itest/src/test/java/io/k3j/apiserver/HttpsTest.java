package io.k3j.apiserver;

import static org.assertj.core.api.Assertions.assertThat;

import io.k3j.codec.Json;
import io.k3j.datastorememory.MemoryDatastore;
import io.k3j.datastoresqlite.SqliteStore;
import io.k3j.model.Struct;
import java.io.BufferedReader;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The server with its real neighbours: the edge's TLS port, the built-in kinds, a datastore.
class HttpsTest {
    private static final String MAPS = "/api/v1/namespaces/default/configmaps";

    private static HttpClient client(Standalone server, String user, String... groups) throws Exception {
        return HttpClient.newBuilder().sslContext(server.port().client(user, groups))
                .version(HttpClient.Version.HTTP_2).build();
    }

    private static HttpRequest.Builder request(Standalone server, String path) {
        return HttpRequest.newBuilder(URI.create("https://localhost:" + server.port().number() + path));
    }

    private static Struct post(HttpClient client, Standalone server, String path, String body) throws Exception {
        HttpResponse<byte[]> answer = client.send(request(server, path).header("content-type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofString(body)).build(), HttpResponse.BodyHandlers.ofByteArray());
        assertThat(answer.statusCode()).isEqualTo(201);
        return Json.object(answer.body());
    }

    private static HttpResponse<byte[]> get(HttpClient client, Standalone server, String path) throws Exception {
        return client.send(request(server, path).build(), HttpResponse.BodyHandlers.ofByteArray());
    }

    @Test
    void servesConfigMapsToWhoShowsACertificate() throws Exception {
        try (Standalone server = new Standalone(new MemoryDatastore(), 0, false);
                HttpClient admin = client(server, "admin", "system:masters")) {
            post(admin, server, "/api/v1/namespaces", "{\"metadata\":{\"name\":\"default\"}}");
            Struct made = post(admin, server, MAPS, "{\"metadata\":{\"name\":\"one\"},\"data\":{\"k\":\"v\"}}");
            HttpResponse<byte[]> answer = get(admin, server, MAPS + "/one");
            assertThat(answer.version()).isEqualTo(HttpClient.Version.HTTP_2);
            assertThat(Json.object(answer.body())).isEqualTo(made);
            assertThat(answer.headers().firstValue("content-type")).contains("application/json");
        }
    }

    @Test
    void sendsStrangersAway() throws Exception {
        try (Standalone server = new Standalone(new MemoryDatastore(), 0, false);
                HttpClient nobody = client(server, "");
                HttpClient eve = client(server, "eve")) {
            assertThat(get(nobody, server, MAPS).statusCode()).isEqualTo(401);
            assertThat(get(eve, server, MAPS).statusCode()).isEqualTo(403);
        }
    }

    @Test
    void streamsAWatchWhileObjectsChange() throws Exception {
        try (Standalone server = new Standalone(new MemoryDatastore(), 0, false);
                HttpClient admin = client(server, "admin", "system:masters")) {
            post(admin, server, "/api/v1/namespaces", "{\"metadata\":{\"name\":\"default\"}}");
            HttpResponse<InputStream> watch = admin.send(request(server, MAPS + "?watch=1").build(),
                    HttpResponse.BodyHandlers.ofInputStream());
            post(admin, server, MAPS, "{\"metadata\":{\"name\":\"one\"}}");
            try (BufferedReader lines = new BufferedReader(
                    new InputStreamReader(watch.body(), StandardCharsets.UTF_8))) {
                assertThat(lines.readLine()).startsWith("{\"type\":\"ADDED\",\"object\":{").contains("\"one\"");
            }
        }
    }

    @Test
    void compressesALongList() throws Exception {
        try (Standalone server = new Standalone(new MemoryDatastore(), 0, false);
                HttpClient admin = client(server, "admin", "system:masters")) {
            post(admin, server, "/api/v1/namespaces", "{\"metadata\":{\"name\":\"default\"}}");
            String data = "x".repeat(10_000);
            for (int i = 0; i < 30; i++) {
                post(admin, server, MAPS, "{\"metadata\":{\"name\":\"m" + i + "\"},\"data\":{\"k\":\"" + data + "\"}}");
            }
            HttpResponse<InputStream> answer = admin.send(
                    request(server, MAPS).header("accept-encoding", "gzip").build(),
                    HttpResponse.BodyHandlers.ofInputStream());
            assertThat(answer.headers().firstValue("content-encoding")).contains("gzip");
            try (InputStream in = new GZIPInputStream(answer.body())) {
                assertThat(Json.object(in.readAllBytes()).seq("items").size()).isEqualTo(30);
            }
        }
    }

    @Test
    void goesOnWhereItStoppedAfterARestart(@TempDir Path directory) throws Exception {
        String revision;
        try (SqliteStore file = SqliteStore.open(directory, false, message -> {
        });
                Standalone server = new Standalone(file.datastore(), 0, false);
                HttpClient admin = client(server, "admin", "system:masters")) {
            post(admin, server, "/api/v1/namespaces", "{\"metadata\":{\"name\":\"default\"}}");
            revision = post(admin, server, MAPS, "{\"metadata\":{\"name\":\"one\"}}").struct("metadata")
                    .text("resourceVersion");
            post(admin, server, MAPS, "{\"metadata\":{\"name\":\"two\"}}");
        }
        try (SqliteStore file = SqliteStore.open(directory, false, message -> {
        });
                Standalone server = new Standalone(file.datastore(), 0, false);
                HttpClient admin = client(server, "admin", "system:masters");
                ExecutorService readers = Executors.newVirtualThreadPerTaskExecutor()) {
            HttpResponse<InputStream> watch = admin.send(
                    request(server, MAPS + "?watch=1&resourceVersion=" + revision).build(),
                    HttpResponse.BodyHandlers.ofInputStream());
            try (BufferedReader lines = new BufferedReader(
                    new InputStreamReader(watch.body(), StandardCharsets.UTF_8))) {
                Future<String> first = readers.submit(lines::readLine);
                assertThat(first.get()).contains("\"two\"");
            }
        }
    }
}
