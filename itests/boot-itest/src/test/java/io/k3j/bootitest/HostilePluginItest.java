package io.k3j.bootitest;

import static org.assertj.core.api.Assertions.assertThat;

import io.k3j.testkitbase.Waiting;
import io.k3j.testkitprocess.Api;
import io.k3j.testkitprocess.K3sProcess;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.jar.Attributes;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Plug-ins that would end a server, take its processors, or never start: they are stopped and told of, and no request
/// fails meanwhile but those that one of them decides about, which nobody lets pass. How long requests take is printed,
/// and held to twice their time under `-Pfull`.
class HostilePluginItest {
    private static final Duration LIMIT = Duration.ofMinutes(5);
    private static final int QUIET = 400;
    private static final boolean MEASURED = Boolean.getBoolean("k3j.full");
    private static final Map<String, String> REASONS = new TreeMap<>(Map.of("exit", "called System.exit(0)", "spin",
            "10 s of processor time more than", "virtual", "10 s of processor time more than", "blocks",
            "has not returned after 30 s"));
    @TempDir
    private Path home;

    private void put(K3sProcess server, String name, int version) throws IOException {
        Manifest manifest = new Manifest();
        Attributes headers = manifest.getMainAttributes();
        headers.put(Attributes.Name.MANIFEST_VERSION, "1.0");
        headers.putValue("Bundle-ManifestVersion", "2");
        headers.putValue("Bundle-SymbolicName", "com.acme." + name);
        headers.putValue("Bundle-Version", version + ".0.0");
        // each has classes of its own, as plug-ins of different people do: a class that several have is nobody's
        String home = ("com.acme." + name + "_______").substring(0, Hostile.class.getPackageName().length());
        headers.putValue("Bundle-Activator", home + ".Hostile");
        headers.putValue("Import-Package", "org.osgi.framework");
        headers.putValue("DynamicImport-Package", "io.k3j.*");
        Path plugins = Files.createDirectories(server.dataDir().resolve("plugins"));
        Path hidden = plugins.resolve("." + name);
        try (OutputStream out = Files.newOutputStream(hidden);
                JarOutputStream jar = new JarOutputStream(out, manifest)) {
            for (Class<?> type : List.of(Hostile.class, Holding.class)) {
                add(jar, type, home);
            }
        }
        Files.setPosixFilePermissions(hidden, PosixFilePermissions.fromString("rw-r--r--"));
        Files.move(hidden, plugins.resolve(name + ".jar"), StandardCopyOption.ATOMIC_MOVE);
    }

    /// The class as one of another package, whose name has as many characters.
    private static void add(JarOutputStream jar, Class<?> type, String home) throws IOException {
        try (InputStream code = type.getClassLoader()
                .getResourceAsStream(type.getName().replace('.', '/') + ".class")) {
            jar.putNextEntry(new JarEntry(home.replace('.', '/') + "/" + type.getSimpleName() + ".class"));
            String bytes = new String(code.readAllBytes(), StandardCharsets.ISO_8859_1);
            jar.write(bytes.replace(type.getPackageName().replace('.', '/'), home.replace('.', '/'))
                    .getBytes(StandardCharsets.ISO_8859_1));
            jar.closeEntry();
        }
    }

    private static boolean failed(K3sProcess server, Map<String, String> reasons) {
        try {
            List<String> lines = server.console("component", "status").lines();
            return reasons.entrySet().stream().allMatch(one -> lines.stream()
                    .anyMatch(line -> line.contains(one.getKey()) && line.contains(one.getValue())));
        } catch (IOException notYet) {
            return false;
        }
    }

    /// One write and one read, which must succeed.
    /// @return nanoseconds of each
    private static List<Long> requests(Api api, int number) throws IOException, InterruptedException {
        long begin = System.nanoTime();
        HttpResponse<String> made = create(api, "m-" + number);
        long written = System.nanoTime();
        HttpResponse<String> read = api.get("/api/v1/namespaces/default/configmaps/m-" + number, Api.JSON);
        assertThat(made.statusCode()).isEqualTo(201);
        assertThat(read.statusCode()).isEqualTo(200);
        return List.of(written - begin, System.nanoTime() - written);
    }

    private static HttpResponse<String> create(Api api, String name) throws IOException, InterruptedException {
        String body = "{\"apiVersion\":\"v1\",\"kind\":\"ConfigMap\",\"metadata\":{\"name\":\"" + name + "\"}}";
        return api.send("POST", "/api/v1/namespaces/default/configmaps", Api.JSON,
                body.getBytes(StandardCharsets.UTF_8));
    }

