package io.k3j.apiserver;

import static org.assertj.core.api.Assertions.assertThat;

import io.k3j.componentapi.HealthScope;
import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.Test;

class ReadinessTest {
    @Test
    void waitsForTheSystemNamespaces() throws IOException {
        try (TestServer server = new TestServer()) {
            server.namespaces = false;
            TestExchange early = server.get("/readyz");
            assertThat(early.status()).isEqualTo(500);
            assertThat(early.text()).contains("[-]poststarthook/start-system-namespaces-controller failed");
            server.namespaces = true;
            assertThat(server.get("/readyz").text()).isEqualTo("ok");
        }
    }

    /// By the names that upstream's `health handlers should contain necessary checks` looks for.
    @Test
    void namesUpstreamsChecks() throws IOException {
        List<String> names = List.of("ping", "log", "etcd", "poststarthook/start-apiserver-admission-initializer",
                "poststarthook/generic-apiserver-start-informers", "poststarthook/storage-readiness",
                "poststarthook/start-apiextensions-informers", "poststarthook/start-apiextensions-controllers",
                "poststarthook/crd-informer-synced", "poststarthook/start-service-ip-repair-controllers",
                "poststarthook/rbac/bootstrap-roles", "poststarthook/scheduling/bootstrap-system-priority-classes",
                "poststarthook/bootstrap-controller", "poststarthook/start-system-namespaces-controller",
                "poststarthook/start-cluster-authentication-info-controller",
                "poststarthook/start-kube-aggregator-informers", "poststarthook/apiservice-registration-controller",
                "poststarthook/apiservice-status-local-available-controller",
                "poststarthook/apiservice-status-remote-available-controller",
                "poststarthook/kube-apiserver-autoregistration", "poststarthook/apiservice-openapi-controller",
                "autoregister-completion");
        try (TestServer server = new TestServer()) {
            for (String path : List.of("/healthz", "/livez", "/readyz")) {
                assertThat(server.get(path + "?verbose=1").text().lines())
                        .containsAll(names.stream().map(name -> "[+]" + name + " ok").toList());
                for (String name : names) {
                    assertThat(server.get(path + "/" + name).text()).as(name).isEqualTo("ok");
                }
            }
            assertThat(server.get("/readyz?verbose=1").text()).contains("[+]informer-sync ok");
        }
    }

    @Test
    void waitsForTheDefinitionsOfCustomResourcesOnce() throws IOException {
        try (TestServer server = new TestServer()) {
            server.definitions = false;
            String check = "poststarthook/crd-informer-synced";
            assertThat(server.get("/readyz/" + check).status()).isEqualTo(500);
            assertThat(server.get("/livez?exclude=poststarthook/start-apiextensions-informers&exclude="
                    + "poststarthook/start-apiextensions-controllers&exclude=" + check).status()).isEqualTo(200);
            server.definitions = true;
            assertThat(server.get("/readyz").text()).isEqualTo("ok");
            assertThat(server.get("/livez?verbose&exclude=none&exclude=log&exclude=all").text())
                    .contains("[+]log excluded: ok\n")
                    .endsWith("warn: some health checks cannot be excluded: no matches"
                            + " for \"all\",\"none\"\nlivez check passed\n");
            server.definitions = false;
            assertThat(server.get("/readyz").text()).as("while it is replaced").isEqualTo("ok");
        }
    }

    /// Where APIServices are kept, their keeper says when it has begun and when all are there.
    @Test
    void waitsForTheApiServicesOfThisServer() throws IOException {
        try (TestServer server = new TestServer()) {
            server.contributions.aggregator().want();
            HealthScope keeper = server.health.scope("apiservice-registration");
            keeper.degraded("one cannot be written");
            assertThat(server.get("/readyz/poststarthook/kube-apiserver-autoregistration").status()).isEqualTo(200);
            assertThat(server.get("/readyz/autoregister-completion").status()).isEqualTo(500);
            keeper.ok();
            assertThat(server.get("/readyz/autoregister-completion").status()).isEqualTo(200);
        }
    }

    /// As upstream: without its KMS plug-in a server is no reason to start it again.
    @Test
    void isThatOfKmsPluginsToo() throws IOException {
        try (TestServer server = new TestServer()) {
            assertThat(server.get("/readyz?verbose").text()).doesNotContain("kms-providers");
            HealthScope plugins = server.health.scope("kms-providers");
            plugins.ok();
            assertThat(server.get("/readyz?verbose").text()).contains("[+]kms-providers ok");
            plugins.degraded("kms-provider-0: words of a plug-in");
            for (String check : List.of("/readyz", "/healthz", "/readyz/kms-providers", "/healthz/kms-providers")) {
                TestExchange failed = server.get(check);
                assertThat(failed.status()).as(check).isEqualTo(500);
                assertThat(failed.text()).contains("kms-providers failed").doesNotContain("words");
            }
            assertThat(server.get("/livez").text()).isEqualTo("ok");
            assertThat(server.get("/livez?verbose").text()).doesNotContain("kms-providers");
        }
    }
}
