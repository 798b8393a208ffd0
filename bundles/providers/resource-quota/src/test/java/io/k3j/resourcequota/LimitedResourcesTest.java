package io.k3j.resourcequota;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.k3j.clientapi.ApiFault;
import io.k3j.codec.Yaml;
import io.k3j.controllerkit.BuiltinResources;
import io.k3j.model.Gvr;
import io.k3j.model.Seq;
import io.k3j.model.Struct;
import io.k3j.testkit.FakeApi;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What nobody may use without a quota, as the file says of
/// <https://kubernetes.io/docs/concepts/policy/resource-quotas/#limit-priority-class-consumption-by-default>.
class LimitedResourcesTest {
    private static final Gvr PODS = BuiltinResources.PODS;
    private static final Gvr CLAIMS = BuiltinResources.PERSISTENT_VOLUME_CLAIMS;
    private static final String HEAD = """
            apiVersion: apiserver.config.k8s.io/v1
            kind: AdmissionConfiguration
            plugins:
            - name: "ResourceQuota"
              configuration:
                apiVersion: apiserver.config.k8s.io/v1
                kind: ResourceQuotaConfiguration
                limitedResources:
            """;
    private static final String GOLD = HEAD + """
                - resource: persistentvolumeclaims
                  matchContains: [gold.storageclass.storage.k8s.io/requests.storage, .storageclass.storage.k8s.io/pers]
            """;
    private static final String CRITICAL = HEAD + """
                - resource: pods
                  matchScopes:
                  - scopeName: PriorityClass
                    operator: In
                    values: ["system-node-critical", "cluster-services"]
            """;
    private static final String INSUFFICIENT = "insufficient quota to match these scopes: "
            + "[{PriorityClass In [system-node-critical cluster-services]}]";
    @TempDir
    private Path directory;

    private LimitedResources limited(String text) throws IOException {
        Path file = Files.writeString(directory.resolve("admission.yaml"), text);
        return LimitedResources.of(List.of("anonymous-auth=true", "admission-control-config-file=" + file),
                f -> Yaml.document(Files.readAllBytes(f)).object());
    }

    private Kit kit(String text) throws IOException {
        return new Kit(FakeApi.stepped(InstantSource.fixed(Kit.NOW)), limited(text));
    }

    private static Struct critical() {
        return Kit.pod(Struct.of("priorityClassName", "cluster-services"));
    }

    private static Struct inClass(String name) {
        return Struct.of("hard", Struct.of("pods", "5"), "scopeSelector", Struct.of("matchExpressions",
                Seq.of(Struct.of("scopeName", "PriorityClass", "operator", "In", "values", List.of(name)))));
    }

    @Test
    void whatIsLimitedNeedsAQuotaThatNamesIt() throws IOException {
        try (Kit kit = kit(GOLD)) {
            assertThatThrownBy(() -> kit.creates(CLAIMS, Kit.claim("1Gi"))).isInstanceOf(ApiFault.class).hasMessage(
                    "persistentvolumeclaims \"x\" is forbidden: insufficient quota to consume: gold.storageclass"
                            + ".storage.k8s.io/persistentvolumeclaims,"
                            + "gold.storageclass.storage.k8s.io/requests.storage");
            kit.quota("q", Struct.of("hard", Struct.of("gold.storageclass.storage.k8s.io/persistentvolumeclaims", "5")),
                    Struct.of("gold.storageclass.storage.k8s.io/persistentvolumeclaims", "0"));
            assertThatThrownBy(() -> kit.creates(CLAIMS, Kit.claim("1Gi")))
                    .hasMessageEndingWith("to consume: gold.storageclass.storage.k8s.io/requests.storage");
            kit.quota("r", Struct.of("hard", Struct.of("gold.storageclass.storage.k8s.io/requests.storage", "5Gi")),
                    Struct.of("gold.storageclass.storage.k8s.io/requests.storage", "0"));
            kit.creates(CLAIMS, Kit.claim("1Gi"));
            assertThat(kit.used("r").texts()).containsValue("1Gi");
        }
    }

    @Test
    void othersNeedNone() throws IOException {
        try (Kit kit = kit(GOLD)) {
            kit.creates(CLAIMS, Kit.claim("1Gi").withoutAt("spec", "storageClassName"));
            kit.creates(PODS, critical());
            kit.updates(CLAIMS, "", Kit.claim("1Gi"), Kit.claim("1Gi"));
            assertThatThrownBy(() -> kit.updates(CLAIMS, "", Kit.claim("1Gi"), Kit.claim("2Gi")))
                    .hasMessageContaining("insufficient quota to consume");
        }
    }

    @Test
    void aPriorityThatIsLimitedNeedsAQuotaForIt() throws IOException {
        try (Kit kit = kit(CRITICAL)) {
            assertThatThrownBy(() -> kit.creates(PODS, critical())).hasMessage(INSUFFICIENT)
                    .isInstanceOfSatisfying(ApiFault.class, f -> assertThat(f.code()).isEqualTo(500));
            kit.creates(PODS, Kit.pod(Struct.of("priorityClassName", "low")));
            kit.quota("other", inClass("low"), Struct.of("pods", "0"));
            assertThatThrownBy(() -> kit.creates(PODS, critical())).hasMessage(INSUFFICIENT);
            kit.quota("critical", inClass("cluster-services"), Struct.of("pods", "0"));
            kit.creates(PODS, critical());
            assertThat(kit.used("critical").text("pods")).isEqualTo("1");
        }
    }

    @Test
    void aQuotaThatSomebodyElseHasChangedIsNoReasonToMissAnother() throws IOException {
        String both = CRITICAL + """
                    - resource: pods
                      matchContains: [cpu]
                """;
        try (Kit kit = kit(both)) {
            kit.quota("critical", inClass("cluster-services"), Struct.of("pods", "0"));
            kit.quota("cpu", Struct.of("hard", Struct.of("requests.cpu", "5", "cpu", "5")),
                    Struct.of("requests.cpu", "0", "cpu", "0"));
            kit.api.refuse("update", BuiltinResources.RESOURCE_QUOTAS,
                    ApiFault.conflict(BuiltinResources.RESOURCE_QUOTAS, "cpu", "changed"));
            kit.creates(PODS, Kit.pod(Struct.of("priorityClassName", "cluster-services", "containers",
                    Seq.of(Kit.container("c", Struct.of("cpu", "1"), Struct.EMPTY)))));
            assertThat(kit.used("critical").text("pods")).isEqualTo("1");
            assertThat(kit.used("cpu").text("cpu")).isEqualTo("1");
        }
    }

    @Test
    void aWrongFileIsRefusedWithItsName() throws IOException {
        refused(HEAD + "    - matchContains: [a]\n", "limitedResources[0].resource: Required value");
        refused(HEAD + "    - {resource: pods, scopes: [a]}\n", "unknown fields [limitedResources[0].scopes]");
        refused(HEAD + "    - {resource: pods, matchContains: a}\n",
                "limitedResources[0].matchContains: Invalid value: \"a\": must be a list of strings");
        refused(HEAD.replace("ResourceQuotaConfiguration", "Other"), "must be a ResourceQuotaConfiguration");
        assertThat(limited("apiVersion: apiserver.config.k8s.io/v1\nkind: AdmissionConfiguration\n"))
                .isEqualTo(LimitedResources.NONE);
    }

    private void refused(String text, String why) {
        assertThatThrownBy(() -> limited(text)).isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("admission.yaml of --kube-apiserver-arg=admission-control-config-file: ")
                .hasMessageContaining(why);
    }
}
