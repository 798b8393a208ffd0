package io.k3j.podsecurity;

import static org.assertj.core.api.Assertions.assertThat;

import io.k3j.model.Seq;
import io.k3j.model.Struct;
import java.util.List;
import org.junit.jupiter.api.Test;

/// Messages that tell of several subjects at once; the cases are those of upstream's `pod-security-admission/policy`.
class PodSecurityChecksTest {
    private static Struct container(String name, Object... context) {
        return Struct.of("name", name, "securityContext", Struct.of(context));
    }

    private static List<String> violations(String level, Struct annotations, Struct context, Struct... containers) {
        Struct pod = Struct.of("metadata", Struct.of("annotations", annotations), "spec",
                Struct.of("securityContext", context, "containers", Seq.copyOf(List.of(containers))));
        return PodSecurityChecks.violations(pod, new PodSecurityLevel(level, "latest", 36));
    }

    @Test
    void optionsOfSeLinuxAreToldByWhatIsWrongWithThem() {
        Struct context = Struct.of("seLinuxOptions", Struct.of("type", "foo", "user", "u", "role", "r"));
        assertThat(violations("baseline", Struct.EMPTY, context,
                container("e", "seLinuxOptions", Struct.of("type", "bar")))).containsExactly(
                        "seLinuxOptions (pod and container \"e\" set forbidden securityContext.seLinuxOptions: types"
                                + " \"bar\", \"foo\"; user may not be set; role may not be set)");
        assertThat(violations("baseline", Struct.EMPTY, Struct.of("seLinuxOptions", Struct.of("role", "r"))))
                .containsExactly("seLinuxOptions (pod set forbidden securityContext.seLinuxOptions: role may not be"
                        + " set)");
    }

    @Test
    void profilesOfAppArmorAreToldInOneSentence() {
        Struct unconfined = Struct.of("type", "Unconfined");
        Struct annotations = Struct.of(PodSecurityChecks.APP_ARMOR + "b", "bogus", PodSecurityChecks.APP_ARMOR + "a",
                "unconfined", PodSecurityChecks.APP_ARMOR + "c", "localhost/x");
        assertThat(violations("baseline", annotations, Struct.EMPTY)).containsExactly("forbidden AppArmor profiles"
                + " (annotations must not set AppArmor profile type to"
                + " \"container.apparmor.security.beta.kubernetes.io/a=\"unconfined\"\","
                + " \"container.apparmor.security.beta.kubernetes.io/b=\"bogus\"\")");
        assertThat(violations("baseline", Struct.EMPTY, Struct.of("appArmorProfile", unconfined),
                container("c", "appArmorProfile", unconfined))).containsExactly("forbidden AppArmor profile (pod and"
                        + " container \"c\" must not set AppArmor profile type to \"Unconfined\")");
    }

    @Test
    void aPodMayNotSayWhatAllItsContainersContradict() {
        Struct context = Struct.of("runAsNonRoot", false, "seccompProfile", Struct.of("type", "Unconfined"));
        Struct safe = container("c", "allowPrivilegeEscalation", false, "runAsNonRoot", true, "capabilities",
                Struct.of("drop", Seq.of("ALL")), "seccompProfile", Struct.of("type", "RuntimeDefault"));
        assertThat(violations("restricted", Struct.EMPTY, context, safe)).containsExactly(
                "runAsNonRoot != true (pod must not set securityContext.runAsNonRoot=false)",
                "seccompProfile (pod must not set securityContext.seccompProfile.type to \"Unconfined\")");
        assertThat(violations("restricted", Struct.EMPTY, Struct.EMPTY, safe)).isEmpty();
    }
}
