package io.k3j.volumecontent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.k3j.clientapi.ApiResource;
import io.k3j.kubeletvolumes.VolumeFiles.Content;
import io.k3j.kuberuntime.ConfigError;
import io.k3j.kuberuntime.Environment;
import io.k3j.kuberuntime.PodTokens;
import io.k3j.kuberuntime.ReferencedObjects;
import io.k3j.model.Gvr;
import io.k3j.model.Key;
import io.k3j.model.Obj;
import io.k3j.model.Seq;
import io.k3j.model.Struct;
import io.k3j.pki.Pem;
import io.k3j.pki.PemBlocks;
import io.k3j.testkit.FakeApi;
import java.nio.charset.StandardCharsets;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.random.RandomGenerator;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class TrustBundlesTest {
    private static final Gvr BUNDLES = Gvr.of("certificates.k8s.io/v1beta1", "clustertrustbundles");
    private static final String UNSUPPORTED = "ClusterTrustBundle projection is not supported in static kubelet mode";
    private final FakeApi api = FakeApi.stepped(InstantSource.system());
    private final TrustBundles bundles = new TrustBundles(api, InstantSource.system(),
            RandomGenerator.of("L64X128MixRandom"));
    private final ReferenceWatches watches = new ReferenceWatches(InstantSource.system(), bundles,
            PodCertificates.off());

    @AfterEach
    void close() {
        watches.close();
        api.close();
    }

    private void serve() {
        api.serve(new ApiResource(BUNDLES, "ClusterTrustBundle", false, List.of("get", "list", "watch")), false);
    }

    private static String anchor(String content) {
        return Pem.encode("CERTIFICATE", content.getBytes(StandardCharsets.US_ASCII));
    }

    private void seed(String name, String signer, String label, String text) {
        api.seed(BUNDLES, Obj.of(Struct.of("apiVersion", "certificates.k8s.io/v1beta1", "kind", "ClusterTrustBundle",
                "metadata", Struct.of("name", name, "labels", Struct.of("l", label)), "spec",
                Struct.of("signerName", signer, "trustBundle", text))));
    }

    private static List<String> shown(byte[] pem) {
        return PemBlocks.of(new String(pem, StandardCharsets.US_ASCII)).stream()
                .map(b -> new String(b.der(), StandardCharsets.US_ASCII)).toList();
    }

    private List<String> signed(Struct selector) {
        return shown(bundles.anchors(Struct.of("signerName", "a.example/s", "labelSelector", selector)));
    }

    private static Obj pod(Struct source) {
        Struct volume = Struct.of("name", "v", "projected", Struct.of("sources",
                Seq.of(Struct.of("clusterTrustBundle", source.with("path", "ca.pem")))));
        return Obj.of(Struct.of("metadata", Struct.of("uid", "u", "name", "p", "namespace", "ns"), "spec",
                Struct.of("volumes", Seq.of(volume))));
    }

    @Test
    void aBundleIsShownByItsNameAndBundlesOfASignerByTheirLabels() {
        serve();
        seed("one", "a.example/s", "x", anchor("1") + "text\n" + anchor("2"));
        seed("two", "a.example/s", "y", anchor("2") + anchor("3"));
        seed("other", "b.example/s", "x", anchor("4"));
        assertThat(shown(bundles.anchors(Struct.of("name", "one")))).containsExactlyInAnyOrder("1", "2");
        assertThat(signed(Struct.EMPTY)).containsExactlyInAnyOrder("1", "2", "3");
        assertThat(signed(Struct.of("matchLabels", Struct.of("l", "y")))).containsExactlyInAnyOrder("2", "3");
    }

    @Test
    void anchorsKeepTheirOrderHoweverTheyAreListed() {
        serve();
        List<String> all = IntStream.range(0, 50).mapToObj(i -> anchor("anchor " + i)).toList();
        seed("one", "a.example/s", "x", String.join("", all));
        seed("two", "b.example/s", "x", String.join("", all.reversed()));
        byte[] first = bundles.anchors(Struct.of("name", "one"));
        assertThat(bundles.anchors(Struct.of("name", "two"))).isEqualTo(first);
        assertThat(shown(first)).isNotEqualTo(shown(String.join("", all).getBytes(StandardCharsets.US_ASCII)));
    }

    @Test
    void whatIsMissingIsToldInUpstreamsWordsUnlessItIsOptional() {
        serve();
        seed("one", "a.example/s", "x", anchor("1"));
        assertThatThrownBy(() -> bundles.anchors(Struct.of("name", "two"))).isInstanceOf(ConfigError.class).hasMessage(
                "while getting ClusterTrustBundle: clustertrustbundle.certificates.k8s.io \"two\" not found");
        Struct unlabelled = Struct.of("signerName", "a.example/s");
        assertThatThrownBy(() -> bundles.anchors(unlabelled)).isInstanceOf(ConfigError.class)
                .hasMessage("combination of signerName and labelSelector matched zero ClusterTrustBundles");
        assertThat(bundles.anchors(unlabelled.with("optional", true))).isEmpty();
        assertThat(bundles.anchors(Struct.of("name", "two", "optional", true))).isEmpty();
    }

    @Test
    void withoutTheGateOrTheApiNothingIsShown() {
        assertThatThrownBy(() -> TrustBundles.off().anchors(Struct.of("name", "one"))).hasMessage(UNSUPPORTED);
        assertThatThrownBy(() -> bundles.anchors(Struct.of("name", "one"))).isInstanceOf(ConfigError.class)
                .hasMessage(UNSUPPORTED);
        serve();
        seed("one", "", "x", anchor("1"));
        assertThat(shown(bundles.anchors(Struct.of("name", "one")))).containsExactly("1");
    }

    @Test
    void podsThatShowOneAreToldOfChangesAndSeeThemWithoutTheApi() {
        serve();
        seed("one", "a.example/s", "x", anchor("1"));
        watches.attach(api);
        AtomicInteger told = new AtomicInteger();
        watches.follow(pod(Struct.of("name", "one")), told::incrementAndGet);
        assertThat(shown(bundles.anchors(Struct.of("name", "one")))).containsExactly("1");
        api.deliver();
        int before = told.get();
        api.seed(BUNDLES, api.get(BUNDLES, Key.of("one")).with(anchor("2"), "spec", "trustBundle"));
        api.deliver();
        assertThat(told.get()).isGreaterThan(before);
        watches.detach();
        assertThat(shown(bundles.anchors(Struct.of("name", "one")))).containsExactly("2");
        watches.attach(api);
        watches.forget("u");
        int last = told.get();
        seed("three", "a.example/s", "x", anchor("3"));
        api.deliver();
        assertThat(told.get()).isEqualTo(last);
    }

    @Test
    void aVolumeShowsThemToItsUserAlone() {
        serve();
        seed("one", "a.example/s", "x", anchor("1"));
        ReferencedObjects references = new ReferencedObjects(api);
        VolumeContent content = new VolumeContent(references,
                new Environment(references, new Environment.Node("n", List.of(), 1, 1, () -> 1)),
                new PodTokens(api, InstantSource.system()), bundles, PodCertificates.off());
        Obj pod = pod(Struct.of("name", "one"));
        Struct volume = pod.spec().seq("volumes").struct(0);
        Map<String, Content> open = content.of(pod, volume, List.of());
        assertThat(shown(open.get("ca.pem").bytes())).containsExactly("1");
        assertThat(open.get("ca.pem").mode()).isEqualTo(0644);
        Obj grouped = pod.with(5L, "spec", "securityContext", "fsGroup");
        assertThat(content.of(grouped, volume, List.of()).get("ca.pem").mode()).isEqualTo(0600);
        Struct dropped = volume.with("projected", Struct.of("sources", Seq.of(Struct.EMPTY)));
        assertThat(content.of(pod, dropped, List.of())).isEmpty();
    }
}
