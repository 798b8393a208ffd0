package io.k3j.volumecontent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.k3j.clientapi.ApiFault;
import io.k3j.clientapi.ApiResource;
import io.k3j.clientapi.Query;
import io.k3j.kubeletvolumes.VolumeFiles.Content;
import io.k3j.kuberuntime.ConfigError;
import io.k3j.kuberuntime.Environment;
import io.k3j.kuberuntime.PodTokens;
import io.k3j.kuberuntime.ReferencedObjects;
import io.k3j.model.Gvr;
import io.k3j.model.Obj;
import io.k3j.model.Seq;
import io.k3j.model.Struct;
import io.k3j.pki.Pem;
import io.k3j.pki.PemBlocks;
import io.k3j.pki.RequestedKey;
import io.k3j.testkit.FakeApi;
import io.k3j.testkit.ManualClock;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class PodCertificatesTest {
    private static final Gvr REQUESTS = Gvr.of("certificates.k8s.io/v1beta1", "podcertificaterequests");
    private static final String UNISSUED = "credential bundle is not issued yet";
    private static final Struct SOURCE = Struct.of("signerName", "example.com/s", "keyType", "ED25519",
            "maxExpirationSeconds", 3_600L, "credentialBundlePath", "both.pem", "keyPath", "key.pem", "userAnnotations",
            Struct.of("example.com/a", "b"));
    private static final Obj POD = Obj.of(Struct.of("metadata", Struct.of("uid", "u1", "name", "p", "namespace", "ns"),
            "spec", Struct.of("serviceAccountName", "a", "volumes", Seq.of(Struct.of("name", "v", "projected",
                    Struct.of("sources", Seq.of(Struct.of("podCertificate", SOURCE))))))));
    private final ManualClock clock = new ManualClock();
    private final FakeApi api = FakeApi.stepped(clock);
    private final List<String> warnings = new ArrayList<>();
    private final PodCertificates certificates = new PodCertificates(api, "n", clock,
            RandomGenerator.of("L64X128MixRandom"), (pod, reason, message) -> warnings.add(reason + ": " + message));
    private final ReferenceWatches watches = new ReferenceWatches(clock, TrustBundles.off(), certificates);
    private final AtomicInteger told = new AtomicInteger();

    @AfterEach
    void close() {
        watches.close();
        api.close();
    }

    private void serve() {
        api.serve(new ApiResource(REQUESTS, "PodCertificateRequest", true,
                List.of("create", "get", "list", "update", "watch")), true);
        api.seed(ReferencedObjects.NODES, Obj.of(Struct.of("apiVersion", "v1", "kind", "Node", "metadata",
                Struct.of("name", "n", "uid", "u3"))));
        api.seed(ReferencedObjects.SERVICE_ACCOUNTS, Obj.of(Struct.of("apiVersion", "v1", "kind", "ServiceAccount",
                "metadata", Struct.of("name", "a", "namespace", "ns", "uid", "u2"))));
        watches.attach(api);
        watches.follow(POD, told::incrementAndGet);
        api.deliver();
    }

    private Map<String, Content> files() {
        ReferencedObjects references = new ReferencedObjects(api);
        VolumeContent content = new VolumeContent(references,
                new Environment(references, new Environment.Node("n", List.of(), 1, 1, () -> 1)),
                new PodTokens(api, clock), TrustBundles.off(), certificates);
        return content.of(POD, POD.spec().seq("volumes").struct(0), List.of());
    }

    private void waits() {
        assertThatThrownBy(this::files).isInstanceOf(ConfigError.class).hasMessage(UNISSUED);
        api.deliver();
    }

    private List<Obj> requests() {
        return api.list(REQUESTS, Query.ALL).items();
    }

    private String text(String file) {
        return new String(files().get(file).bytes(), StandardCharsets.US_ASCII);
    }

    private void answer(Obj request, String type, Struct more) {
        Struct condition = Struct.of("type", type, "status", "True", "reason", "Why", "message", "because");
        api.seed(REQUESTS, request.with(more.with("conditions", Seq.of(condition)), "status"));
        api.deliver();
    }

    private void issue(Obj request, String chain) {
        answer(request, "Issued", Struct.of("certificateChain", chain, "notAfter",
                clock.instant().plus(Duration.ofHours(1)).toString(), "beginRefreshAt",
                clock.instant().plus(Duration.ofMinutes(20)).toString()));
    }

    private static String certificate(String content) {
        return Pem.encode("CERTIFICATE", content.getBytes(StandardCharsets.US_ASCII));
    }

    @Test
    void aPodWaitsForItsCertificate() {
        serve();
        waits();
        waits();
        Obj request = requests().getFirst();
        assertThat(requests()).hasSize(1);
        assertThat(request.name()).startsWith("req-");
        assertThat(request.metadata().seq("ownerReferences").structs()).containsExactly(
                Struct.of("apiVersion", "core/v1", "kind", "Pod", "name", "p", "uid", "u1"));
        assertThat(request.spec().without("stubPKCS10Request")).isEqualTo(Struct.of("signerName", "example.com/s",
                "podName", "p", "podUID", "u1", "serviceAccountName", "a", "serviceAccountUID", "u2", "nodeName", "n",
                "nodeUID", "u3", "maxExpirationSeconds", 3_600L, "unverifiedUserAnnotations",
                Struct.of("example.com/a", "b")));
        assertThat(RequestedKey.ofRequest(Base64.getDecoder().decode(request.spec().text("stubPKCS10Request")))
                .problem()).isEmpty();
        int before = told.get();
        issue(request, "text\n" + certificate("1") + certificate("2"));
        assertThat(told.get()).isGreaterThan(before);
        assertThat(files()).containsOnlyKeys("both.pem", "key.pem");
        assertThat(PemBlocks.of(text("key.pem"))).singleElement()
                .satisfies(b -> assertThat(b.type()).isEqualTo("PRIVATE KEY"));
        assertThat(text("both.pem")).isEqualTo(text("key.pem") + certificate("1") + certificate("2"));
    }

    @Test
    void aCertificateIsRenewedInTimeAndShownUntilThen() {
        serve();
        waits();
        issue(requests().getFirst(), certificate("1"));
        String first = text("both.pem");
        clock.advance(Duration.ofMinutes(19));
        assertThat(text("both.pem")).isEqualTo(first);
        assertThat(requests()).hasSize(1);
        clock.advance(Duration.ofMinutes(7));
        assertThat(text("both.pem")).isEqualTo(first);
        assertThat(requests()).hasSize(2);
        api.deliver();
        clock.advance(Duration.ofMinutes(45));
        assertThat(text("both.pem")).isEqualTo(first);
        assertThat(warnings).containsExactly("CertificateOverdueForRefresh: PodCertificate refresh overdue",
                "CertificateExpired: PodCertificate expired");
        issue(requests().stream().filter(r -> r.status().isEmpty()).findFirst().orElseThrow(), certificate("2"));
        assertThat(text("both.pem")).endsWith(certificate("2")).doesNotContain(certificate("1"));
        assertThat(warnings).hasSize(2);
    }

    @Test
    void whatIsDeniedOrFailedStaysSo() {
        serve();
        waits();
        answer(requests().getFirst(), "Denied", Struct.EMPTY);
        String name = requests().getFirst().name();
        for (int i = 0; i < 2; i++) {
            assertThatThrownBy(this::files).hasMessage(
                    "PodCertificateRequest was permanently denied: reason=\"Why\" message=\"because\"");
        }
        assertThat(warnings).containsExactly("Denied: PodCertificateRequest ns/" + name
                + " was denied, reason=\"Why\", message=\"because\"");
        watches.forget("u1");
        waits();
        answer(requests().stream().filter(r -> r.status().isEmpty()).findFirst().orElseThrow(), "Failed",
                Struct.EMPTY);
        assertThatThrownBy(this::files).hasMessage(
                "PodCertificateRequest was permanently failed: reason=\"Why\" message=\"because\"");
    }

    @Test
    void aRequestThatIsDeletedIsMadeAgain() {
        serve();
        waits();
        api.vanish(REQUESTS, requests().getFirst().key());
        api.deliver();
        waits();
        assertThat(requests()).isEmpty();
        clock.advance(Duration.ofMinutes(16));
        waits();
        waits();
        assertThat(requests()).hasSize(1);
    }

    @Test
    void aRequestThatTheApiRefusesIsMadeAgain() {
        serve();
        api.refuse("create", REQUESTS, ApiFault.unavailable("later"));
        assertThatThrownBy(this::files).isInstanceOf(ConfigError.class).hasMessage(UNISSUED + ": later");
        waits();
        assertThat(requests()).hasSize(1);
    }

    @Test
    void withoutTheGateOrTheApiThereIsNone() {
        assertThatThrownBy(() -> PodCertificates.off().of(POD, "v/0", SOURCE)).isInstanceOf(ConfigError.class)
                .hasMessage("unimplemented");
        assertThatThrownBy(this::files).isInstanceOf(ConfigError.class)
                .hasMessage(UNISSUED + ": podcertificaterequests are not served");
    }
}
