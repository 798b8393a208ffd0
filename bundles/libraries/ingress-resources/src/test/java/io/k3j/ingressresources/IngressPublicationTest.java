package io.k3j.ingressresources;

import static org.assertj.core.api.Assertions.assertThat;

import io.k3j.clientapi.ApiFault;
import io.k3j.clientapi.DeleteOptions;
import io.k3j.clientapi.Query;
import io.k3j.clientapi.WriteOptions;
import io.k3j.controllerkit.BuiltinResources;
import io.k3j.controllerkit.LiveViews;
import io.k3j.model.Key;
import io.k3j.model.Obj;
import io.k3j.model.Seq;
import io.k3j.model.Struct;
import io.k3j.testkit.FakeApi;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// The objects that bring requests to a server.
class IngressPublicationTest {
    private static final Key SLICE = new Key("kube-system", "traefik-n1");
    private final FakeApi api = FakeApi.stepped(Instant::now);
    private final LiveViews views = new LiveViews(Instant::now);
    private final IngressPublication publication = new IngressPublication(views, "n1");

    @BeforeEach
    void follow() {
        views.attach(api);
        api.create(BuiltinResources.NODES, Obj.of(Struct.of("apiVersion", "v1", "kind", "Node", "metadata",
                Struct.of("name", "n1"))), WriteOptions.PLAIN);
    }

    private String keep() {
        return keep(IngressValues.NONE);
    }

    private String keep(IngressValues values) {
        boolean more = true;
        while (more) {
            more = api.deliver();
        }
        return publication.keep(api, List.of("10.42.0.1", "fd00::1"), values);
    }

    private Obj service() {
        return api.get(BuiltinResources.SERVICES, IngressPublication.SERVICE);
    }

    @Test
    void makesClassServiceAndASliceForEachFamilyOnce() {
        assertThat(keep()).isEmpty();
        assertThat(service().spec().text("type")).isEqualTo("LoadBalancer");
        assertThat(service().annotations()).containsEntry("meta.helm.sh/release-name", "traefik");
        assertThat(api.get(IngressResources.CLASSES, Key.of("traefik")).annotations())
                .containsEntry("ingressclass.kubernetes.io/is-default-class", "true");
        Struct endpoint = api.get(BuiltinResources.ENDPOINT_SLICES, SLICE).tree().seq("endpoints").struct(0);
        assertThat(endpoint.seq("addresses").texts()).containsExactly("10.42.0.1");
        assertThat(endpoint.struct("hints").seq("forNodes").struct(0).text("name")).isEqualTo("n1");
        assertThat(api.get(BuiltinResources.ENDPOINT_SLICES, new Key("kube-system", "traefik-n1-ipv6")).tree()
                .text("addressType")).isEqualTo("IPv6");
        int writes = api.calls().size();
        keep();
        assertThat(api.calls()).hasSize(writes);
    }

    @Test
    void whatAnAdministratorChangesOfTheServiceStays() {
        keep();
        api.update(BuiltinResources.SERVICES, service().with("Local", "spec", "externalTrafficPolicy"),
                WriteOptions.PLAIN);
        keep();
        assertThat(service().spec().text("externalTrafficPolicy")).isEqualTo("Local");
    }

    @Test
    void valuesAreWrittenWhenTheyChangeAndTakenBackWhenTheyGo() {
        keep();
        IngressValues values = IngressValuesTest.values("""
                ports: {web: {exposedPort: 8000}}
                service: {spec: {externalTrafficPolicy: Local}}
                ingressClass: {isDefaultClass: false}
                """);
        keep(values);
        assertThat(service().spec().text("externalTrafficPolicy")).isEqualTo("Local");
        assertThat(service().spec().seq("ports").structs().stream().map(p -> p.whole("port", 0)).toList())
                .containsExactly(8000L, 443L);
        assertThat(api.get(IngressResources.CLASSES, Key.of("traefik")).annotations())
                .containsEntry("ingressclass.kubernetes.io/is-default-class", "false");
        int writes = api.calls().size();
        keep(values);
        assertThat(api.calls()).hasSize(writes);
        keep();
        assertThat(service().spec().seq("ports").structs().stream().map(p -> p.whole("port", 0)).toList())
                .containsExactly(80L, 443L);
        assertThat(api.get(IngressResources.CLASSES, Key.of("traefik")).annotations())
                .containsEntry("ingressclass.kubernetes.io/is-default-class", "true");
    }

