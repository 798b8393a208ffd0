package io.k3j.podsecurity;

import static org.assertj.core.api.Assertions.assertThat;

import io.k3j.model.Obj;
import io.k3j.model.Seq;
import io.k3j.model.Struct;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

/// What who changes the level of a namespace hears of the pods that are in it.
class NamespaceWarningsTest {
    private static final Struct NETWORK = Struct.of("hostNetwork", true);
    private static final Struct BOTH = Struct.of("hostNetwork", true, "hostPID", true, "volumes",
            Seq.of(Struct.of("name", "v", "hostPath", Struct.of("path", "/"))));
    private static final Map<String, String> BASELINE = Map.of(PodSecurityLevel.ENFORCE, "baseline");
    private static final String VIOLATE = "existing pods in namespace \"n\" violate the new PodSecurity enforce level"
            + " \"baseline:latest\"";
    private final List<Obj> pods = new ArrayList<>();
    private final AtomicLong nanos = new AtomicLong();

    private void pod(String name, String controller, Struct spec) {
        Struct metadata = Struct.of("name", name, "namespace", "n");
        Struct owner = Struct.of("kind", "ReplicaSet", "name", controller, "uid", controller, "controller", true);
        pods.add(Obj.of(Struct.of("apiVersion", "v1", "kind", "Pod", "metadata",
                controller.isEmpty() ? metadata : metadata.with("ownerReferences", Seq.of(owner)), "spec", spec)));
    }

    private NamespaceWarnings warnings(PodSecurityConfiguration configuration) {
        return new NamespaceWarnings(configuration, namespace -> Optional.<Collection<Obj>>of(pods), nanos::get);
    }

    private List<String> told(Map<String, String> before, Map<String, String> after) {
        return warnings(PodSecurityConfiguration.NONE).of("n", before, after);
    }

    @Test
    void podsThatViolateTheSameAreToldTogetherByTheFirstName() {
        pod("c", "", NETWORK);
        pod("b", "", BOTH);
        pod("good", "", Struct.EMPTY);
        pod("a", "", NETWORK);
        pod("d", "", NETWORK);
        assertThat(told(Map.of(), BASELINE)).containsExactly(VIOLATE, "a (and 2 other pods): host namespaces",
                "b: host namespaces, hostPath volumes");
        pod("e", "", BOTH);
        assertThat(told(Map.of(), BASELINE)).contains("b (and 1 other pod): host namespaces, hostPath volumes");
    }

    @Test
    void nothingIsSaidWhereNoPodViolatesIt() {
        pod("good", "", Struct.EMPTY);
        assertThat(told(Map.of(), BASELINE)).isEmpty();
    }

    @Test
    void aLevelThatStaysOrAllowsMoreSaysNothing() {
        pod("a", "", NETWORK);
        Map<String, String> restricted = Map.of(PodSecurityLevel.ENFORCE, "restricted");
        assertThat(told(BASELINE, BASELINE)).isEmpty();
        assertThat(told(restricted, BASELINE)).isEmpty();
        assertThat(told(BASELINE, Map.of(PodSecurityLevel.ENFORCE, "privileged"))).isEmpty();
        assertThat(told(BASELINE, restricted)).isNotEmpty();
        assertThat(told(Map.of(PodSecurityLevel.ENFORCE, "restricted", PodSecurityLevel.ENFORCE + "-version", "v1.30"),
                BASELINE)).as("another version may ask for more").isNotEmpty();
    }

    @Test
    void podsOfExemptRuntimeClassesAreNotLookedAt() {
        pod("a", "", NETWORK.with("runtimeClassName", "kata"));
        assertThat(warnings(new PodSecurityConfiguration(Map.of(), Set.of(), Set.of(), Set.of("kata"))).of("n",
                Map.of(), BASELINE)).isEmpty();
    }

    @Test
    void anExemptNamespaceHearsThatItsLabelsAreInVain() {
        pod("a", "", NETWORK);
        NamespaceWarnings exempt = warnings(
                new PodSecurityConfiguration(Map.of(), Set.of(), Set.of("n"), Set.of()));
        assertThat(exempt.of("n", Map.of(), Map.of(PodSecurityLevel.ENFORCE, "baseline", PodSecurityLevel.AUDIT,
                "restricted", PodSecurityLevel.AUDIT + "-version", "v1.30")))
                .containsExactly("namespace \"n\" is exempt from Pod Security, and the policy"
                        + " (enforce=baseline:latest, audit=restricted:v1.30) will be ignored");
    }

    @Test
    void oneOfEachControllerIsCheckedBeforeThreeThousandOthers() {
        for (int i = 0; i < 3_500; i++) {
            pod("good" + i, "many", Struct.EMPTY);
        }
        pod("last", "other", NETWORK);
        assertThat(told(Map.of(), BASELINE)).containsExactly(
                "new PodSecurity enforce level only checked against the first 3000 of 3501 existing pods", VIOLATE,
                "last: host namespaces");
    }

    @Test
    void aSecondIsEnough() {
        for (int i = 0; i < 10; i++) {
            pod("p" + i, "", NETWORK);
        }
        NamespaceWarnings slow = new NamespaceWarnings(PodSecurityConfiguration.NONE,
                namespace -> Optional.<Collection<Obj>>of(pods),
                () -> nanos.getAndAdd(TimeUnit.MILLISECONDS.toNanos(400)));
        assertThat(slow.of("n", Map.of(), BASELINE)).containsExactly(
                "new PodSecurity enforce level only checked against the first 3 of 10 existing pods", VIOLATE,
                "p0 (and 2 other pods): host namespaces");
    }

    @Test
    void podsThatCannotBeListedAreToldOf() {
        assertThat(new NamespaceWarnings(PodSecurityConfiguration.NONE, namespace -> Optional.empty(), nanos::get)
                .of("n", Map.of(), BASELINE))
                .containsExactly("failed to list pods while checking new PodSecurity enforce level");
    }
}
