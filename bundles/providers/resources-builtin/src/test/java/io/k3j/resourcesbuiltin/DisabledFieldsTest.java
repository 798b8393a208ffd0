package io.k3j.resourcesbuiltin;

import static org.assertj.core.api.Assertions.assertThat;

import io.k3j.model.Struct;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DisabledFieldsTest {
    private static final String SPEC = "{restartPolicy: Never, containers: [{name: c, image: i}], volumes: [{name: v,"
            + " projected: {sources: [{clusterTrustBundle: {name: b, path: p}}, {podCertificate: {signerName: a.b/c,"
            + " keyType: ED25519, keyPath: k}}, {secret: {name: s}}]}}]}";
    private static final String POD = "{apiVersion: v1, kind: Pod, metadata: {name: p, namespace: n}, spec: " + SPEC
            + "}";
    private static final String GATES = "feature-gates=ClusterTrustBundle=true,ClusterTrustBundleProjection=true";

    private static String sources(Struct object, String path) {
        Struct spec = (Struct) object.at(path.split("/"));
        return spec.seq("volumes").struct(0).struct("projected").seq("sources").structs().stream()
                .map(s -> String.join(" ", s.names())).toList().toString();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', value = {"v1|Pod|%s|spec",
            "v1|PodTemplate|template: {spec: %s}|template/spec",
            "apps/v1|Deployment|spec: {template: {spec: %s}}|spec/template/spec",
            "batch/v1|Job|spec: {template: {spec: %s}}|spec/template/spec",
            "batch/v1|CronJob|spec: {jobTemplate: {spec: {template: {spec: %s}}}}|spec/jobTemplate/spec/template/spec"})
    void sourcesOfGatesThatAreOffAreTakenAwayWhereverAPodSpecIs(String version, String kind, String body,
            String path) {
        String object = "{apiVersion: " + version + ", kind: " + kind + ", metadata: {name: x, namespace: n}, "
                + (body.equals("%s") ? "spec: " + body : body).formatted(SPEC) + "}";
        assertThat(sources(new Kit().created(object), path)).isEqualTo("[, , secret]");
        assertThat(sources(Kit.with(GATES).created(object), path)).isEqualTo("[clusterTrustBundle, , secret]");
        assertThat(sources(Kit.with("feature-gates=PodCertificateRequest=true").created(object), path))
                .isEqualTo("[, podCertificate, secret]");
    }

    @Test
    void aCertificateLivesADayWhereNothingElseIsSaid() {
        assertThat(Kit.with("feature-gates=PodCertificateRequest=true").created(POD).struct("spec").seq("volumes")
                .struct(0).struct("projected").seq("sources").struct(1).struct("podCertificate"))
                .isEqualTo(Struct.of("signerName", "a.b/c", "keyType", "ED25519", "keyPath", "k",
                        "maxExpirationSeconds", 86_400L));
    }

    private static String rolling(Struct set) {
        return String.join(" ", set.struct("spec").struct("updateStrategy").struct("rollingUpdate").names());
    }

    @Test
    void maxUnavailableOfAStatefulSetIsTakenAwayUnlessItHadOne() {
        String set = "{apiVersion: apps/v1, kind: StatefulSet, metadata: {name: x, namespace: n},"
                + " spec: {updateStrategy: {rollingUpdate: {partition: 1, maxUnavailable: 2}}}}";
        assertThat(rolling(new Kit().created(set))).isEqualTo("partition");
        assertThat(rolling(new Kit().updated(set.replace(", maxUnavailable: 2", ""), set))).isEqualTo("partition");
        assertThat(rolling(new Kit().updated(set, set))).isEqualTo("partition maxUnavailable");
        assertThat(rolling(Kit.with("feature-gates=MaxUnavailableStatefulSet=true").created(set)))
                .isEqualTo("partition maxUnavailable");
    }

    @Test
    void groupsOfPodsAreTakenAwayUnlessAPodHadOne() {
        String pod = POD.replace("{restartPolicy", "{schedulingGroup: {podGroupName: g}, restartPolicy");
        assertThat(new Kit().created(pod).struct("spec").has("schedulingGroup")).isFalse();
        assertThat(new Kit().updated(POD, pod).struct("spec").has("schedulingGroup")).isFalse();
        assertThat(new Kit().updated(pod, pod).struct("spec").has("schedulingGroup")).isTrue();
    }

    @Test
    void aDriverDoesNotKeepPodsFromNodesWithoutIt() {
        Struct driver = new Kit().created("{apiVersion: storage.k8s.io/v1, kind: CSIDriver, metadata: {name: d},"
                + " spec: {podInfoOnMount: true, preventPodSchedulingIfMissing: true}}");
        assertThat(driver.struct("spec").names()).contains("podInfoOnMount")
                .doesNotContain("preventPodSchedulingIfMissing");
    }

    @Test
    void anObjectThatHasThemKeepsThem() {
        assertThat(sources(new Kit().updated(POD, POD), "spec"))
                .isEqualTo("[clusterTrustBundle, podCertificate, secret]");
        assertThat(sources(new Kit().updated(POD.replace("clusterTrustBundle", "configMap"), POD), "spec"))
                .isEqualTo("[, podCertificate, secret]");
    }
}