    @Test
    void theServiceIsAsTheValuesSay() {
        keep(IngressValuesTest.values("""
                ports: {websecure: {nodePort: 30443}}
                service:
                  type: NodePort
                  labels: {team: web}
                  annotations: {a/b: c}
                  spec: {ipFamilyPolicy: SingleStack}
                """));
        assertThat(service().spec().text("type")).isEqualTo("NodePort");
        assertThat(service().spec().text("ipFamilyPolicy")).isEqualTo("SingleStack");
        assertThat(service().spec().seq("ports").find("name", "websecure").whole("nodePort", 0)).isEqualTo(30443);
        assertThat(service().spec().seq("ports").find("name", "web").has("nodePort")).isFalse();
        assertThat(service().labels()).containsEntry("team", "web")
                .containsEntry("app.kubernetes.io/name", "traefik");
        assertThat(service().annotations()).containsEntry("a/b", "c").containsKey("meta.helm.sh/release-name");
        keep();
        assertThat(service().spec().text("type")).isEqualTo("LoadBalancer");
        assertThat(service().annotations()).doesNotContainKey("a/b");
    }

    /// A server that comes to be is reached whatever the HelmChartConfig asks of the Service.
    @Test
    void valuesThatTheApiRefusesAreToldAndKeepNoServerFromBeingReached() {
        keep();
        api.delete(BuiltinResources.ENDPOINT_SLICES, SLICE, DeleteOptions.PLAIN);
        api.refuse("patch", BuiltinResources.SERVICES,
                new ApiFault(422, "Invalid", "may not change once set", Struct.EMPTY));
        assertThat(keep(IngressValuesTest.values("service: {loadBalancerClass: a/b}")))
                .contains("HelmChartConfig").contains("may not change once set");
        assertThat(api.find(BuiltinResources.ENDPOINT_SLICES, SLICE)).isPresent();
    }

    @Test
    void aServiceThatSelectsPodsIsLeftToThem() {
        keep();
        api.update(BuiltinResources.SERVICES, service().with(Struct.of("app", "traefik"), "spec", "selector"),
                WriteOptions.PLAIN);
        assertThat(keep()).contains("selects pods");
        assertThat(api.find(BuiltinResources.ENDPOINT_SLICES, SLICE)).isEmpty();
    }

    @Test
    void retiringTakesEverythingAwayAndTheAddressesInIngresses() {
        keep();
        Obj mine = Ingresses.ingress("a/a", 1, Ingresses.spec("a.test", "web"))
                .with(Struct.of("loadBalancer", Struct.of("ingress", Seq.of(Struct.of("ip", "192.0.2.1")))), "status");
        api.seed(BuiltinResources.INGRESSES, mine);
        api.seed(BuiltinResources.INGRESSES,
                Ingresses.ingress("a/b", 1, Struct.of("ingressClassName", "nginx")).with(mine.status(), "status"));
        IngressWithdrawal.all(api, "n1", false);
        assertThat(api.list(BuiltinResources.SERVICES, Query.ALL).items()).isEmpty();
        assertThat(api.list(BuiltinResources.ENDPOINT_SLICES, Query.ALL).items()).isEmpty();
        assertThat(api.list(IngressResources.CLASSES, Query.ALL).items()).isEmpty();
        assertThat(api.get(BuiltinResources.INGRESSES, mine.key()).status().toString()).doesNotContain("192.0.2.1");
        assertThat(api.get(BuiltinResources.INGRESSES, new Key("a", "b")).status().toString()).contains("192.0.2.1");
        IngressWithdrawal.all(api, "n1", false);
    }
}
