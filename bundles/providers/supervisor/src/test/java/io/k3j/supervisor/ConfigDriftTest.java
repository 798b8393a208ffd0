package io.k3j.supervisor;

import static org.assertj.core.api.Assertions.assertThat;

import io.k3j.componentapi.Components;
import io.k3j.componentapi.HealthLevel;
import io.k3j.componentapi.SwapPolicy;
import io.k3j.datastorememory.MemoryDatastore;
import io.k3j.model.Obj;
import io.k3j.model.Struct;
import io.k3j.pki.PasswordFile;
import io.k3j.supervisorrequests.Requester;
import io.k3j.testkitedge.FakeExchange;
import java.lang.reflect.Proxy;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A running server that differs from the agreed configuration reports it on its Node.
class ConfigDriftTest {
    @TempDir
    private Path directory;
    private final MemoryDatastore store = new MemoryDatastore(true);
    private final FakeApi api = new FakeApi();
    private String state = "ACTIVE";

    @BeforeEach
    void createNode() throws Exception {
        new TestServer(directory, "server-1").agree(store);
        api.put(Obj.of(Struct.of("apiVersion", "v1", "kind", "Node", "metadata", Struct.of("name", "server-1", "uid",
                "u"), "status", Struct.EMPTY)));
    }

    private ConfigDrift drift() throws Exception {
        Components components = (Components) Proxy.newProxyInstance(Components.class.getClassLoader(),
                new Class<?>[] {Components.class}, (proxy, method, arguments) -> List.of(new Components.Component(
                        "scheduler", "io.k3j.scheduler", "1", state, HealthLevel.OK, "", SwapPolicy.REPLACE, "")));
        return new ConfigDrift(new TestServer(directory, "server-1").parity().mine(), () -> "s3cret", () -> components,
                new NodeConditions(api::client, InstantSource.system()));
    }

    /// A result is published once it was observed twice.
    private void observesTwice(ConfigDrift drift) throws Exception {
        drift.step(store);
        drift.step(store);
    }

    private void changeAgreement(String change) throws Exception {
        FakeExchange put = new FakeExchange("PUT", "/v1-k3s/server-config").body(change.getBytes());
        new ConfigRequests(() -> store, () -> "s3cret", new TestServer(directory, "server-1").parity().mine(),
                InstantSource.system(), TestServer.RANDOM)
                .answer(put, new Requester("server", List.of(PasswordFile.SERVER_GROUP)));
        assertThat(put.status()).isEqualTo(200);
    }

    private Struct condition() {
        return api.named("", "server-1").getFirst().tree().struct("status").seq("conditions").find("type",
                "ConfigurationDrift");
    }

    private List<String> events() {
        return api.named("default", "server-1.").stream().map(Obj::tree)
                .filter(event -> event.text("reason").equals("ConfigurationDrift"))
                .map(event -> event.text("type") + " " + event.text("message")).toList();
    }

    @Test
    void publishesNothingWithoutDrift() throws Exception {
        observesTwice(drift());
        assertThat(condition().text("status")).isEmpty();
        assertThat(events()).isEmpty();
    }

    @Test
    void publishesFlagsThatDifferFromTheRecord() throws Exception {
        ConfigDrift drift = drift();
        observesTwice(drift);
        changeAgreement("--flannel-backend=host-gw\n");
        observesTwice(drift);
        assertThat(condition().text("status")).isEqualTo("True");
        assertThat(condition().text("message"))
                .isEqualTo("--flannel-backend is vxlan here, host-gw in the cluster");
        assertThat(events()).containsExactly("Warning --flannel-backend is vxlan here, host-gw in the cluster");
        changeAgreement("--flannel-backend=vxlan\n");
        observesTwice(drift);
        assertThat(condition().text("status")).isEqualTo("False");
        assertThat(events()).contains("Normal The server runs what the servers have agreed on");
    }

    @Test
    void publishesAComponentThatDoesNotRun() throws Exception {
        ConfigDrift drift = drift();
        observesTwice(drift);
        state = "RESOLVED";
        drift.step(store);
        assertThat(condition().text("status")).as("it may be being swapped").isEmpty();
        drift.step(store);
        assertThat(condition().text("message")).isEqualTo("scheduler should run and is RESOLVED");
        state = "ACTIVE";
        observesTwice(drift);
        assertThat(condition().text("status")).isEqualTo("False");
    }
}