    private static boolean passes(Api api, String name) {
        try {
            return create(api, name).statusCode() == 201;
        } catch (IOException e) {
            return false;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    private static double millis(List<Long> all) {
        List<Long> sorted = all.stream().sorted().toList();
        return sorted.get(sorted.size() * 99 / 100) / 1e6;
    }

    @Test
    void costThemselvesAndNobodyElse() throws Exception {
        try (K3sProcess server = K3sProcess.server(home, "--disable-agent", "--bind-address", "127.0.0.1")) {
            server.await("the API", LIMIT, new Commands(home)::served);
            Files.setPosixFilePermissions(Files.createDirectories(server.dataDir().resolve("plugins")),
                    PosixFilePermissions.fromString("rwxr-xr-x"));
            try (Api api = Api.of(home.resolve("k3s.yaml"))) {
                int number = 0;
                for (int i = 0; i < QUIET; i++) {
                    requests(api, number++);
                }
                List<Long> quiet = new ArrayList<>();
                while (number < 2 * QUIET) {
                    quiet.addAll(requests(api, number++));
                }
                put(server, "exit", 1);
                put(server, "spin", 2);
                put(server, "virtual", 3);
                put(server, "blocks", 4);
                List<Long> beside = new ArrayList<>();
                long end = System.nanoTime() + LIMIT.toNanos();
                while (!failed(server, REASONS) && System.nanoTime() < end) {
                    beside.addAll(requests(api, number++));
                    if (!MEASURED) {
                        // in the half minute that it takes as many as before; without pauses they take a processor
                        Waiting.pause();
                    }
                }
                assertThat(server.console("component", "status").lines()).as("within " + LIMIT)
                        .satisfies(lines -> assertThat(failed(server, REASONS)).isTrue());
                told(server, api);
                System.out.printf("p99 of requests: quiet %.1f ms, beside hostile plugins %.1f ms (%d)%n",
                        millis(quiet),
                        millis(beside), beside.size());
                if (MEASURED) {
                    assertThat(millis(beside)).isLessThanOrEqualTo(2 * millis(quiet));
                }
            }
            assertThat(server.stop()).isZero();
        }
    }

    @Test
    void oneThatDoesNotComeBackFromACallCostsThatRequest() throws Exception {
        try (K3sProcess server = K3sProcess.server(home, "--disable-agent", "--bind-address", "127.0.0.1")) {
            server.await("the API", LIMIT, new Commands(home)::served);
            Files.setPosixFilePermissions(Files.createDirectories(server.dataDir().resolve("plugins")),
                    PosixFilePermissions.fromString("rwxr-xr-x"));
            put(server, "holds", 5);
            server.awaitOutput("Plugged in plugin=holds.jar", LIMIT);
            try (Api api = Api.of(home.resolve("k3s.yaml"))) {
                HttpResponse<String> held = create(api, "held");
                assertThat(held.statusCode()).isEqualTo(503);
                assertThat(held.body()).contains("the plug-in com.acme.holds has not answered Admission.validate");
                server.await("its stop", LIMIT, () -> failed(server,
                        Map.of("holds", "has not come back from Admission.validate after 10 s")));
                assertThat(create(api, "held").statusCode()).as("nobody lets pass what it has not seen").isEqualTo(503);
                assertThat(String.join("\n", server.console("component", "status").lines()))
                        .contains("what it has to decide about is answered 503 until its file is taken away");
                assertThat(api.get("/metrics", "text/plain").body())
                        .contains("k3j_plugin_failures_total{cause=\"call\"} 1\n");
                Files.delete(server.dataDir().resolve("plugins/holds.jar"));
                server.await("a write that nobody decides about any more", LIMIT, () -> passes(api, "held"));
            }
            assertThat(server.stop()).isZero();
        }
    }

    private static void told(K3sProcess server, Api api) throws IOException, InterruptedException {
        List<String> bundles = server.console("ls").lines();
        REASONS.keySet().forEach(name -> assertThat(bundles)
                .anyMatch(line -> line.contains("com.acme." + name) && line.contains("FAILED")));
        assertThat(api.get("/metrics", "text/plain").body()).contains("k3j_plugins{state=\"failed\"} 4\n",
                "k3j_plugin_failures_total{cause=\"processor\"} 2\n");
    }
}
