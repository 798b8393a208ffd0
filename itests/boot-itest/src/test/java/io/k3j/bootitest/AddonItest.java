package io.k3j.bootitest;

import static org.assertj.core.api.Assertions.assertThat;

import io.k3j.testkitprocess.K3sProcess;
import io.k3j.testkitprocess.Launch;
import io.k3j.testkitprocess.Outcome;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/// Files of `server/manifests` in a running server: what `docs/addons.md` says, line by line, and what goes wrong with
/// files.
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class AddonItest {
    private static final Duration LIMIT = Duration.ofSeconds(300);
    private static final String PLACE = "/var/lib/rancher/k3s";
    private static final String MAP = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: %s}\ndata: {key: '%s'}\n---\n";
    private static final String DEFINITION = """
            apiVersion: apiextensions.k8s.io/v1
            kind: CustomResourceDefinition
            metadata: {name: widgets.example.org}
            spec:
              group: example.org
              scope: Namespaced
              names: {kind: Widget, plural: widgets}
              versions:
              - name: v1
                served: true
                storage: true
                schema:
                  openAPIV3Schema:
                    type: object
                    properties: {spec: {type: object, properties: {size: {type: integer}}}}
            """;
    private static final String WIDGET = "apiVersion: example.org/v1\nkind: Widget\nmetadata: {name: w}\n"
            + "spec: {size: 3, unknown: x}\n";
    private Path home;
    private K3sProcess server;
    private Commands commands;

    @BeforeAll
    void start(@TempDir Path temporary) throws IOException, InterruptedException {
        home = temporary;
        commands = new Commands(home);
        server = started();
    }

    private K3sProcess started(String... flags) throws IOException, InterruptedException {
        List<String> words = new ArrayList<>(List.of("--disable-agent", "--bind-address", "127.0.0.1"));
        words.addAll(List.of(flags));
        K3sProcess begun = K3sProcess.server(home, words.toArray(String[]::new));
        begun.awaitOutput("Component healthy component=addon-deployer", LIMIT);
        return begun;
    }

    @AfterAll
    void stop() {
        server.close();
    }

    private Path write(String name, String... texts) throws IOException {
        // at once: a file that is empty for a second is one without objects
        Path whole = Files.writeString(home.resolve("whole"), String.join("", texts));
        return Files.move(whole, server.dataDir().resolve("server/manifests").resolve(name),
                StandardCopyOption.ATOMIC_MOVE);
    }

    private void await(String what, String expected, String... kubectl) throws InterruptedException {
        server.await(what, LIMIT, () -> asked(kubectl).contains(expected));
    }

    /// The answer, or why there is none.
    private String asked(String... kubectl) {
        try {
            return commands.kubectl(kubectl);
        } catch (IOException | AssertionError refused) {
            return String.valueOf(refused.getMessage());
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    private String[] events(String addon) {
        return new String[] {"get", "events", "--namespace", "kube-system", "--field-selector",
                "involvedObject.kind=Addon,involvedObject.name=" + addon};
    }

    @Test
    void doesWhatThePageSays() throws IOException, InterruptedException {
        String page = Files.readString(Path.of(System.getProperty("k3j.docs", "../../docs")).resolve("addons.md"));
        StringBuilder told = new StringBuilder();
        String[] parts = page.split("```sh\n");
        assertThat(parts).hasSize(6);
        for (int i = 1; i < parts.length; i++) {
            told.append(run(parts[i].substring(0, parts[i].indexOf("```"))));
        }
        assertThat(told.toString()).contains("SOURCE", "CHECKSUM",
                server.dataDir().resolve("server/manifests/hello.yaml").toString(), "AppliedManifest", "good evening",
                "addon.k3s.cattle.io \"hello\" deleted");
        assertThat(asked("get", "configmaps", "--namespace", "default")).doesNotContain("hello", "goodbye");
    }

    private String run(String lines) throws IOException, InterruptedException {
        String k3s = K3sProcess.distribution().resolve("bin/k3s").toString();
        Outcome outcome = Launch.of("bash", "-c", "set -e\nk3s() { \"" + k3s + "\" \"$@\"; }\n"
                + lines.replace(PLACE, server.dataDir().toString())).withoutK3sEnvironment()
                .environment("K3S_JAVA", Launch.jdk("java")).environment("KUBECONFIG", home.resolve("k3s.yaml")
                        .toString())
                .run(LIMIT.multipliedBy(2));
        assertThat(outcome.code()).as(lines + "\n" + outcome.text() + "\n" + server.tail()).isZero();
        return outcome.text();
    }

    @Test
    void aCustomResourceMayComeBeforeItsDefinition() throws IOException, InterruptedException {
        write("a-widget.yaml", WIDGET);
        write("b-definition.yaml", DEFINITION);
        await("widget", "size: 3", "get", "widgets", "w", "--output", "yaml");
        assertThat(asked("get", "widgets", "w", "--output", "yaml")).as("pruned").doesNotContain("unknown: x");
        write("a-widget.yaml", WIDGET.replace("3", "4"));
        await("widget", "size: 4", "get", "widgets", "w", "--output", "yaml");
    }

    @Test
    void whatIsDamagedIsToldAndDeletesNothing() throws IOException, InterruptedException {
        write("damaged.yaml", MAP.formatted("a", "1"), MAP.formatted("b", "1"));
        await("map", "AppliedManifest", events("damaged"));
        write("damaged.yaml", MAP.formatted("a", "2"), "kind: [");
        await("event", "ParseManifestFailed", events("damaged"));
        write("damaged.yaml", MAP.formatted("a", "2"), "apiVersion: v1\nkind: Pod\nmetadata: {name: p}\nspec: 7\n");
        await("event", "ApplyManifestFailed", events("damaged"));
        assertThat(asked("get", "configmap", "a", "b", "--output", "name")).contains("configmap/a", "configmap/b");
        Path open = write("damaged.yaml", MAP.formatted("a", "3"));
        Files.setPosixFilePermissions(open, PosixFilePermissions.fromString("rw-rw-rw-"));
        await("event", "ReadManifestFailed", events("damaged"));
        Files.setPosixFilePermissions(open, PosixFilePermissions.fromString("rw-------"));
        server.await("prune", LIMIT, () -> asked("get", "configmap", "b").contains("not found"));
        await("map", "3", "get", "configmap", "a", "--output", "yaml");
    }

    @Test
    void aStartRepairsWhatWasEditedAndRemovesWhatIsDisabled() throws IOException, InterruptedException {
        write("repaired.yaml", MAP.formatted("repaired", "ours"));
        write("unwanted.yaml", MAP.formatted("unwanted", "1"));
        write("skipped.yaml", MAP.formatted("skipped", "1"));
        await("map", "ours", "get", "configmap", "repaired", "--output", "yaml");
        await("map", "unwanted", "get", "configmap", "unwanted", "--output", "name");
        await("map", "skipped", "get", "configmap", "skipped", "--output", "name");
        write("skipped.yaml.skip");
        write("skipped.yaml", MAP.formatted("other", "1"));
        commands.kubectl("patch", "configmap", "repaired", "--type=merge", "--patch",
                "{\"data\": {\"key\": \"edited\", \"more\": \"theirs\"}}");
        assertThat(server.stop()).isZero();
        server = started("--disable=unwanted");
        await("map", "key: ours", "get", "configmap", "repaired", "--output", "yaml");
        assertThat(asked("get", "configmap", "repaired", "--output", "yaml")).contains("more: theirs");
        server.await("removal", LIMIT, () -> asked("get", "configmap", "unwanted").contains("not found"));
        await("event", "DeletingManifest", events("unwanted"));
        assertThat(asked("get", "addons", "--namespace", "kube-system")).contains("repaired", "skipped")
                .doesNotContain("unwanted");
        assertThat(server.dataDir().resolve("server/manifests/unwanted.yaml")).doesNotExist();
        assertThat(asked("get", "configmaps", "--output", "name")).contains("skipped").doesNotContain("other");
    }
}
