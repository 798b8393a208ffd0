package io.k3j.ingressresources;

import io.k3j.ingressrouting.BackendPort;
import static org.assertj.core.api.Assertions.assertThat;

import io.k3j.clientapi.DeleteOptions;
import io.k3j.controllerkit.BuiltinResources;
import io.k3j.controllerkit.LiveViews;
import io.k3j.model.Key;
import io.k3j.model.Obj;
import io.k3j.model.Seq;
import io.k3j.model.Struct;
import io.k3j.pki.CertificateAuthority;
import io.k3j.pki.Keys;
import io.k3j.pki.Pem;
import io.k3j.testkit.FakeApi;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// Which addresses a backend stands for.
class BackendEndpointsTest {
    private static final Key WEB = new Key("default", "web");
    private final FakeApi api = FakeApi.stepped(Instant::now);
    private final LiveViews views = new LiveViews(Instant::now);
    private final BackendEndpoints backends = new BackendEndpoints(views);

    @BeforeEach
    void follow() {
        views.attach(api);
        service(Struct.of("name", "http", "port", 80, "protocol", "TCP"));
    }

    private void service(Struct port) {
        api.seed(BuiltinResources.SERVICES, Obj.of(Struct.of("apiVersion", "v1", "kind", "Service", "metadata",
                Struct.of("namespace", "default", "name", "web"), "spec", Struct.of("ports", Seq.of(port)))));
        deliver();
    }

    /// @param endpoints as `10.42.0.1` with `-ready` or `-ending`
    private void slice(String... endpoints) {
        Seq all = Seq.copyOf(List.of(endpoints).stream().map(e -> e.split("-")).map(e -> Struct.of("addresses",
                Seq.of(e[0]), "conditions",
                Struct.of("ready", e[1].equals("ready"), "serving", true, "terminating", e[1].equals("ending"))))
                .toList());
        api.seed(BuiltinResources.ENDPOINT_SLICES, Obj.of(Struct.of("apiVersion", "discovery.k8s.io/v1", "kind",
                "EndpointSlice", "metadata", Struct.of("namespace", "default", "name", "web-1", "labels",
                        Struct.of("kubernetes.io/service-name", "web")),
                "addressType", "IPv4", "endpoints", all, "ports", Seq.of(Struct.of("name", "http", "port", 8080)))));
        deliver();
    }

    private void deliver() {
        boolean more = true;
        while (more) {
            more = api.deliver();
        }
    }

    private List<String> found(String port) {
        return backends.of(new BackendPort(WEB, port)).addresses().stream().map(InetSocketAddress::toString).toList();
    }

    @Test
    void readyEndpointsOfAPortByNameOrNumberAtOnceAfterAChange() {
        assertThat(found("80")).isEmpty();
        slice("10.42.0.1-ready", "10.42.0.2-ending");
        assertThat(found("80")).containsExactly("/10.42.0.1:8080");
        assertThat(found("http")).containsExactly("/10.42.0.1:8080");
        assertThat(found("81")).isEmpty();
        slice("10.42.0.1-ending", "10.42.0.2-ending");
        assertThat(found("80")).containsExactly("/10.42.0.1:8080", "/10.42.0.2:8080");
    }

    @Test
    void addressesOfThisMachineItselfAreNotDialled() {
        slice("127.0.0.1-ready", "169.254.169.254-ready", "0.0.0.0-ready", "224.0.0.1-ready", "example.test-ready");
        assertThat(found("80")).isEmpty();
    }

    @Test
    void servicesSayThatTheySpeakHttp2() {
        assertThat(backends.of(new BackendPort(WEB, "80")).scheme()).isEqualTo(Endpoints.Scheme.HTTP);
        service(Struct.of("name", "http", "port", 80, "appProtocol", "kubernetes.io/h2c"));
        assertThat(backends.of(new BackendPort(WEB, "80")).scheme()).isEqualTo(Endpoints.Scheme.H2C);
    }

    @Test
    void servicesThatWantTlsAreKnownAsTraefikKnowsThem() {
        service(Struct.of("name", "web", "port", 443));
        assertThat(backends.of(new BackendPort(WEB, "443")).scheme()).isEqualTo(Endpoints.Scheme.HTTPS);
        service(Struct.of("name", "https-web", "port", 8443));
        assertThat(backends.of(new BackendPort(WEB, "8443")).scheme()).isEqualTo(Endpoints.Scheme.HTTPS);
        service(Struct.of("name", "web", "port", 443, "appProtocol", "http"));
        assertThat(backends.of(new BackendPort(WEB, "443")).scheme()).isEqualTo(Endpoints.Scheme.HTTP);
    }

    private void annotated(Struct annotations) {
        api.seed(BuiltinResources.SERVICES, Obj.of(Struct.of("apiVersion", "v1", "kind", "Service", "metadata",
                Struct.of("namespace", "default", "name", "web", "annotations", annotations), "spec",
                Struct.of("ports", Seq.of(Struct.of("name", "https", "port", 443))))));
        deliver();
    }

    private @Nullable BackendTls believed() {
        return backends.of(new BackendPort(WEB, "443")).tls();
    }

    private void authority(String name) {
        String pem = Pem.encode(CertificateAuthority.selfSigned(name, Keys.elliptic(), Instant.now(),
                new SecureRandom()).chain());
        api.seed(BuiltinResources.SECRETS, Obj.of(Struct.of("apiVersion", "v1", "kind", "Secret", "type",
                "kubernetes.io/tls", "metadata", Struct.of("namespace", "default", "name", "ca"), "data",
                Struct.of("ca.crt", Base64.getEncoder().encodeToString(pem.getBytes(StandardCharsets.US_ASCII))))));
        deliver();
    }

    @Test
    void podsThatWantTlsAreBelievedByTheSecretThatTheirServiceNames() {
        annotated(Struct.EMPTY);
        assertThat(believed()).isNull();
        annotated(Struct.of(BackendTrust.AUTHORITIES, "ca"));
        assertThat(believed()).isNull();
        authority("first");
        BackendTls first = believed();
        assertThat(first).isNotNull();
        // endpoints that change cost no connection
        slice("10.42.0.1-ready");
        assertThat(believed()).isSameAs(first);
        authority("second");
        assertThat(believed()).isNotNull().isNotSameAs(first);
        api.delete(BuiltinResources.SECRETS, new Key("default", "ca"), DeleteOptions.NOW);
        deliver();
        assertThat(believed()).isNull();
    }

    @Test
    void skippingTheVerificationTakesTheWholeWordAndNoOther() {
        annotated(Struct.of(BackendTrust.SKIP, "yes"));
        assertThat(believed()).isNull();
        annotated(Struct.of(BackendTrust.SKIP, "true"));
        assertThat(believed()).isNotNull();
        annotated(Struct.of(BackendTrust.SKIP, "true", BackendTrust.AUTHORITIES, "absent"));
        assertThat(believed()).isNull();
    }

    @Test
    void endpointsTakeTurnsAndTheOnesThatWereTriedAreLeftOut() {
        slice("10.42.0.1-ready", "10.42.0.2-ready");
        Endpoints endpoints = backends.of(new BackendPort(WEB, "80"));
        InetSocketAddress first = endpoints.next(Set.of());
        assertThat(first).isNotNull();
        assertThat(endpoints.next(Set.of(first))).isNotNull().isNotEqualTo(first);
        assertThat(endpoints.next(Set.copyOf(endpoints.addresses()))).isNull();
    }
}
