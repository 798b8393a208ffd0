package io.k3j.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.k3j.codec.Json;
import io.k3j.model.Seq;
import io.k3j.model.Struct;
import io.k3j.testkitbase.Figure;
import io.k3j.testkitprocess.Api;
import io.k3j.testkitprocess.K3sProcess;
import io.k3j.testkitprocess.Launch;
import io.k3j.testkitprocess.Outcome;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Predicate;
import java.util.stream.Stream;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// HelmCharts with the real Helm, on a server without a node.
@Tag("data")
class HelmChartItest {
    private static final Duration SOON = Duration.ofSeconds(180);
    /// Several commands, of which some wait.
    private static final Duration PAGE = Duration.ofMinutes(10);
    private static final String CHARTS = "/apis/helm.cattle.io/v1/namespaces/default/helmcharts";
    private static final String CONFIGS = "/apis/helm.cattle.io/v1/namespaces/default/helmchartconfigs";
    private static final String GADGETS = "/apis/operator.example/%s/namespaces/default/gadgets";
    private static final String DEFINITIONS = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions";
    private static final String CORE = "/api/v1/namespaces/default/";
    private static final String MAP = """
            apiVersion: v1
            kind: ConfigMap
            metadata: {name: {{ .Release.Name }}-map}
            data: {one: {{ .Values.one | quote }}, two: {{ .Values.two | quote }}, three: {{ .Values.three | quote }},
              four: {{ .Values.four | quote }}, set: {{ .Values.set | quote }}, revision: {{ .Release.Revision | quote }}}
            """;
    private static final String DEFAULTS = "one: chart\ntwo: chart\nthree: chart\nfour: chart\nset: chart\n";
    private static final String HOOK = """
            {{- if .Values.fail }}
            apiVersion: batch/v1
            kind: Job
            metadata: {name: {{ .Release.Name }}-hook, annotations: {helm.sh/hook: "pre-upgrade,post-install"}}
            spec:
              template:
                spec: {restartPolicy: Never, containers: [{name: main, image: nothing}]}
            {{- end }}
            """;
    @TempDir
    private static Path dir;
    private static K3sProcess server;
    private static Api api;

    @BeforeAll
    static void start() throws IOException, InterruptedException {
        server = K3sProcess.server(dir, "--disable-agent");
        Path kubeconfig = dir.resolve("k3s.yaml");
        server.await("kubeconfig", SOON, () -> Files.exists(kubeconfig));
        server.awaitOutput("API server ready", SOON);
        api = Api.of(kubeconfig);
        server.await("the kinds", SOON, () -> served(CHARTS));
    }

    @AfterAll
    static void stop() {
        if (api != null) {
            api.close();
        }
        if (server != null) {
            server.close();
        }
    }

