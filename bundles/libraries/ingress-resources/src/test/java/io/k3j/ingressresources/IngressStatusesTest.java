package io.k3j.ingressresources;

import io.k3j.ingressrouting.IngressObjects;
import io.k3j.ingressrouting.HostClaims;
import static org.assertj.core.api.Assertions.assertThat;

import io.k3j.clientapi.ApiResource;
import io.k3j.clientapi.DeleteOptions;
import io.k3j.controllerkit.BuiltinResources;
import io.k3j.model.Gvr;
import io.k3j.model.Obj;
import io.k3j.model.Seq;
import io.k3j.model.Struct;
import io.k3j.stage.Stage;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// What one server writes into Ingresses, and what it tells.
class IngressStatusesTest {
    private static final Gvr CHARTS = Gvr.of("helm.cattle.io/v1", "helmcharts");
    private final Stage stage = new Stage(
            desk -> IngressStatuses.add(desk, new Certificates(InstantSource.system())));

    @BeforeEach
    void classAndService() {
        stage.api.seed(IngressResources.CLASSES, Obj.of(Struct.of("apiVersion", "networking.k8s.io/v1", "kind",
                "IngressClass", "metadata", Struct.of("name", "traefik"), "spec",
                Struct.of("controller", IngressObjects.CONTROLLER))));
        balanced("192.0.2.1");
    }

    private void balanced(String address) {
        stage.api.seed(BuiltinResources.SERVICES, Obj.of(Struct.of("apiVersion", "v1", "kind", "Service", "metadata",
                Struct.of("namespace", "kube-system", "name", "traefik"), "spec", Struct.of("type", "LoadBalancer"),
                "status", Struct.of("loadBalancer", Struct.of("ingress",
                        Seq.of(Struct.of("ip", address, "ipMode", "VIP")))))));
        stage.settle();
    }

    private void ingress(String key, int second, Struct spec) {
        stage.api.seed(BuiltinResources.INGRESSES, Ingresses.ingress(key, second, spec));
        stage.pass(Duration.ofSeconds(6));
    }

    private String shown(String key) {
        return stage.api.get(BuiltinResources.INGRESSES, Ingresses.ingress(key, 0, Struct.EMPTY).key()).status()
                .struct("loadBalancer").seq("ingress").toString();
    }

    private static Struct tls(String secret) {
        return Ingresses.spec("a.test", "web").with("tls",
                Seq.of(Struct.of("hosts", Seq.of("a.test"), "secretName", secret)));
    }

    @Test
    void theAddressesOfTheServiceAreShownAndKeptUpToDate() {
        ingress("a/a", 1, Ingresses.spec("a.test", "web"));
        assertThat(shown("a/a")).contains("192.0.2.1").doesNotContain("ipMode");
        balanced("192.0.2.2");
        stage.pass(Duration.ofSeconds(6));
        assertThat(shown("a/a")).contains("192.0.2.2").doesNotContain("192.0.2.1");
    }

    @Test
    void anIngressOfAnotherClassIsLeftAlone() {
        ingress("a/a", 1, Ingresses.spec("a.test", "web").with("ingressClassName", "nginx"));
        assertThat(shown("a/a")).isEqualTo("[]");
    }

    private void unshared(String key, int second) {
        stage.api.seed(BuiltinResources.INGRESSES, Ingresses.ingress(key, second, Ingresses.spec("a.test", "web"))
                .with("", "metadata", "annotations", HostClaims.SHARE));
        stage.pass(Duration.ofSeconds(6));
    }

    @Test
    void aHostOfAnotherNamespaceIsToldOnceAndServedWhenItIsFree() {
        unshared("owner/a", 1);
        unshared("late/b", 2);
        balanced("192.0.2.2");
        assertThat(stage.events()).filteredOn(e -> e.startsWith("HostClaimed")).hasSize(1);
        stage.api.delete(BuiltinResources.INGRESSES, Ingresses.ingress("owner/a", 1, Struct.EMPTY).key(),
                DeleteOptions.NOW);
        stage.pass(Duration.ofSeconds(6));
        ingress("owner/a", 3, Ingresses.spec("a.test", "web"));
        assertThat(stage.events()).filteredOn(e -> e.contains("belongs to an older Ingress of namespace late"))
                .hasSize(1);
    }

