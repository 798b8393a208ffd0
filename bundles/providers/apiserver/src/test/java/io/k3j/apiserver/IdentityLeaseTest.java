package io.k3j.apiserver;

import static org.assertj.core.api.Assertions.assertThat;

import io.k3j.apiserverapi.Caller;
import io.k3j.apiservercontrollers.IdentityLease;
import io.k3j.apiservercontrollers.IdentityLease.Identity;
import io.k3j.apiwatches.ViewKeeper;
import io.k3j.clientapi.ApiClient;
import io.k3j.clientapi.Query;
import io.k3j.clientapi.WriteOptions;
import io.k3j.model.Gvr;
import io.k3j.model.Key;
import io.k3j.model.Obj;
import io.k3j.model.Struct;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class IdentityLeaseTest {
    private static final Gvr LEASES = new Gvr("coordination.k8s.io", "v1", "leases");
    private final TestServer server = new TestServer();
    private final Caller self = Caller.of("system:apiserver", List.of("system:masters"));
    private final ApiClient api = new LocalClient(server.server.local(), user -> self, self, new ViewKeeper());
    private Instant now = Instant.parse("2026-01-02T03:04:05.678Z");

    @AfterEach
    void close() {
        server.close();
    }

    private IdentityLease lease(String id, String hostname, String holder) {
        return new IdentityLease(api, new Identity(id, hostname, holder), () -> now, server.health);
    }

    private Obj get(String name) {
        return api.get(LEASES, new Key("kube-system", name));
    }

    @Test
    void saysWhichServerIsThereAndSinceWhen() {
        lease("apiserver-a", "host", "1").renew();
        assertThat(get("apiserver-a").labels()).isEqualTo(Map.of("apiserver.kubernetes.io/identity", "kube-apiserver",
                "kubernetes.io/hostname", "host"));
        assertThat(get("apiserver-a").spec()).isEqualTo(Struct.of("holderIdentity", "apiserver-a_1",
                "leaseDurationSeconds", 3600, "renewTime", "2026-01-02T03:04:05.678000Z"));
        now = now.plusSeconds(10);
        lease("apiserver-a", "host", "2").renew();
        assertThat(get("apiserver-a").spec()).isEqualTo(Struct.of("holderIdentity", "apiserver-a_1",
                "leaseDurationSeconds", 3600, "renewTime", "2026-01-02T03:04:15.678000Z"));
    }

    @Test
    void aNameThatIsTooLongForALabelIsLeftOut() {
        lease("apiserver-a", "h".repeat(64), "1").renew();
        assertThat(get("apiserver-a").labels()).containsOnlyKeys("apiserver.kubernetes.io/identity");
    }

    private void foreign(String name, Map<String, String> labels, Struct spec) {
        api.create(LEASES, Obj.of(Struct.of("apiVersion", "coordination.k8s.io/v1", "kind", "Lease", "metadata",
                Struct.of("name", name, "namespace", "kube-system", "labels", Struct.copyOf(labels)), "spec", spec)),
                WriteOptions.PLAIN);
    }

    @Test
    void leasesOfServersThatAreGoneAreDeletedAndThoseOfOthersAreNot() {
        Map<String, String> ours = Map.of("apiserver.kubernetes.io/identity", "kube-apiserver");
        lease("apiserver-gone", "gone", "1").renew();
        foreign("apiserver-timeless", ours, Struct.of("holderIdentity", "x"));
        foreign("scheduler", Map.of(), Struct.of("holderIdentity", "x"));
        now = now.plus(Duration.ofMinutes(61));
        lease("apiserver-a", "host", "1").renew();
        lease("apiserver-a", "host", "1").collect();
        assertThat(api.list(LEASES, Query.in("kube-system")).items()).extracting(Obj::name)
                .containsExactly("apiserver-a", "scheduler");
    }
}
