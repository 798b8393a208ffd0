package io.k3j.clusterdns;

import static org.assertj.core.api.Assertions.assertThat;

import io.k3j.clientapi.WriteOptions;
import io.k3j.controllerkit.BuiltinResources;
import io.k3j.model.Key;
import io.k3j.model.Obj;
import io.k3j.model.Struct;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/// ConfigMaps that change while the server runs.
class CorefileLoaderTest {
    private static final Key CUSTOM = new Key("kube-system", "coredns-custom");
    private final TestServer server = new TestServer();
    private final AtomicInteger changes = new AtomicInteger();
    private final CorefileSource source = new CorefileSource(server.views, "cluster.local", changes::incrementAndGet);
    private final CorefileLoader loader = new CorefileLoader(source, server.around());

    private void custom(String key, String text) {
        Obj map = Obj.of(Struct.of("apiVersion", "v1", "kind", "ConfigMap", "metadata",
                Struct.of("name", CUSTOM.name(), "namespace", CUSTOM.namespace()), "data", Struct.of(key, text)));
        if (server.views.of(BuiltinResources.CONFIG_MAPS).get(CUSTOM).isEmpty() && changes.get() == 0) {
            server.api.create(BuiltinResources.CONFIG_MAPS, map, WriteOptions.PLAIN);
        } else {
            Obj there = server.api.get(BuiltinResources.CONFIG_MAPS, CUSTOM);
            server.api.update(BuiltinResources.CONFIG_MAPS, there.with(map.tree().struct("data"), "data"),
                    WriteOptions.PLAIN);
        }
        server.deliver();
    }

    @Test
    void takesUpChangesAndKeepsWhatWorks() {
        server.follow();
        assertThat(loader.load()).as("K3s' own while there is no ConfigMap").isTrue();
        assertThat(loader.load()).as("nothing has changed").isFalse();
        custom("a.server", "example.org {\n hosts {\n 10.0.0.1 a.example.org\n }\n}\n");
        assertThat(loader.load()).isTrue();
        Configuration good = loader.configuration();
        assertThat(good.find(53, "a.example.org").orElseThrow().zone()).isEqualTo("example.org");
        custom("a.server", "example.org {\n unbound\n dnssec\n}\n");
        assertThat(loader.load()).isFalse();
        assertThat(loader.configuration()).isSameAs(good);
        assertThat(loader.takeProblem()).hasValueSatisfying(p -> {
            assertThat(p.reason()).isEqualTo("UnknownPlugin");
            assertThat(p).hasMessageContaining("/etc/coredns/custom/a.server:2: plug-in unbound, dnssec is not there");
            assertThat(source.origin(p.file()))
                    .hasValueSatisfying(o -> assertThat(o.name()).isEqualTo("coredns-custom"));
        });
        assertThat(loader.takeProblem()).as("told once").isEmpty();
        assertThat(loader.trouble()).contains("dnssec");
        assertThat(loader.failures()).isEqualTo(1);
        custom("b.override", "log\n");
        assertThat(loader.load()).isTrue();
        assertThat(loader.trouble()).isEmpty();
    }

    @Test
    void beginsWithThePackagedCorefileWhenTheFirstOneIsBroken() {
        custom("a.server", "example.org {");
        server.follow();
        assertThat(loader.load()).isTrue();
        assertThat(loader.configuration().find(53, "x.cluster.local")).isPresent();
        assertThat(loader.takeProblem()).isPresent();
    }

    @Test
    void everyNodeWritesTheSameEventOnce() {
        custom("a.server", "x {");
        Obj map = server.api.get(BuiltinResources.CONFIG_MAPS, CUSTOM);
        for (int node = 0; node < 3; node++) {
            new ConfigEvents(Instant::now).warn(server.api, map, "InvalidCorefile", "why", "");
        }
        List<Obj> events = server.api.list(BuiltinResources.EVENTS, io.k3j.clientapi.Query.ALL).items();
        assertThat(events).singleElement().satisfies(e -> {
            assertThat(e.namespace()).isEqualTo("kube-system");
            assertThat(e.tree().struct("involvedObject").text("name")).isEqualTo("coredns-custom");
            assertThat(e.tree().text("type")).isEqualTo("Warning");
        });
    }

    /// What is used without the ConfigMap is what the ConfigMap is made with.
    @Test
    void thePackagedManifestHoldsTheSameCorefile() throws Exception {
        Path manifest = Path.of("../../../features/coredns/manifests/coredns.yaml");
        String indented = CorefileSource.packaged("%{CLUSTER_DOMAIN}%").lines().map(l -> "    " + l + "\n")
                .reduce("", String::concat);
        assertThat(Files.readString(manifest)).contains("  Corefile: |\n" + indented);
    }
}