    @Test
    void whileTheChartOfTraefikIsThereNothingIsToldOrWritten() {
        stage.api.serve(new ApiResource(CHARTS, "HelmChart", true, List.of("list", "watch", "delete")), true);
        stage.api.seed(Gvr.of("apiextensions.k8s.io/v1", "customresourcedefinitions"), Obj.of(Struct.of("apiVersion",
                "apiextensions.k8s.io/v1", "kind", "CustomResourceDefinition", "metadata",
                Struct.of("name", "helmcharts.helm.cattle.io"))));
        stage.api.seed(CHARTS, Obj.of(Struct.of("apiVersion", "helm.cattle.io/v1", "kind", "HelmChart", "metadata",
                Struct.of("namespace", "kube-system", "name", "traefik"))));
        stage.pass(Duration.ofSeconds(6));
        ingress("a/a", 1, tls("absent"));
        assertThat(stage.events()).isEmpty();
        assertThat(shown("a/a")).isEqualTo("[]");
        stage.api.delete(CHARTS, HelmObject.NAME, DeleteOptions.NOW);
        stage.pass(Duration.ofSeconds(6));
        assertThat(shown("a/a")).contains("192.0.2.1");
        assertThat(stage.events()).anyMatch(e -> e.startsWith("InvalidCertificate"));
    }

    @Test
    void aSecretThatIsMissingIsTold() {
        ingress("a/a", 1, tls("absent"));
        assertThat(stage.events())
                .anyMatch(e -> e.startsWith("InvalidCertificate: Secret a/absent of type kubernetes.io/tls does not"));
    }

    private void service(Struct annotations, Struct spec) {
        stage.api.seed(BuiltinResources.SERVICES, Obj.of(Struct.of("apiVersion", "v1", "kind", "Service", "metadata",
                Struct.of("namespace", "a", "name", "web", "annotations", annotations), "spec", spec)));
        stage.pass(Duration.ofSeconds(6));
    }

    @Test
    void backendsThatAreNotAskedAreToldAsSoonAsTheirServiceIsSo() {
        ingress("a/a", 1, Ingresses.spec("a.test", "web"));
        assertThat(stage.events()).isEmpty();
        service(Struct.EMPTY, Struct.of("type", "ExternalName", "externalName", "example.com"));
        assertThat(stage.events()).singleElement().asString().startsWith("ExternalNameService: Service a/web is of");
        Struct secure = Struct.of("ports", Seq.of(Struct.of("port", 80, "appProtocol", "https")));
        service(Struct.EMPTY, secure);
        assertThat(stage.events()).anyMatch(e -> e.startsWith("UntrustedBackend: port 80 of Service a/web wants TLS: "
                + "annotate the Service with " + BackendTrust.AUTHORITIES));
        service(Struct.of(BackendTrust.AUTHORITIES, "ca"), secure);
        assertThat(stage.events()).anyMatch(e -> e.contains("Secret a/ca of type kubernetes.io/tls"));
        int told = stage.events().size();
        service(Struct.of(BackendTrust.SERVER_NAME, "example.com"), secure);
        assertThat(stage.events()).hasSize(told);
    }

    @Test
    void whatAHelmChartConfigAsksForInVainIsToldOnce() {
        Gvr configs = Gvr.of("helm.cattle.io/v1", "helmchartconfigs");
        stage.api.serve(new ApiResource(configs, "HelmChartConfig", true, List.of("list", "watch")), true);
        stage.api.seed(Gvr.of("apiextensions.k8s.io/v1", "customresourcedefinitions"), Obj.of(Struct.of("apiVersion",
                "apiextensions.k8s.io/v1", "kind", "CustomResourceDefinition", "metadata",
                Struct.of("name", "helmchartconfigs.helm.cattle.io"))));
        Obj config = IngressValuesTest.config("{dashboard: {enabled: true}, logs: {access: {enabled: true}}}");
        stage.api.seed(configs, config);
        stage.pass(Duration.ofSeconds(6));
        assertThat(stage.events()).singleElement().asString()
                .startsWith("UnsupportedValues: not known here and without effect: dashboard.enabled");
        balanced("192.0.2.2");
        stage.pass(Duration.ofSeconds(6));
        assertThat(stage.events()).hasSize(1);
        stage.api.seed(configs, IngressValuesTest.config("ports: {web: {exposedPort: none}}"));
        stage.pass(Duration.ofSeconds(6));
        assertThat(stage.events()).anyMatch(e -> e.equals("InvalidValues: ports.web.exposedPort is not a port"));
    }
}