    private static boolean served(String path) {
        try {
            return api.get(path, Api.JSON).statusCode() == 200;
        } catch (IOException notYet) {
            return false;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    private static ChartArchive plain() throws IOException {
        return new ChartArchive("plain", "1.0.0").file("plain/values.yaml", DEFAULTS)
                .file("plain/templates/map.yaml", MAP).file("plain/templates/hook.yaml", HOOK);
    }

    private static void create(String path, String kind, String name, Struct parts)
            throws IOException, InterruptedException {
        Struct.Builder object = Struct.of("apiVersion", path.startsWith("/apis") ? "helm.cattle.io/v1" : "v1", "kind",
                kind, "metadata", Struct.of("name", name)).toBuilder();
        parts.forEach(object::put);
        HttpResponse<String> answer = api.send("POST", path, Api.JSON, Json.bytes(object.build()));
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(201);
    }

    private static void chart(String name, Object... spec) throws IOException, InterruptedException {
        create(CHARTS, "HelmChart", name, Struct.of("spec", Struct.of(spec)));
    }

    private static void change(String name, Object... spec) throws IOException, InterruptedException {
        HttpResponse<String> answer = api.send("PATCH", CHARTS + "/" + name, "application/merge-patch+json",
                Json.bytes(Struct.of("spec", Struct.of(spec))));
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
    }

    private static Struct object(String path) {
        try {
            HttpResponse<String> answer = api.get(path, Api.JSON);
            return answer.statusCode() == 200
                    ? Json.object(answer.body().getBytes(StandardCharsets.UTF_8))
                    : Struct.EMPTY;
        } catch (IOException e) {
            throw new IllegalStateException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    private static Struct condition(String name, String type) {
        return object(CHARTS + "/" + name).struct("status").seq("conditions").find("type", type);
    }

    private static Struct await(String name, String type, Predicate<Struct> wanted) throws InterruptedException {
        // what was as wanted may be otherwise at the next look
        AtomicReference<Struct> met = new AtomicReference<>(Struct.EMPTY);
        server.await(type + " of " + name + ", now " + object(CHARTS + "/" + name).struct("status"), SOON, () -> {
            met.set(condition(name, type));
            return wanted.test(met.get());
        });
        return met.get();
    }

    private static void ready(String name, int revision) throws InterruptedException {
        await(name, "Ready", c -> c.text("status").equals("True")
                && c.text("message").startsWith("revision " + revision + " "));
    }

    private static String failed(String name) throws InterruptedException {
        return await(name, "Failed", c -> c.text("status").equals("True")).text("message");
    }

    private static Struct map(String name) {
        return object(CORE + "configmaps/" + name + "-map").struct("data");
    }

    private static void delete(String name) throws IOException, InterruptedException {
        api.send("DELETE", CHARTS + "/" + name, Api.JSON, new byte[0]);
        server.await("end of " + name, SOON, () -> object(CHARTS + "/" + name).isEmpty());
        // Helm deletes in the foreground: the garbage collector ends it
        server.await("end of what " + name + " has made", SOON, () -> map(name).isEmpty());
        assertThat(object(CORE + "secrets?labelSelector=owner%3Dhelm,name%3D" + name).seq("items")).isEmpty();
    }

    private static Struct record(String name, int revision) throws IOException {
        String data = object(CORE + "secrets/sh.helm.release.v1." + name + ".v" + revision).struct("data")
                .text("release");
        byte[] packed = Base64.getDecoder().decode(Base64.getDecoder().decode(data));
        try (GZIPInputStream in = new GZIPInputStream(new ByteArrayInputStream(packed))) {
            return Json.object(in.readAllBytes());
        }
    }

    private static Struct opaque(String key, String text) {
        return Struct.of("data", Struct.of(key, Base64.getEncoder().encodeToString(text.getBytes(
                StandardCharsets.UTF_8))));
    }

    @Test
    void aChartOfTheObjectItselfIsInstalledUpgradedAndUninstalled() throws Exception {
        create(CORE + "secrets", "Secret", "values",
                opaque("v", "two: secret\nthree: secret\nfour: secret\nset: secret"));
        chart("own", "chartContent", plain().base64(), "valuesContent", "one: content\ntwo: content", "valuesSecrets",
                Seq.of(Struct.of("name", "values", "keys", Seq.of("v"))), "set", Struct.of("set", "1,2"));
        ready("own", 1);
        assertThat(map("own")).isEqualTo(Struct.of("four", "secret", "one", "content", "revision", "1", "set", "1,2",
                "three", "secret", "two", "secret"));
        assertThat(record("own", 1).struct("info").text("status")).isEqualTo("deployed");
        assertThat(record("own", 1).struct("chart").struct("metadata").text("name")).isEqualTo("plain");
        Struct job = object("/apis/batch/v1/namespaces/default/jobs/helm-install-own");
        assertThat(job.struct("status").seq("conditions").find("type", "Complete").text("status")).isEqualTo("True");
        assertThat(object(CORE + "pods?labelSelector=job-name%3Dhelm-install-own").seq("items")).as("pods of it")
                .isEmpty();

        create(CONFIGS, "HelmChartConfig", "own", Struct.of("spec", Struct.of("valuesContent", "three: config")));
        ready("own", 2);
        assertThat(map("own").text("three")).isEqualTo("config");
        assertThat(map("own").text("set")).isEqualTo("1,2");
        assertThat(record("own", 1).struct("info").text("status")).isEqualTo("superseded");
        delete("own");
        assertNothingIsLeft();
    }

    private static void assertNothingIsLeft() throws IOException {
        String accounts = Json.text(object(CORE + "serviceaccounts").seq("items"));
        assertThat(accounts).contains("\"default\"").doesNotContain("helm-");
        String bindings = Json.text(object("/apis/rbac.authorization.k8s.io/v1/clusterrolebindings").seq("items"));
        assertThat(bindings).contains("cluster-admin").doesNotContain("\"helm-default");
        try (Stream<Path> files = Files.list(server.dataDir().resolve("server/helm"))) {
            assertThat(files).isEmpty();
        }
    }

    @Test
    void aChartOfARepositoryIsInstalledByItsAuthorityAndPassword() throws Exception {
        try (ChartServers repository = ChartServers.repository("plain", "1.0.0", plain().bytes())) {
            create(CORE + "secrets", "Secret", "login", Struct.of("type", "kubernetes.io/basic-auth", "stringData",
                    Struct.of("username", "me", "password", "secret")));
            String url = "https://" + repository.address();
            chart("repo", "repo", url, "chart", "plain", "version", "1.0.0", "authSecret",
                    Struct.of("name", "login"));
            assertThat(failed("repo")).contains("certificate signed by unknown authority");
            change("repo", "repoCA", repository.authority());
            ready("repo", 1);
            assertThat(map("repo").text("one")).isEqualTo("chart");
            chart("none", "repo", url, "chart", "plain", "repoCA", repository.authority());
            assertThat(failed("none")).contains("401");
            delete("repo");
            delete("none");
        }
    }

    @Test
    void aChartOfARegistryIsInstalledWithItsCredentials() throws Exception {
        try (ChartServers registry = ChartServers.registry("plain", "1.0.0", plain().bytes())) {
            String auths = "{\"auths\":{\"" + registry.address() + "\":{\"auth\":\""
                    + ChartServers.LOGIN.substring("Basic ".length()) + "\"}}}";
            create(CORE + "secrets", "Secret", "docker", Struct.of("type", "kubernetes.io/dockerconfigjson",
                    "stringData", Struct.of(".dockerconfigjson", auths)));
            chart("oci", "chart", "oci://" + registry.address() + "/charts/plain", "version", "1.0.0", "plainHTTP",
                    true, "dockerRegistrySecret", Struct.of("name", "docker"), "targetNamespace", "default");
            ready("oci", 1);
            assertThat(map("oci").text("one")).isEqualTo("chart");
            delete("oci");
        }
    }

    @Test
    void aChartThatTheServerServesIsInstalled() throws Exception {
        Files.write(Files.createDirectories(server.dataDir().resolve("server/static/charts")).resolve("plain.tgz"),
                plain().bytes());
        chart("static", "chart", "https://%{KUBERNETES_API}%/static/charts/plain.tgz");
        ready("static", 1);
        delete("static");
    }

    @Test
    void anUpgradeWhoseHookFailsIsToldAndTheReleaseStaysAsPolicySays() throws Exception {
        chart("hook", "chartContent", plain().base64(), "failurePolicy", "abort", "timeout", "20s");
        ready("hook", 1);
        change("hook", "valuesContent", "fail: true\none: new");
        assertThat(failed("hook")).contains("pre-upgrade hooks failed");
        assertThat(map("hook").text("one")).isEqualTo("chart");
        assertThat(record("hook", 2).struct("info").text("status")).isEqualTo("failed");
        await("hook", "Failed", c -> c.text("reason").equals("Aborted"));

        change("hook", "failurePolicy", "retry", "valuesContent", "one: newer");
        ready("hook", 3);
        assertThat(map("hook").text("one")).isEqualTo("newer");
        delete("hook");
    }

    @Test
    void anUpgradeIsRolledBackWhereThatIsAskedFor() throws Exception {
        chart("back", "chartContent", plain().base64(), "timeout", "20s");
        ready("back", 1);
        api.send("PATCH", CHARTS + "/back", "application/merge-patch+json", Json.bytes(Struct.of("metadata",
                Struct.of("annotations", Struct.of("helm.k3j.io/rollback-on-failure", "true")), "spec",
                Struct.of("valuesContent", "fail: true\none: new"))));
        assertThat(failed("back")).contains("rolled back", "revision 3 is deployed");
        assertThat(map("back").text("one")).isEqualTo("chart");
        delete("back");
    }

    @Test
    void anOperatorsChartKeepsItsKindAndItsAuthorityWhenItIsRolledBack() throws Exception {
        try (OperatorChart operator = new OperatorChart()) {
            chart("operator", "chartContent", operator.base64());
            ready("operator", 1);
            operator.serve(object(CORE + "secrets/" + OperatorChart.SECRET).struct("data"));
            server.await("the kind", SOON, () -> served(GADGETS.formatted("v1")));
            server.await("the refusal of too many", SOON, () -> gadget("v1", "many", "size", 9, "?dryRun=All")
                    .contains("no more than 3"));
            assertThat(gadget("v1", "one", "size", 2, "")).contains("\"uid\"");
            assertThat(replicas()).isEqualTo(2);

            api.send("PATCH", CHARTS + "/operator", "application/merge-patch+json", Json.bytes(Struct.of("metadata",
                    Struct.of("annotations", Struct.of("helm.k3j.io/rollback-on-failure", "true")), "spec",
                    Struct.of("valuesContent", "storage: v2\nbroken: true"))));
            assertThat(failed("operator")).contains("rolled back", "revision 3 is deployed");
            Struct kind = object(DEFINITIONS + "/gadgets.operator.example");
            assertThat(kind.struct("spec").seq("versions").find("name", "v1").flag("storage")).isTrue();
            assertThat(replicas()).isEqualTo(2);
            assertThat(gadget("v2", "many", "replicas", 9, "")).contains("no more than 3");
            delete("operator");
            server.await("end of the kind", SOON,
                    () -> object(DEFINITIONS + "/gadgets.operator.example").isEmpty());
        }
    }

    private static long replicas() {
        return object(GADGETS.formatted("v2") + "/one").struct("spec").whole("replicas", 0);
    }

    private static String gadget(String version, String name, String field, long number, String how) {
        try {
            return api.send("POST", GADGETS.formatted(version) + how, Api.JSON, Json.bytes(Struct.of("apiVersion",
                    "operator.example/" + version, "kind", "Gadget", "metadata", Struct.of("name", name), "spec",
                    Struct.of(field, number)))).body();
        } catch (IOException e) {
            throw new IllegalStateException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource(delimiter = '|', textBlock = """
            bomb      | larger than the maximum file size
            traversal | chart illegally
            memory    | needs more than 768 MiB of memory
            garbage   | gzip
            """)
    void aHostileChartIsOneErrorAndTheReleaseBeforeItStays(String what, String told) throws Exception {
        chart(what, "chartContent", plain().base64());
        ready(what, 1);
        change(what, "chartContent", hostile(what), "timeout", "140s");
        assertThat(failed(what)).contains(told).contains("revision 1 is deployed").hasSizeLessThan(3_000);
        assertThat(map(what).text("one")).isEqualTo("chart");
        delete(what);
    }

    @Test
    void aChartThatDoesNotEndDoesNotHoldUpAnother() throws Exception {
        chart("loop", "chartContent", plain().base64());
        ready("loop", 1);
        change("loop", "chartContent", hostile("loop"), "timeout", "1s");
        await("loop", "Ready", c -> c.text("status").equals("Unknown"));
        chart("output", "chartContent", hostile("output"), "timeout", "1s");
        assertThat(failed("loop")).contains("not done within 12 seconds", "revision 1 is deployed");
        await("output", "Ready", c -> !c.text("status").equals("Unknown"));
        assertThat(condition("output", "Ready").text("message")).hasSizeLessThan(3_000);
        for (String name : List.of("loop", "output")) {
            // within its second and what is beside it no uninstallation has to be done
            change(name, "chartContent", plain().base64(), "timeout", "120s");
            delete(name);
        }
    }

    private static String hostile(String what) throws IOException {
        ChartArchive chart = plain();
        return switch (what) {
            case "bomb" -> chart.zeros("plain/files/zeros", 300).base64();
            case "traversal" -> chart.file("plain/../../../evil.yaml", "a: 1").base64();
            case "memory" -> chart.file("plain/templates/m.yaml", "{{ repeat 2000000000 \"x\" | len }}").base64();
            case "loop" -> chart.file("plain/templates/l.yaml",
                    "{{ range until 100000 }}{{ range until 100000 }}{{ end }}{{ end }}").base64();
            case "output" -> chart.file("plain/templates/NOTES.txt", "{{ repeat 100000000 \"x\" }}").base64();
            default -> Base64.getEncoder().encodeToString("no archive".getBytes(StandardCharsets.UTF_8));
        };
    }

    @Test
    void aLinkInAnArchiveLeadsNowhere() throws Exception {
        chart("link", "chartContent", new ChartArchive("plain", "1.0.0").link("plain/passwd", "/etc/passwd")
                .file("plain/templates/map.yaml", MAP.replace("{{ .Values.one | quote }}",
                        "{{ .Files.Get \"passwd\" | quote }}"))
                .base64());
        ready("link", 1);
        assertThat(map("link").text("one")).isEmpty();
        delete("link");
    }

    @Test
    void thePageIsFollowed() throws Exception {
        String page = Files.readString(Path.of("../../docs/helm.md"));
        Files.write(Files.createDirectories(server.dataDir().resolve("server/static/charts")).resolve("web.tgz"),
                plain().bytes());
        for (String file : List.of("chart.yaml", "config.yaml")) {
            Files.writeString(dir.resolve(file), block(page, "file " + file, 0));
        }
        String installed = run(block(page, "run", 0).replace("--timeout=60s", "--timeout=300s"));
        assertThat(installed.lines().filter(line -> line.startsWith("web "))).singleElement().asString()
                .contains("https://%{KUBERNETES_API}%/static/charts/web.tgz").contains("False");
        assertThat(run(block(page, "run", 1).replace("--timeout=60s", "--timeout=300s"))).contains("condition met");
        run(block(page, "run", 2));
        server.await("revision 2", SOON, () -> !object("/api/v1/namespaces/web/secrets/sh.helm.release.v1.web.v2")
                .isEmpty());
        run(block(page, "run", 3));
        server.await("end of its ConfigMap", SOON,
                () -> object("/api/v1/namespaces/web/configmaps/web-map").isEmpty());
    }

    private static String block(String page, String mark, int number) {
        String rest = page;
        for (int i = 0; i <= number; i++) {
            rest = rest.substring(rest.indexOf("<!-- " + mark + " -->") + 1);
        }
        String fenced = rest.substring(rest.indexOf("```"));
        return fenced.substring(fenced.indexOf('\n') + 1, fenced.indexOf("```", 3));
    }

    private static String run(String lines) throws IOException, InterruptedException {
        Outcome outcome = Launch.of("sh", "-ec", lines).withoutK3sEnvironment().directory(dir)
                .environment("KUBECONFIG", dir.resolve("k3s.yaml").toString())
                .environment("K3S_JAVA", Launch.jdk("java"))
                .environment("PATH", K3sProcess.distribution().resolve("bin") + ":" + System.getenv("PATH"))
                .run(PAGE);
        assertThat(outcome.code()).as(outcome.text()).isZero();
        return outcome.text();
    }

    @Test
    void helmEndsWithAServerThatIsKilled(@TempDir Path other) throws Exception {
        try (K3sProcess killed = K3sProcess.server(other, "--disable-agent")) {
            Path kubeconfig = other.resolve("k3s.yaml");
            killed.await("API", SOON, () -> Files.exists(kubeconfig) && killed.output().contains("API server ready"));
            Files.writeString(other.resolve("loop.yaml"), Json.text(Struct.of("apiVersion", "helm.cattle.io/v1",
                    "kind", "HelmChart", "metadata", Struct.of("name", "loop", "namespace", "default"), "spec",
                    Struct.of("chartContent", hostile("loop")))));
            killed.await("chart", SOON, () -> applied(kubeconfig, other.resolve("loop.yaml")));
            AtomicReference<Optional<ProcessHandle>> run = new AtomicReference<>(Optional.empty());
            killed.await("run of Helm", SOON, () -> {
                run.set(helm(killed).findAny());
                return run.get().isPresent();
            });
            ProcessHandle helm = run.get().orElseThrow();
            ProcessHandle.of(killed.pid()).orElseThrow().destroyForcibly();
            helm.onExit().get(SOON.toSeconds(), TimeUnit.SECONDS);
        }
    }

    private static boolean applied(Path kubeconfig, Path file) {
        try {
            return K3sProcess.k3s("kubectl", "apply", "-f", file.toString())
                    .environment("KUBECONFIG", kubeconfig.toString()).run(SOON).code() == 0;
        } catch (IOException e) {
            throw new IllegalStateException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    private static Stream<ProcessHandle> helm(K3sProcess of) {
        return ProcessHandle.of(of.pid()).stream().flatMap(ProcessHandle::descendants)
                .filter(child -> child.info().commandLine().orElse("").contains("io.k3j.helm.Main"));
    }

    @Test
    void aChartOfFiftyObjectsIsInstalled() throws Exception {
        fifty();
    }

    @Test
    @Tag("full")
    @Tag("figures")
    void aChartOfFiftyObjectsIsInstalledInTime() throws Exception {
        fifty();
        Duration warm = fifty();
        new Figure(13, "a chart of 50 objects installed, the second time", warm.toMillis() / 1_000.0, "s").atMost(5);
        assertThat(warm).isLessThan(Duration.ofSeconds(30));
    }

    private static Duration fifty() throws Exception {
        String many = "{{ range until 50 }}\n---\napiVersion: v1\nkind: ConfigMap\n"
                + "metadata: {name: {{ $.Release.Name }}-{{ . }}}\n{{ end }}";
        String archive = new ChartArchive("many", "1.0.0").file("many/templates/all.yaml", many).base64();
        long began = System.nanoTime();
        chart("many", "chartContent", archive);
        ready("many", 1);
        Duration took = Duration.ofNanos(System.nanoTime() - began);
        System.out.println("a chart of 50 objects took " + took.toMillis() + " ms");
        delete("many");
        server.await("end of its ConfigMaps", SOON, () -> object(CORE + "configmaps/many-0").isEmpty());
        return took;
    }
}
